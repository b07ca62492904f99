/** Exponential moving average of the weights (Polyak averaging). Source: Keras' `use_ema`, whose order of steps this follows. */
import { checkBoolean, checkNumber, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";

/** Options of the moving average of the weights. */
export interface MovingAverageOptions {
  /**
   * Whether to keep a moving average a' = m a + (1 − m) w of each weight; the model ends training with it
   * (default false). Keras' `use_ema`.
   */
  useEma?: boolean;
  /** m, the share of the old average that is kept (default 0.99); from 0 to 1. Keras' `ema_momentum`. */
  emaMomentum?: number;
  /**
   * After every so many updates the weights are replaced by their average (default: only when training ends); a whole
   * number of at least 2. Keras' `ema_overwrite_frequency`.
   */
  emaOverwriteFrequency?: number;
}

export const MOVING_AVERAGE_OPTIONS: OptionNames<MovingAverageOptions> = {
  useEma: true,
  emaMomentum: true,
  emaOverwriteFrequency: true,
};

/** Name of the slot. */
export const AVERAGE = "average";

export interface MovingAverage {
  /** The numbers of a step in which `updates` updates came before. */
  scalars(updates: number): number[];
  /** The new average of a weight, and the weight itself, which the average may replace. */
  update(
    weight: tf.Tensor,
    average: tf.Tensor,
    scalars: readonly tf.Tensor[],
  ): { weight: tf.Tensor; average: tf.Tensor };
}

/** The average that the options ask for; undefined for none. */
export function movingAverage(owner: string, options: MovingAverageOptions): MovingAverage | undefined {
  const { useEma = false, emaMomentum = 0.99, emaOverwriteFrequency: frequency } = options;
  checkBoolean(owner, "useEma", useEma);
  checkNumber(owner, "emaMomentum", emaMomentum, { min: 0, max: 1 });
  if (frequency !== undefined) {
    const fix = "Leave it out to replace the weights when training ends.";
    checkNumber(owner, "emaOverwriteFrequency", frequency, { integer: true, min: 2, fix });
  }
  const without = (["emaMomentum", "emaOverwriteFrequency"] as const).find((name) => options[name] !== undefined);
  if (!useEma && without) throw new TypeError(`${owner}: ${without} needs useEma: true.`);
  if (!useEma) return undefined;
  return {
    scalars(updates) {
      // The first average is the weight itself.
      const keep = updates === 0 ? 0 : emaMomentum;
      return [keep, 1 - keep, frequency !== undefined && (updates + 1) % frequency === 0 ? 1 : 0];
    },
    update(weight, average, [keep, take, overwrites]) {
      const next = tf.add(tf.mul(average, keep), tf.mul(weight, take));
      return { average: next, weight: frequency === undefined ? weight : chosen(overwrites, next, weight) };
    },
  };
}

/** `yes` where the flag is 1, else `no`, untouched: a NaN in the other does not matter. */
export const chosen = (flag: tf.Tensor, yes: tf.Tensor, no: tf.Tensor): tf.Tensor =>
  tf.where(tf.greater(flag, 0.5), yes, no);
