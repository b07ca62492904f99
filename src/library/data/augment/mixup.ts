/** Mixing the samples of a batch. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { statelessUniform } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import { randomTransform, type Transform, type TransformBatch } from "./transform";

const POINTS = 1024;

/**
 * Mixes each sample with another of its batch: λ x₁ + (1 − λ) x₂, and the labels alike, with λ from the Beta(α, α)
 * distribution (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018, arXiv:1710.09412).
 *
 * Labels become rows of `classes` shares, in training and outside of it, so the loss must be `"categoricalCrossentropy"`
 * (and data without mixup, for validation, need `oneHot()`). Weights of samples are mixed alike. The partner is the
 * sample some random number of places further on in the batch, which is shuffled anyway.
 *
 * @param options.alpha default 0.2. @param options.classes number of classes.
 * @example train.map(mixup({ alpha: 0.2, classes: 10 }))
 */
export function mixup(options: { alpha?: number; classes: number }): Transform {
  const { alpha = 0.2, classes } = checkOptions("mixup", options, { alpha: true, classes: true });
  checkNumber("mixup", "alpha", alpha, { min: 0.05, max: 100 });
  checkNumber("mixup", "classes", classes, { integer: true, min: 2 });
  const quantiles = betaQuantiles(alpha);
  const rowsOf = (labels: tf.Tensor) =>
    labels.rank === 1 ? tf.oneHot(tf.cast(labels, "int32"), classes).toFloat() : labels;
  const mix = randomTransform(`mixup(${alpha}, ${classes})`, (batch, seed, step) => {
    const { features, labels, sampleWeights } = batch;
    const [samples] = features.shape;
    const share = pickQuantile(quantiles, statelessUniform([samples], seed(0), step));
    const distance = tf.floor(tf.mul(statelessUniform([1], seed(1), step), samples));
    const partners = tf.cast(tf.mod(tf.add(tf.range(0, samples), distance), samples), "int32") as tf.Tensor1D;
    return {
      features: mixed(features, partners, share) as tf.Tensor4D,
      labels: mixed(rowsOf(labels), partners, share),
      ...(sampleWeights && { sampleWeights: mixed(sampleWeights, partners, share) }),
    };
  });
  return {
    ...mix,
    labelShape: (shape) => (shape.length === 0 ? [classes] : shape),
    outsideTraining: (batch) => ({ ...batch, labels: rowsOf(batch.labels) }) satisfies TransformBatch,
  };
}

function mixed(values: tf.Tensor, partners: tf.Tensor1D, share: tf.Tensor): tf.Tensor {
  const weight = share.reshape([share.shape[0] as number, ...values.shape.slice(1).map(() => 1)]);
  return tf.add(tf.mul(values, weight), tf.mul(tf.gather(values, partners), tf.sub(1, weight)));
}

/** The table read at u, with straight lines between its points: numbers of the distribution for uniform u. */
function pickQuantile(table: Float32Array, u: tf.Tensor): tf.Tensor {
  const place = tf.mul(u, POINTS);
  const lower = tf.floor(place);
  const values = tf.tensor1d(table);
  const low = tf.gather(values, tf.cast(lower, "int32") as tf.Tensor1D);
  const high = tf.gather(values, tf.cast(tf.add(lower, 1), "int32") as tf.Tensor1D);
  return tf.add(low, tf.mul(tf.sub(high, low), tf.sub(place, lower)));
}

/**
 * The quantiles i / 1024 of Beta(α, α). With x = sin²(θ) its density over θ is (sin θ cos θ)^(2α − 1), which is summed up
 * in steps that are finer towards the ends, where it has poles for small α.
 */
export function betaQuantiles(alpha: number): Float32Array {
  const steps = 1 << 16;
  const power = 8;
  // θ = π/2 · s(v) with s rising from 0 to 1, flat at both ends.
  const angle = (v: number) => (Math.PI / 4) * (v < 0.5 ? (2 * v) ** power : 2 - (2 - 2 * v) ** power);
  const density = (theta: number) => (Math.sin(theta) * Math.cos(theta)) ** (2 * alpha - 1);
  const sums = new Float64Array(steps + 1);
  for (let i = 0; i < steps; i++) {
    const [from, to] = [angle(i / steps), angle((i + 1) / steps)];
    sums[i + 1] = sums[i] + density((from + to) / 2) * (to - from);
  }
  const table = new Float32Array(POINTS + 1);
  for (let i = 0, at = 0; i <= POINTS; i++) {
    while (at < steps - 1 && sums[at + 1] < (sums[steps] * i) / POINTS) at++;
    const inside = ((sums[steps] * i) / POINTS - sums[at]) / (sums[at + 1] - sums[at]);
    table[i] = Math.sin(angle((at + inside) / steps)) ** 2;
  }
  return table;
}
