/** A rate that is constant between given steps. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Options of {@link piecewiseConstantSchedule}. */
export interface PiecewiseConstantScheduleOptions {
  /** Last step of each stretch but the last, strictly increasing. */
  boundaries: readonly number[];
  /** Rate of each stretch, one more than there are boundaries; each at least 0. */
  values: readonly number[];
}

/**
 * Piecewise constant scheduling: `values[0]` up to and including step `boundaries[0]`, then `values[1]` …
 *
 * Unit: optimizer steps, from 0. The same numbers as Keras' `PiecewiseConstantDecay`, whose boundary still belongs to
 * the stretch before it. Throws when the lengths do not fit or the boundaries do not increase.
 *
 * @example piecewiseConstantSchedule({ boundaries: [13_125, 39_375], values: [0.01, 0.005, 0.001] })
 */
export function piecewiseConstantSchedule(options: PiecewiseConstantScheduleOptions): Schedule {
  const owner = "piecewiseConstantSchedule";
  checkOptions(owner, options, { boundaries: true, values: true });
  const boundaries = checkBoundaries(owner, options.boundaries);
  const values = checkArray(owner, "values", options.values);
  values.forEach((value, i) => checkNumber(owner, `values[${i}]`, value, { min: 0 }));
  checkCounts(owner, "values", values.length, boundaries.length);
  const rate = (step: number) => {
    const stretch = boundaries.findIndex((boundary) => step <= boundary);
    return values[stretch === -1 ? boundaries.length : stretch];
  };
  return described(owner, { boundaries, values }, rate, (boundaries.at(-1) ?? -1) + 1);
}

/** Returns a copy of an array; throws a TypeError for anything else. */
export function checkArray<T>(owner: string, name: string, value: readonly T[]): T[] {
  if (Array.isArray(value)) return [...value];
  throw new TypeError(`${owner}: ${name} must be an array, received ${show(value)}.`);
}

/** Returns a copy of step numbers that must increase strictly. */
export function checkBoundaries(owner: string, value: readonly number[]): number[] {
  const boundaries = checkArray(owner, "boundaries", value);
  boundaries.forEach((boundary, i) => {
    const rule = i === 0 ? { min: 0 } : { above: boundaries[i - 1] };
    checkNumber(owner, `boundaries[${i}]`, boundary, { ...rule, fix: "List the steps in increasing order." });
  });
  return boundaries;
}

/** Throws unless there is one stretch more than there are boundaries. */
export function checkCounts(owner: string, name: string, count: number, boundaries: number): void {
  if (count === boundaries + 1) return;
  const expected = `one more than there are boundaries (${boundaries + 1})`;
  throw new RangeError(`${owner}: the number of ${name} must be ${expected}, received ${count}.`);
}
