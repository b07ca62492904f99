/** Cosine decay, once or with warm restarts. Source: Loshchilov and Hutter, "SGDR", 2016, arXiv:1608.03983. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { described } from "./described";

/** Falls from 1 to `alpha` along half a cosine while `completed` goes from 0 to 1. */
const cosineFall = (completed: number, alpha: number, height = 1) =>
  ((1 - alpha) * height * (1 + Math.cos(Math.PI * completed))) / 2 + alpha;

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** Rate of step 0: where the decay starts, or the warm-up when there is one; at least 0. */
  initialLearningRate: number;
  /** Steps that the decay takes, warm-up not counted; greater than 0. */
  decaySteps: number;
  /** Last rate as a share of the highest one (default 0). */
  alpha?: number;
  /** Rate that the warm-up rises to; needs `warmupSteps`. Without it there is no warm-up. */
  warmupTarget?: number;
  /** Steps of the linear warm-up from `initialLearningRate` to `warmupTarget` (default 0). */
  warmupSteps?: number;
}

/**
 * Cosine decay: η(t) = η0 · ((1 − α) · (1 + cos(π t / decaySteps)) / 2 + α), and η0 · α afterwards.
 *
 * With a warm-up the rate first rises linearly from η0 to the target in `warmupSteps`, and the decay starts there.
 * Unit: optimizer steps, from 0. The same numbers as Keras' `CosineDecay`.
 *
 * @example cosineSchedule({ initialLearningRate: 0, warmupTarget: 0.1, warmupSteps: 500, decaySteps: 10_000 })
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const owner = "cosineSchedule";
  checkOptions(owner, options, {
    initialLearningRate: true,
    decaySteps: true,
    alpha: true,
    warmupTarget: true,
    warmupSteps: true,
  });
  const { initialLearningRate, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { min: 0 });
  checkNumber(owner, "decaySteps", decaySteps, { above: 0 });
  checkNumber(owner, "alpha", alpha, { min: 0 });
  checkNumber(owner, "warmupSteps", warmupSteps, { min: 0 });
  if (warmupTarget !== undefined) checkNumber(owner, "warmupTarget", warmupTarget, { above: 0 });
  else if (warmupSteps > 0) throw new TypeError(`${owner}: warmupSteps needs a warmupTarget, the rate to rise to.`);
  const top = warmupTarget ?? initialLearningRate;
  const rate = (step: number) =>
    step < warmupSteps
      ? initialLearningRate + (top - initialLearningRate) * (step / warmupSteps)
      : top * cosineFall(Math.min(1, (step - warmupSteps) / decaySteps), alpha);
  return described(owner, options, rate, warmupSteps + decaySteps);
}

/** Options of {@link cosineRestartsSchedule}. */
export interface CosineRestartsScheduleOptions {
  /** Rate of step 0; greater than 0. */
  initialLearningRate: number;
  /** Steps of the first period; greater than 0. */
  firstDecaySteps: number;
  /** Each period is this many times as long as the one before (default 2); at least 1. */
  tMul?: number;
  /** Each period starts at this many times the rate of the one before (default 1); greater than 0. */
  mMul?: number;
  /** Lowest rate as a share of `initialLearningRate` (default 0). */
  alpha?: number;
}

/**
 * Cosine decay with warm restarts: in period i, η = η0 · ((1 − α) · mMul^i · (1 + cos(π p)) / 2 + α), where p is the
 * share of the period that has passed.
 *
 * Unit: optimizer steps, from 0. The same numbers as Keras' `CosineDecayRestarts`.
 *
 * @example cosineRestartsSchedule({ initialLearningRate: 0.1, firstDecaySteps: 1_000 })
 */
export function cosineRestartsSchedule(options: CosineRestartsScheduleOptions): Schedule {
  const owner = "cosineRestartsSchedule";
  checkOptions(owner, options, {
    initialLearningRate: true,
    firstDecaySteps: true,
    tMul: true,
    mMul: true,
    alpha: true,
  });
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  checkNumber(owner, "initialLearningRate", initialLearningRate, { above: 0 });
  checkNumber(owner, "firstDecaySteps", firstDecaySteps, { above: 0 });
  checkNumber(owner, "tMul", tMul, { min: 1 });
  checkNumber(owner, "mMul", mMul, { above: 0 });
  checkNumber(owner, "alpha", alpha, { min: 0 });
  return described(owner, options, (step) => {
    const { period, completed } = periodAt(step / firstDecaySteps, tMul);
    return initialLearningRate * cosineFall(completed, alpha, mMul ** period);
  });
}

/** The period, and its completed share, at `time` (in lengths of the first period). */
function periodAt(time: number, tMul: number): { period: number; completed: number } {
  if (tMul === 1) return { period: Math.floor(time), completed: time % 1 };
  const start = (period: number) => (tMul ** period - 1) / (tMul - 1);
  // The logarithm may land a hair beside a whole number exactly where a period begins.
  let period = Math.round(Math.log(1 + time * (tMul - 1)) / Math.log(tMul));
  while (start(period) > time) period--;
  return { period, completed: (time - start(period)) / tMul ** period };
}
