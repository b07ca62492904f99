/** The 1cycle policy. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Options of {@link oneCycleSchedule}. */
export interface OneCycleScheduleOptions {
  /** Highest rate, reached in the middle of the cycle; greater than 0. */
  maxLearningRate: number;
  /** Length of the whole run in optimizer steps; at least 2. */
  totalSteps: number;
  /** Rate of step 0 and of the end of the cycle (default `maxLearningRate` / 10); below `maxLearningRate`. */
  initialLearningRate?: number;
  /** Rate of the last step (default `initialLearningRate` / 1000); at most `initialLearningRate`. */
  finalLearningRate?: number;
  /** Share of the run, after the cycle, that anneals to the final rate (default 0.1); at least 0 and less than 1. */
  annealFraction?: number;
}

/**
 * Raises the rate linearly, lowers it linearly by the same number of steps, then anneals it linearly close to zero.
 *
 * Unit: optimizer steps, from 0; the last step, `totalSteps` − 1, has the final rate, which holds afterwards. Only the
 * rate is cycled; the paper's inverse cycle of the momentum is not part of it.
 * Source: Smith, "A disciplined approach to neural network hyper-parameters", 2018, arXiv:1803.09820.
 *
 * @example oneCycleSchedule({ maxLearningRate: 0.05, totalSteps: 10 * train.stepsPerEpoch })
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const owner = "oneCycleSchedule";
  const known = {
    maxLearningRate: true,
    totalSteps: true,
    initialLearningRate: true,
    finalLearningRate: true,
    annealFraction: true,
  } as const;
  checkOptions(owner, options, known);
  const maximum = checkNumber(owner, "maxLearningRate", options.maxLearningRate, { above: 0 });
  const last = checkNumber(owner, "totalSteps", options.totalSteps, { integer: true, min: 2 }) - 1;
  const { initialLearningRate = maximum / 10, annealFraction = 0.1 } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0, below: maximum });
  const { finalLearningRate = initialLearningRate / 1000 } = options;
  checkNumber(owner, "finalLearningRate", finalLearningRate, { min: 0, max: initialLearningRate });
  checkNumber(owner, "annealFraction", annealFraction, { min: 0, below: 1 });

  const cycle = last * (1 - annealFraction);
  const line = (from: number, to: number, share: number) => from + (to - from) * share;
  const rate = (step: number) => {
    if (step < cycle / 2) return line(initialLearningRate, maximum, step / (cycle / 2));
    if (step < cycle) return line(maximum, initialLearningRate, step / (cycle / 2) - 1);
    if (step < last) return line(initialLearningRate, finalLearningRate, (step - cycle) / (last - cycle));
    return finalLearningRate;
  };
  return described(owner, options, rate, last);
}
