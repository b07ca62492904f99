/** Polynomial decay from one rate to another. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Options of {@link polynomialSchedule}. */
export interface PolynomialScheduleOptions {
  /** η0, the rate of step 0; greater than 0. */
  initialLearningRate: number;
  /** Steps from η0 to the end rate; greater than 0. */
  decaySteps: number;
  /** η1, the rate at `decaySteps` (default 0.0001); at least 0. */
  endLearningRate?: number;
  /** Exponent (default 1: a straight line); greater than 0. */
  power?: number;
  /** Whether the decay starts again, stretched to the next multiple of `decaySteps` (default false). */
  cycle?: boolean;
}

/**
 * Polynomial decay: η(t) = (η0 − η1) · (1 − t / decaySteps)^power + η1, and η1 from `decaySteps` on.
 *
 * With `cycle`, `decaySteps` grows to the first of its multiples that is not smaller than t.
 * Unit: optimizer steps, from 0. The same numbers as Keras' `PolynomialDecay`.
 *
 * @example polynomialSchedule({ initialLearningRate: 0.1, decaySteps: 10_000, endLearningRate: 0.01, power: 0.5 })
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): Schedule {
  const owner = "polynomialSchedule";
  checkOptions(owner, options, {
    initialLearningRate: true,
    decaySteps: true,
    endLearningRate: true,
    power: true,
    cycle: true,
  });
  const { initialLearningRate, decaySteps, endLearningRate = 0.0001, power = 1, cycle = false } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0 });
  checkNumber(owner, "decaySteps", decaySteps, { above: 0 });
  checkNumber(owner, "endLearningRate", endLearningRate, { min: 0 });
  checkNumber(owner, "power", power, { above: 0 });
  checkBoolean(owner, "cycle", cycle);
  const completed = (step: number) =>
    cycle ? step / (decaySteps * Math.max(1, Math.ceil(step / decaySteps))) : Math.min(1, step / decaySteps);
  const rate = (step: number) =>
    (initialLearningRate - endLearningRate) * (1 - completed(step)) ** power + endLearningRate;
  return described(owner, options, rate, cycle ? undefined : decaySteps);
}
