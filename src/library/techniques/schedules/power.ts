/** Power scheduling, slide "learning rate schedules", eqs. (1)–(2), and the `decay` option of older Keras versions. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Options of {@link powerSchedule}. */
export interface PowerScheduleOptions {
  /** η0, the rate of step 0; greater than 0. */
  initialLearningRate: number;
  /** s: after s steps the rate is η0 / 2^c, after 2s steps η0 / 3^c …; greater than 0, need not be whole. */
  decaySteps: number;
  /** c, the exponent (default 1); greater than 0. */
  power?: number;
}

/**
 * Power scheduling: η(t) = η0 / (1 + t / s)^c.
 *
 * Unit: optimizer steps, from 0. With `power` 1 it is Keras' `InverseTimeDecay` with a decay rate of 1.
 * Source: slides, eq. (1); eq. (2) is its ratio at whole multiples of s. First used in In[18].
 * Throws RangeError for numbers out of range and TypeError for unknown options.
 *
 * Slides' statements: eq-1, eq-2.
 * @example sgd({ learningRate: powerSchedule({ initialLearningRate: 0.01, decaySteps: 10_000 }) })
 */
export function powerSchedule(options: PowerScheduleOptions): Schedule {
  const owner = "powerSchedule";
  checkOptions(owner, options, { initialLearningRate: true, decaySteps: true, power: true });
  const { initialLearningRate, decaySteps, power = 1 } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0 });
  checkNumber(owner, "decaySteps", decaySteps, { above: 0 });
  checkNumber(owner, "power", power, { above: 0 });
  return described(owner, options, (step) => initialLearningRate / (1 + step / decaySteps) ** power);
}

/** Options of {@link legacyDecaySchedule}. */
export interface LegacyDecayScheduleOptions {
  /** η0, the rate of step 0; greater than 0. */
  initialLearningRate: number;
  /** Share of η0's denominator that each step adds; at least 0 (0 keeps the rate constant). */
  decay: number;
}

/**
 * The `decay` of Keras 2's optimizers: η(t) = η0 / (1 + decay · t), power scheduling with s = 1 / decay and c = 1.
 *
 * Unit: optimizer steps, from 0. Keras 3 no longer has it; `sgd({ learningRate, decay })` uses it. First used in In[18].
 *
 * @example legacyDecaySchedule({ initialLearningRate: 0.01, decay: 1e-4 })
 */
export function legacyDecaySchedule(options: LegacyDecayScheduleOptions): Schedule {
  const owner = "legacyDecaySchedule";
  checkOptions(owner, options, { initialLearningRate: true, decay: true });
  const { initialLearningRate, decay } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0 });
  checkNumber(owner, "decay", decay, { min: 0 });
  return described(owner, options, (step) => initialLearningRate / (1 + decay * step));
}
