/** The loss and the metrics of one output on one batch. */
import { tf } from "../../engine/tf";
import type { OutputFacts } from "../../models/layers/output-facts";
import type { Loss } from "../../techniques/losses/loss";
import type { MeanMetric } from "../../techniques/metrics/metric";
import type { LoggedMetric } from "./log-columns";

/** What one output gave for a batch. */
export interface OutputBatch {
  readonly labels: tf.Tensor;
  readonly outputs: tf.Tensor;
  readonly facts: OutputFacts;
  /** `[n]` or `[n, ...]`; undefined when all samples count alike. */
  readonly weights: tf.Tensor | undefined;
}

/** The loss of the batch, rank 0: Keras' reduction of its values, with weights and mask. */
export function lossOfBatch(loss: Loss, { labels, outputs, facts, weights }: OutputBatch): tf.Scalar {
  const { logits } = facts;
  const values = logits && loss.fromLogits ? loss.fromLogits(labels, logits) : loss(labels, outputs);
  const mask = bothMasks(facts.mask, loss.valid?.(labels, outputs));
  return reduced(loss, values, weights, mask);
}

/** The part of a step's row that belongs to a metric: a mean (rank 0), or sums. */
export function metricOfBatch({ metric, isWeighted, isPartial }: LoggedMetric, batch: OutputBatch): tf.Tensor {
  const { labels, outputs } = batch;
  const weights = isWeighted ? batch.weights : undefined;
  if ("sums" in metric) return metric.sums(labels, outputs, weights);
  const values = valuesOf(metric, batch);
  if (!isPartial) return mean(values);
  if (values.rank === 0) return tf.stack([values, tf.scalar(1)]);
  return partial(values, weights, batch.facts.mask);
}

function valuesOf(metric: MeanMetric, { labels, outputs, facts }: OutputBatch): tf.Tensor {
  const { logits } = facts;
  return logits && metric.fromLogits ? metric.fromLogits(labels, logits) : metric.values(labels, outputs);
}

const mean = (values: tf.Tensor): tf.Scalar => (values.rank === 0 ? values : tf.mean(values)) as tf.Scalar;

function bothMasks(a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor | undefined {
  return a && b ? tf.mul(tf.cast(a, "float32"), alignedTo(a, b)) : (a ?? b);
}

/** A mask or weights with as many axes as the values: axes of 1 are added or dropped at the end. */
function alignedTo(values: tf.Tensor, other: tf.Tensor): tf.Tensor {
  const numbers = tf.cast(other, "float32");
  const { rank } = values;
  if (numbers.rank === rank) return numbers;
  if (numbers.rank < rank) {
    return tf.reshape(numbers, [...numbers.shape, ...Array<number>(rank - numbers.rank).fill(1)]);
  }
  const rest = numbers.shape.slice(rank);
  if (rest.every((size) => size === 1)) return tf.reshape(numbers, numbers.shape.slice(0, rank));
  throw new Error(
    `fit: weights or a mask of shape [${other.shape.join(", ")}] do not fit the values of the loss, [${values.shape.join(", ")}].`,
  );
}

function reduced(
  { reduction }: Loss,
  values: tf.Tensor,
  weights: tf.Tensor | undefined,
  mask: tf.Tensor | undefined,
): tf.Scalar {
  if (values.rank === 0) {
    if (!weights) return values as tf.Scalar;
    throw new Error("fit: weights need a loss that gives one number for each sample, not one for the batch.");
  }
  const weighted = weights ? tf.mul(values, alignedTo(values, weights)) : values;
  if (reduction === "sum") return tf.sum(mask ? tf.mul(weighted, alignedTo(values, mask)) : weighted);
  const byWeights = reduction === "meanWithSampleWeight" && weights;
  if (!mask && !byWeights) return tf.mean(weighted);
  const counted = mask ? alignedTo(values, mask) : tf.ones(values.shape);
  const kept = tf.mul(weighted, counted);
  if (!byWeights) return overCount(tf.sum(kept), share(counted, values));
  return overCount(tf.sum(kept), tf.sum(spread(tf.mul(alignedTo(values, weights), counted), values)));
}

/** How many of the values count. */
function share(counted: tf.Tensor, values: tf.Tensor): tf.Tensor {
  return tf.sum(spread(counted, values));
}

/** The same numbers for each value. */
function spread(numbers: tf.Tensor, values: tf.Tensor): tf.Tensor {
  return numbers.size === values.size ? numbers : tf.mul(numbers, tf.ones(values.shape));
}

/** `sum / count`; 0 where `count` is 0. */
function overCount(sum: tf.Tensor, count: tf.Tensor): tf.Scalar {
  return tf.div(sum, tf.add(count, tf.cast(tf.equal(count, 0), "float32")));
}

/** `[2]`: the sum of the values that count, and how many these are. */
function partial(values: tf.Tensor, weights: tf.Tensor | undefined, mask: tf.Tensor | undefined): tf.Tensor {
  const counted = [mask, weights].flatMap((one) => (one ? [alignedTo(values, one)] : []));
  const count = counted.reduce<tf.Tensor>((a, b) => tf.mul(a, b), tf.onesLike(values));
  return tf.stack([tf.sum(tf.mul(values, count)), tf.sum(count)]);
}
