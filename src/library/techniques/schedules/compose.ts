/** Schedules made of others: a constant, a warm-up before one, several in a row. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described, scheduleLength } from "./described";
import { checkArray, checkBoundaries, checkCounts } from "./piecewise-constant";

/** Options of {@link constantSchedule}. */
export interface ConstantScheduleOptions {
  /** The rate of every step; at least 0. */
  learningRate: number;
}

/**
 * The same rate at every step; what an optimizer makes of a number.
 *
 * @example sgd({ learningRate: constantSchedule({ learningRate: 0.01 }) })
 */
export function constantSchedule(options: ConstantScheduleOptions): Schedule {
  checkOptions("constantSchedule", options, { learningRate: true });
  const rate = checkNumber("constantSchedule", "learningRate", options.learningRate, { min: 0 });
  return described("constantSchedule", options, () => rate);
}

/** Turns a number or a schedule into a schedule; throws for anything else, and when its first rate is no rate. */
export function toSchedule(owner: string, name: string, value: number | Schedule): Schedule {
  if (typeof value === "number") {
    checkNumber(owner, name, value, { min: 0 });
    return constantSchedule({ learningRate: value });
  }
  if (typeof value !== "function") {
    const expected = "a number or a schedule (a function of the step, such as powerSchedule({ … }))";
    throw new TypeError(`${owner}: ${name} must be ${expected}, received ${show(value)}.`);
  }
  const fix = "A schedule is a function that takes the optimizer step, from 0, and returns a number.";
  checkNumber(owner, `${name}(0)`, value(0), { min: 0, fix });
  return value;
}

/** Options of {@link linearWarmupSchedule}. */
export interface LinearWarmupScheduleOptions {
  /** Steps before `schedule` takes over; a whole number, at least 1. */
  warmupSteps: number;
  /** What follows (a number for a constant rate); it starts from its own step 0. */
  schedule: Schedule | number;
  /** Rate of step 0 (default: the first rate of `schedule` / (`warmupSteps` + 1), so that no step is wasted at 0). */
  initialLearningRate?: number;
}

/**
 * Raises the rate linearly to the first rate of `schedule` in `warmupSteps` steps, then follows `schedule`.
 *
 * Unit: optimizer steps, from 0. Source of the idea: Goyal et al., 2017, arXiv:1706.02677.
 *
 * @example linearWarmupSchedule({ warmupSteps: 500, schedule: exponentialSchedule({ initialLearningRate: 0.01, decaySteps }) })
 */
export function linearWarmupSchedule(options: LinearWarmupScheduleOptions): Schedule {
  const owner = "linearWarmupSchedule";
  checkOptions(owner, options, { warmupSteps: true, schedule: true, initialLearningRate: true });
  const warmupSteps = checkNumber(owner, "warmupSteps", options.warmupSteps, { integer: true, min: 1 });
  const schedule = toSchedule(owner, "schedule", options.schedule);
  const target = schedule(0);
  const { initialLearningRate: initial = target / (warmupSteps + 1) } = options;
  checkNumber(owner, "initialLearningRate", initial, { min: 0 });
  const rate = (step: number) =>
    step < warmupSteps ? initial + (target - initial) * (step / warmupSteps) : schedule(step - warmupSteps);
  return described(owner, options, rate, warmupSteps + (scheduleLength(schedule) ?? 0));
}

/** Options of {@link joinedSchedule}. */
export interface JoinedScheduleOptions {
  /** The schedules in order (numbers for constant rates); each starts from its own step 0. */
  schedules: readonly (Schedule | number)[];
  /** First step of each schedule but the first, strictly increasing; one fewer than there are schedules. */
  boundaries: readonly number[];
}

/**
 * Follows several schedules in a row: the first for the steps before `boundaries[0]`, the second from there on …
 *
 * Unit: optimizer steps, from 0.
 *
 * @example joinedSchedule({ schedules: [0.1, exponentialSchedule({ initialLearningRate: 0.1, decaySteps: 5_000 })], boundaries: [1_000] })
 */
export function joinedSchedule(options: JoinedScheduleOptions): Schedule {
  const owner = "joinedSchedule";
  checkOptions(owner, options, { schedules: true, boundaries: true });
  const boundaries = checkBoundaries(owner, options.boundaries);
  const given = checkArray(owner, "schedules", options.schedules);
  checkCounts(owner, "schedules", given.length, boundaries.length);
  const schedules = given.map((schedule, i) => toSchedule(owner, `schedules[${i}]`, schedule));
  const rate = (step: number) => {
    const passed = boundaries.filter((boundary) => boundary <= step).length;
    return schedules[passed](passed === 0 ? step : step - boundaries[passed - 1]);
  };
  const last = scheduleLength(schedules[boundaries.length]) ?? 0;
  return described(owner, { schedules, boundaries }, rate, (boundaries.at(-1) ?? 0) + last);
}
