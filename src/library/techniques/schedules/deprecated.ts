/** The schedules' names up to version 0.1. Each is the same function under its old name, and is kept for programs that use it. */
import { joinedSchedule, linearWarmupSchedule } from "./compose";
import { cosineRestartsSchedule, cosineSchedule } from "./cosine";
import { oneCycleSchedule } from "./one-cycle";
import { piecewiseConstantSchedule } from "./piecewise-constant";
import { polynomialSchedule } from "./polynomial";
import { legacyDecaySchedule } from "./power";

/** The old name of {@link cosineSchedule}. @deprecated Use that name. */
export const cosineDecay = cosineSchedule;
/** The old name of {@link cosineRestartsSchedule}. @deprecated Use that name. */
export const cosineDecayRestarts = cosineRestartsSchedule;
/** The old name of {@link joinedSchedule}. @deprecated Use that name. */
export const joinSchedules = joinedSchedule;
/** The old name of {@link legacyDecaySchedule}. @deprecated Use that name. */
export const legacyDecay = legacyDecaySchedule;
/** The old name of {@link linearWarmupSchedule}. @deprecated Use that name. */
export const linearWarmup = linearWarmupSchedule;
/** The old name of {@link oneCycleSchedule}. @deprecated Use that name. */
export const oneCycle = oneCycleSchedule;
/** The old name of {@link piecewiseConstantSchedule}. @deprecated Use that name. */
export const piecewiseConstant = piecewiseConstantSchedule;
/** The old name of {@link polynomialSchedule}. @deprecated Use that name. */
export const polynomialDecay = polynomialSchedule;

export type { JoinedScheduleOptions as JoinSchedulesOptions } from "./compose";
export type { LinearWarmupScheduleOptions as LinearWarmupOptions } from "./compose";
export type { CosineScheduleOptions as CosineDecayOptions } from "./cosine";
export type { CosineRestartsScheduleOptions as CosineDecayRestartsOptions } from "./cosine";
export type { OneCycleScheduleOptions as OneCycleOptions } from "./one-cycle";
export type { PiecewiseConstantScheduleOptions as PiecewiseConstantOptions } from "./piecewise-constant";
export type { PolynomialScheduleOptions as PolynomialDecayOptions } from "./polynomial";
export type { LegacyDecayScheduleOptions as LegacyDecayOptions } from "./power";

/** Old name → present name, for what was saved under the old one. */
export const presentNames: Readonly<Record<string, string>> = {
  cosineDecay: "cosineSchedule",
  cosineDecayRestarts: "cosineRestartsSchedule",
  joinSchedules: "joinedSchedule",
  legacyDecay: "legacyDecaySchedule",
  linearWarmup: "linearWarmupSchedule",
  oneCycle: "oneCycleSchedule",
  piecewiseConstant: "piecewiseConstantSchedule",
  polynomialDecay: "polynomialSchedule",
};

/** Saved plain data in which schedules that were described under their old names have the present ones. */
export function withPresentNames(saved: unknown): unknown {
  if (Array.isArray(saved)) return saved.map(withPresentNames);
  if (typeof saved !== "object" || saved === null) return saved;
  const entries = Object.entries(saved).map(([key, value]) => [key, withPresentNames(value)]);
  const result = Object.fromEntries(entries) as Record<string, unknown>;
  const { name, options } = result;
  const isOld = typeof name === "string" && options !== undefined && Object.hasOwn(presentNames, name);
  return isOld ? { ...result, name: presentNames[name] } : result;
}
