/** Learning rate schedules: pure functions of the optimizer step, checked when they are made. */
import { guess, list, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { constantSchedule, joinSchedules, linearWarmup } from "./compose";
import { cosineDecay, cosineDecayRestarts } from "./cosine";
import type { ScheduleConfig } from "./described";
import { exponentialSchedule } from "./exponential";
import { oneCycle } from "./one-cycle";
import { piecewiseConstant } from "./piecewise-constant";
import { polynomialDecay } from "./polynomial";
import { legacyDecay, powerSchedule } from "./power";

export { constantSchedule, joinSchedules, linearWarmup, toSchedule } from "./compose";
export type { ConstantScheduleOptions, JoinSchedulesOptions, LinearWarmupOptions } from "./compose";
export { cosineDecay, cosineDecayRestarts } from "./cosine";
export type { CosineDecayOptions, CosineDecayRestartsOptions } from "./cosine";
export { describeSchedule } from "./described";
export type { ScheduleConfig } from "./described";
export { exponentialSchedule } from "./exponential";
export type { ExponentialScheduleOptions } from "./exponential";
export { oneCycle } from "./one-cycle";
export type { OneCycleOptions } from "./one-cycle";
export { piecewiseConstant } from "./piecewise-constant";
export type { PiecewiseConstantOptions } from "./piecewise-constant";
export { polynomialDecay } from "./polynomial";
export type { PolynomialDecayOptions } from "./polynomial";
export { legacyDecay, powerSchedule } from "./power";
export type { LegacyDecayOptions, PowerScheduleOptions } from "./power";

const factories = {
  constantSchedule,
  cosineDecay,
  cosineDecayRestarts,
  exponentialSchedule,
  joinSchedules,
  legacyDecay,
  linearWarmup,
  oneCycle,
  piecewiseConstant,
  polynomialDecay,
  powerSchedule,
} as unknown as Record<string, (options: object) => Schedule>;

const isConfig = (value: unknown): value is ScheduleConfig =>
  typeof value === "object" && value !== null && "name" in value && "options" in value;

/** Builds a schedule again from what `describeSchedule` gave. */
export function scheduleFromConfig(config: ScheduleConfig): Schedule {
  const names = Object.keys(factories);
  if (!isConfig(config) || !names.includes(config.name)) {
    const received = isConfig(config) ? show(config.name) + "." + guess(config.name, names) : `${show(config)}.`;
    throw new TypeError(
      `scheduleFromConfig: expected the name and options of one of ${list(names)}, received ${received}`,
    );
  }
  const rebuild = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(rebuild) : isConfig(value) ? scheduleFromConfig(value) : value;
  const options = Object.entries(config.options).map(([key, value]) => [key, rebuild(value)]);
  return factories[config.name](Object.fromEntries(options) as object);
}
