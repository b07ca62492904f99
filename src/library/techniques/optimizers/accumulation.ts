/** Gradient accumulation: the gradients of several batches make one update, as of one large batch. */
import { checkNumber, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { NamedGradients } from "../clipping";

/** Options of gradient accumulation. */
export interface AccumulationOptions {
  /**
   * Batches whose mean gradient makes one update of the weights (default 1: each batch makes one); a whole number of at
   * least 2. Keras' `gradient_accumulation_steps`.
   */
  gradientAccumulationSteps?: number;
}

export const ACCUMULATION_OPTIONS: OptionNames<AccumulationOptions> = { gradientAccumulationSteps: true };

/** Name of the slot that holds the sum so far. */
export const ACCUMULATOR = "gradientAccumulator";

/** Batches per update that the options ask for; throws for less than 2 and for fractions. */
export function accumulationSteps(owner: string, { gradientAccumulationSteps: steps }: AccumulationOptions): number {
  if (steps === undefined) return 1;
  const fix = "Leave it out for an update with each batch.";
  return checkNumber(owner, "gradientAccumulationSteps", steps, { integer: true, min: 2, fix });
}

/** The two numbers that batch `step` (from 0) needs: 1 when it ends in an update (else 0), and the batches per update. */
export const accumulationScalars = (step: number, steps: number): number[] => [(step + 1) % steps === 0 ? 1 : 0, steps];

/** Gradient + sum so far, by variable. */
export function summed(gradients: NamedGradients, sumOf: (name: string) => tf.Tensor): NamedGradients {
  return Object.fromEntries(Object.entries(gradients).map(([name, each]) => [name, tf.add(each, sumOf(name))]));
}

/** Each gradient divided by `steps`. */
export function means(gradients: NamedGradients, steps: tf.Tensor): NamedGradients {
  return Object.fromEntries(Object.entries(gradients).map(([name, each]) => [name, tf.div(each, steps)]));
}
