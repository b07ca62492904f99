/** Batch normalization's arithmetic in few operations, with its gradient in closed form. */
import { tf } from "../../engine/tf";

export interface NormalizedBatch {
  readonly output: tf.Tensor;
  /** Mean and (biased) variance of each feature over the batch; kept: the caller disposes of them. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

interface Normalization {
  readonly x: tf.Tensor2D;
  readonly gamma?: tf.Tensor1D;
  readonly beta?: tf.Tensor1D;
}

/**
 * Normalizes each column of a batch by the batch's own statistics:
 * μ = mean(x), σ² = mean((x − μ)²), x̂ = (x − μ) / √(σ² + ε), y = γ x̂ + β. Slides' eqs. (15)–(18).
 *
 * TensorFlow.js would compose forward pass and gradient from some 60 operations; this takes 9 and at most 13.
 * @param x [samples, features]. @param gamma scale [features], none for 1. @param beta offset [features], none for 0.
 */
export function normalizeBatch({ x, gamma, beta }: Normalization, epsilon: number): NormalizedBatch {
  const statistics: { mean?: tf.Tensor; variance?: tf.Tensor } = {};
  const normalize = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const mean = tf.mean(x, 0);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), 0);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = gamma ? tf.mul(inverse, gamma) : inverse;
    const scaled = tf.mul(centred, factor);
    statistics.mean = tf.keep(mean);
    statistics.variance = tf.keep(variance);
    save([centred, inverse, factor]);
    return {
      value: beta ? tf.add(scaled, beta) : scaled,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const { dx, dgamma, dbeta } = gradients(dy, saved);
        return [dx, ...(gamma ? [dgamma] : []), ...(beta ? [dbeta] : [])];
      },
    };
  });
  const output = normalize(...[x, gamma, beta].filter((one) => one !== undefined));
  return { output, mean: statistics.mean!, variance: statistics.variance! };
}

/**
 * With c = x − μ, r = 1 / √(σ² + ε) and sums over the N samples:
 * dβ = Σ dy, dγ = r Σ dy c, dx = γ r (dy − dβ / N − c r dγ / N).
 */
function gradients(
  dy: tf.Tensor,
  [centred, inverse, factor]: tf.Tensor[],
): Record<"dx" | "dgamma" | "dbeta", tf.Tensor> {
  const share = 1 / dy.shape[0];
  const dbeta = tf.sum(dy, 0);
  const dgamma = tf.mul(tf.sum(tf.mul(dy, centred), 0), inverse);
  const drawn = tf.add(tf.mul(centred, tf.mul(tf.mul(dgamma, inverse), share)), tf.mul(dbeta, share));
  return { dx: tf.mul(tf.sub(dy, drawn), factor), dgamma, dbeta };
}

interface MaskedNormalization extends Omit<Normalization, "x"> {
  /** The axis of the features. */
  readonly axis: number;
  readonly epsilon: number;
}

/** Keras' guard where no position counts. */
const FEW = 1e-7;

/**
 * {@link normalizeBatch} for an input of any rank, by the statistics of the positions that a mask leaves, as Keras 3:
 * μ = Σ m x / (Σ m + 10⁻⁷), σ² = Σ m (x − μ)² / (Σ m + 10⁻⁷).
 *
 * @param mask `[batch, ...]` without the input's last axis.
 */
export function normalizeMasked(
  x: tf.Tensor,
  mask: tf.Tensor,
  { gamma, beta, axis, epsilon }: MaskedNormalization,
): NormalizedBatch {
  if (mask.rank !== x.rank - 1) {
    throw new Error(
      `batchNormalization: a mask has one axis less than the input, received [${mask.shape.join(", ")}] beside [${x.shape.join(", ")}].`,
    );
  }
  const features = axis < 0 ? axis + x.rank : axis;
  const others = [...x.shape.keys()].filter((each) => each !== features);
  const counts = tf.mul(tf.cast(tf.expandDims(mask, -1), "float32"), tf.onesLike(x));
  const total = tf.add(tf.sum(counts, others, true), FEW);
  const mean = tf.div(tf.sum(tf.mul(x, counts), others, true), total);
  const centred = tf.sub(x, mean);
  const variance = tf.div(tf.sum(tf.mul(tf.square(centred), counts), others, true), total);
  const row = (values: tf.Tensor): tf.Tensor => tf.reshape(values, mean.shape);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const scaled = tf.mul(centred, gamma ? tf.mul(inverse, row(gamma)) : inverse);
  const flat = (values: tf.Tensor): tf.Tensor => tf.keep(tf.reshape(values, [-1]));
  return { output: beta ? tf.add(scaled, row(beta)) : scaled, mean: flat(mean), variance: flat(variance) };
}

/** Normalizes by given statistics: y = x · γ / √(σ² + ε) + (β − μ · γ / √(σ² + ε)). Slides' eqs. (19)–(20). */
export function normalizeBy(
  { x, gamma, beta }: Normalization,
  { mean, variance }: { mean: tf.Tensor; variance: tf.Tensor },
  epsilon: number,
): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const factor = gamma ? tf.mul(inverse, gamma) : inverse;
  const drawn = tf.mul(mean, factor);
  return tf.add(tf.mul(x, factor), beta ? tf.sub(beta, drawn) : tf.neg(drawn));
}

/**
 * {@link normalizeBy} for images `[batch, height, width, features]` as one operation, which TensorFlow can join with the
 * convolution before it. Gradients: dx = dy · γ / √(σ² + ε); those of γ and β only where they are `learned`.
 */
export function normalizeImagesBy(
  images: tf.Tensor4D,
  { gamma, beta }: { gamma: tf.Tensor1D; beta: tf.Tensor1D },
  { mean, variance }: { mean: tf.Tensor1D; variance: tf.Tensor1D },
  { epsilon, learned }: { epsilon: number; learned: boolean },
): tf.Tensor {
  const normalize = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    save(learned ? [images] : []);
    const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]) => {
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const dx = tf.mul(dy, tf.mul(inverse, gamma));
      if (!learned) return [dx];
      const axes = [0, 1, 2];
      return [dx, tf.mul(tf.sum(tf.mul(dy, tf.sub(x, mean)), axes), inverse), tf.sum(dy, axes)];
    };
    return { value: tf.batchNorm(images, mean, variance, beta, gamma, epsilon), gradFunc };
  });
  return learned ? normalize(images, gamma, beta) : normalize(images);
}
