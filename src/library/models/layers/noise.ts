/** The random layers' arithmetic: what each does to its input, given the key of a draw. */
import { statelessMask, statelessNormal } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import type { RandomKey } from "./training-step";

// SELU's fixed point (Klambauer et al., 2017): λ·α, the value at which SELU saturates, with its sign.
const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;
const SATURATION = -SELU_ALPHA * SELU_SCALE;

/**
 * Inverted dropout: `x · m / (1 − rate)`, where m is 0 with probability `rate` and 1 otherwise, so that the mean is
 * kept and nothing needs scaling at test time (Srivastava et al., 2014).
 *
 * @param noiseShape shape of the mask, broadcast over `x` (default: that of `x`).
 */
export function dropUnits(
  x: tf.Tensor,
  rate: number,
  key: RandomKey,
  noiseShape: readonly number[] = x.shape,
): tf.Tensor {
  return tf.mul(x, tf.mul(keepMask(noiseShape, rate, key), 1 / (1 - rate)));
}

/**
 * Alpha dropout: dropped units take SELU's saturation value −λα, then an affine map restores mean 0 and variance 1
 * (Klambauer et al., "Self-Normalizing Neural Networks", 2017).
 */
export function dropUnitsAlpha(
  x: tf.Tensor,
  rate: number,
  key: RandomKey,
  noiseShape: readonly number[] = x.shape,
): tf.Tensor {
  const a = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
  const b = -a * SATURATION * rate;
  // a · (x·m + s·(1 − m)) + b, with as few operations as possible.
  const mask = tf.mul(keepMask(noiseShape, rate, key), a);
  return tf.add(tf.mul(x, mask), tf.sub(a * SATURATION + b, tf.mul(mask, SATURATION)));
}

/** `x + n` with n normal, mean 0 and the given standard deviation. */
export function addNoise(x: tf.Tensor, standardDeviation: number, key: RandomKey): tf.Tensor {
  return tf.add(x, tf.mul(statelessNormal(x.shape, key.seed, key.step), standardDeviation));
}

/** `x · n` with n normal, mean 1 and standard deviation √(rate / (1 − rate)). */
export function multiplyNoise(x: tf.Tensor, rate: number, key: RandomKey): tf.Tensor {
  const standardDeviation = Math.sqrt(rate / (1 - rate));
  return tf.mul(x, tf.add(tf.mul(statelessNormal(x.shape, key.seed, key.step), standardDeviation), 1));
}

function keepMask(shape: readonly number[], rate: number, { seed, step }: RandomKey): tf.Tensor {
  return statelessMask(shape, 1 - rate, seed, step);
}
