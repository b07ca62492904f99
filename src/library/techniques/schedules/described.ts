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

/** Remembers how `schedule` was made and gives the function its factory's name, which error messages show. */
export function described(name: string, options: object, schedule: Schedule): Schedule {
  Object.defineProperty(schedule, "name", { value: name });
  configs.set(schedule, { name, options: { ...options } });
  return schedule;
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
