/** Schedules that know how they were made, so that they can be printed, saved with a model and built again. */
import type { Schedule } from "dnn-lab-core/types";

/** How a schedule was made: the factory's name and the options it was given (schedules among them described too). */
export interface ScheduleConfig {
  /** The function that made the schedule. */
  readonly name: string;
  /** Its options. */
  readonly options: Readonly<Record<string, unknown>>;
}

const configs = new WeakMap<Schedule, ScheduleConfig>();
const lengths = new WeakMap<Schedule, number>();

/**
 * Remembers how `schedule` was made and gives the function its factory's name, which error messages show.
 * @param length the step from which the rate stays as it is, or, where what follows a warm-up never ends, the step of that; undefined
 * for one that never ends to change
 */
export function described(name: string, options: object, schedule: Schedule, length?: number): Schedule {
  Object.defineProperty(schedule, "name", { value: name });
  configs.set(schedule, { name, options: { ...options } });
  if (length !== undefined) lengths.set(schedule, length);
  return schedule;
}

/** The `length` of {@link described}: a run that ends before it never sees the schedule's end. */
export function scheduleLength(schedule: Schedule): number | undefined {
  return lengths.get(schedule);
}

/** How `schedule` was made, as plain data; undefined for a function that the user wrote (and for what contains one). */
export function describeSchedule(schedule: Schedule): ScheduleConfig | undefined {
  const config = configs.get(schedule);
  if (!config) return undefined;
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config.options)) {
    const plain = plainOption(value);
    if (plain === undefined && value !== undefined) return undefined;
    options[key] = plain;
  }
  return { name: config.name, options };
}

function plainOption(value: unknown): unknown {
  if (typeof value === "function") return describeSchedule(value as Schedule);
  if (!Array.isArray(value)) return value;
  const items = value.map(plainOption);
  return items.includes(undefined) ? undefined : items;
}
