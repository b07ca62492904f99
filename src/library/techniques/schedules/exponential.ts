/** Exponential scheduling, slide "learning rate schedules", eqs. (3)–(4). */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Options of {@link exponentialSchedule}. */
export interface ExponentialScheduleOptions {
  /** η0, the rate of step 0; greater than 0. */
  initialLearningRate: number;
  /** s: each s steps the rate is multiplied by `decayRate`; greater than 0, need not be whole. */
  decaySteps: number;
  /** Factor of each s steps (default 0.1, the slide's); greater than 0. */
  decayRate?: number;
  /** Whether the rate falls in one jump at the end of each s steps rather than a little every step (default false). */
  staircase?: boolean;
}

/**
 * Exponential scheduling: η(t) = η0 · decayRate^(t / s), with t / s rounded down for a staircase.
 *
 * Unit: optimizer steps, from 0. The same numbers as Keras' `ExponentialDecay`.
 * Source: slides, eq. (3). First used in In[24].
 *
 * Slides' statements: eq-3, eq-4, exponential-slip.
 * @example exponentialSchedule({ initialLearningRate: 0.01, decaySteps: 52_500 })
 */
export function exponentialSchedule(options: ExponentialScheduleOptions): Schedule {
  const owner = "exponentialSchedule";
  checkOptions(owner, options, { initialLearningRate: true, decaySteps: true, decayRate: true, staircase: true });
  const { initialLearningRate, decaySteps, decayRate = 0.1, staircase = false } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0 });
  checkNumber(owner, "decaySteps", decaySteps, { above: 0 });
  checkNumber(owner, "decayRate", decayRate, { above: 0 });
  checkBoolean(owner, "staircase", staircase);
  const periods = (step: number) => (staircase ? Math.floor(step / decaySteps) : step / decaySteps);
  return described(owner, options, (step) => initialLearningRate * decayRate ** periods(step));
}
