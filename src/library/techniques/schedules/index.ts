/** Learning rate schedules: pure functions of the optimizer step, checked when they are made. */
import { guess, list, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { constantSchedule, joinedSchedule, linearWarmupSchedule } from "./compose";
import { cosineSchedule, cosineRestartsSchedule } from "./cosine";
import { withPresentNames } from "./deprecated";
import type { ScheduleConfig } from "./described";
import { exponentialSchedule } from "./exponential";
import { oneCycleSchedule } from "./one-cycle";
import { piecewiseConstantSchedule } from "./piecewise-constant";
import { polynomialSchedule } from "./polynomial";
import { legacyDecaySchedule, powerSchedule } from "./power";

export { constantSchedule, joinedSchedule, linearWarmupSchedule } from "./compose";
export type { ConstantScheduleOptions, JoinedScheduleOptions, LinearWarmupScheduleOptions } from "./compose";
export { cosineSchedule, cosineRestartsSchedule } from "./cosine";
export type { CosineScheduleOptions, CosineRestartsScheduleOptions } from "./cosine";
export {
  cosineDecay,
  cosineDecayRestarts,
  joinSchedules,
  legacyDecay,
  linearWarmup,
  oneCycle,
  piecewiseConstant,
  polynomialDecay,
} from "./deprecated";
export type {
  CosineDecayOptions,
  CosineDecayRestartsOptions,
  JoinSchedulesOptions,
  LegacyDecayOptions,
  LinearWarmupOptions,
  OneCycleOptions,
  PiecewiseConstantOptions,
  PolynomialDecayOptions,
} from "./deprecated";
export { describeSchedule } from "./described";
export type { ScheduleConfig } from "./described";
export { exponentialSchedule } from "./exponential";
export type { ExponentialScheduleOptions } from "./exponential";
export { oneCycleSchedule } from "./one-cycle";
export type { OneCycleScheduleOptions } from "./one-cycle";
export { piecewiseConstantSchedule } from "./piecewise-constant";
export type { PiecewiseConstantScheduleOptions } from "./piecewise-constant";
export { polynomialSchedule } from "./polynomial";
export type { PolynomialScheduleOptions } from "./polynomial";
export { legacyDecaySchedule, powerSchedule } from "./power";
export type { LegacyDecayScheduleOptions, PowerScheduleOptions } from "./power";

const factories = {
  constantSchedule,
  cosineSchedule,
  cosineRestartsSchedule,
  exponentialSchedule,
  joinedSchedule,
  legacyDecaySchedule,
  linearWarmupSchedule,
  oneCycleSchedule,
  piecewiseConstantSchedule,
  polynomialSchedule,
  powerSchedule,
} as unknown as Record<string, (options: object) => Schedule>;

const isConfig = (value: unknown): value is ScheduleConfig =>
  typeof value === "object" && value !== null && "name" in value && "options" in value;

/** Builds a schedule again from what `describeSchedule` gave. */
export function scheduleFromConfig(saved: ScheduleConfig): Schedule {
  const config = withPresentNames(saved) as ScheduleConfig;
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
