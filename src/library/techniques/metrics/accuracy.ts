/** How often outputs are right. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { classNumbers, joined, kindByShape } from "../labels";
import type { BatchFunction } from "../losses/loss";
import { METRIC_OPTIONS, makeMeanMetric, type MeanMetric, type MetricOptions } from "./metric";

const asNumber = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, "float32");

/** Options of {@link binaryAccuracy}. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Outputs greater than this count as 1 (default 0.5; 0 for logits). */
  threshold?: number;
}

const binary = (threshold: number): BatchFunction => {
  return (labels, outputs) => asNumber(tf.equal(labels, asNumber(tf.greater(outputs, threshold))));
};

const sparse: BatchFunction = (labels, outputs) => {
  return asNumber(tf.equal(tf.cast(labels, "int32"), tf.cast(tf.argMax(outputs, -1), "int32")));
};

const categorical: BatchFunction = (labels, outputs) =>
  asNumber(tf.equal(tf.argMax(labels, -1), tf.argMax(outputs, -1)));

/**
 * "accuracy", chosen by the shapes of labels and outputs as in Keras, whatever the loss: binary beside one unit, else by
 * class number, or by row where the labels are rows as wide as the outputs. By name: `"accuracy"`, `"acc"`.
 */
export function accuracy(options: MetricOptions = {}): MeanMetric {
  const values: BatchFunction = (labels, outputs) => {
    const kind = kindByShape(labels.shape, outputs.shape);
    if (kind === "sparse") return sparse(classNumbers(labels, outputs), outputs);
    return kind === "binary" ? binary(0.5)(joined(labels, outputs), outputs) : categorical(labels, outputs);
  };
  return makeMeanMetric("accuracy", { labels: "byShape", values }, checkOptions("accuracy", options, METRIC_OPTIONS));
}

/**
 * How often an output is on its label's side of the threshold; labels 0 or 1, one for each output.
 *
 * @throws RangeError when the threshold is no finite number.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [binaryAccuracy({ threshold: 0.7 })] })
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): MeanMetric {
  const { threshold = 0.5 } = checkOptions("binaryAccuracy", options, { threshold: true, ...METRIC_OPTIONS });
  checkNumber("binaryAccuracy", "threshold", threshold);
  return makeMeanMetric("binary_accuracy", { labels: "same", values: binary(threshold) }, options);
}

/**
 * How often the largest output is that of the row's largest share; labels `[n, ..., classes]`.
 *
 * @example model.compile({ optimizer: adam(), loss: "categoricalCrossentropy", metrics: [categoricalAccuracy()] })
 */
export function categoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions("categoricalAccuracy", options, METRIC_OPTIONS);
  return makeMeanMetric("categorical_accuracy", { labels: "same", values: categorical }, options);
}

/**
 * How often the largest output is that of the labelled class; labels are class numbers `[n, ...]`.
 *
 * @example model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: [sparseCategoricalAccuracy()] })
 */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions("sparseCategoricalAccuracy", options, METRIC_OPTIONS);
  return makeMeanMetric("sparse_categorical_accuracy", { labels: "classes", values: sparse }, options);
}

/** Options of the top-k accuracies. */
export interface TopKOptions extends MetricOptions {
  /** So many of the largest outputs count as an answer (default 5). */
  k?: number;
}

/**
 * How often the class of a row's largest share is among the `k` largest outputs; labels `[n, ..., classes]`.
 *
 * @throws RangeError when k is no integer from 1.
 * @example model.compile({ optimizer: adam(), loss: "categoricalCrossentropy", metrics: [topKCategoricalAccuracy({ k: 2 })] })
 */
export function topKCategoricalAccuracy(options: TopKOptions = {}): MeanMetric {
  const k = checkTopK("topKCategoricalAccuracy", options);
  const values: BatchFunction = (labels, outputs) => amongLargest(tf.argMax(labels, -1), outputs, k);
  return makeMeanMetric("top_k_categorical_accuracy", { labels: "same", values }, options);
}

/**
 * The same for class numbers `[n, ...]`.
 *
 * @throws RangeError when k is no integer from 1.
 * @example model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: [sparseTopKCategoricalAccuracy({ k: 3 })] })
 */
export function sparseTopKCategoricalAccuracy(options: TopKOptions = {}): MeanMetric {
  const k = checkTopK("sparseTopKCategoricalAccuracy", options);
  const values: BatchFunction = (labels, outputs) => amongLargest(tf.cast(labels, "int32"), outputs, k);
  return makeMeanMetric("sparse_top_k_categorical_accuracy", { labels: "classes", values }, options);
}

function checkTopK(owner: string, options: TopKOptions): number {
  return checkNumber(owner, "k", checkOptions(owner, options, { k: true, ...METRIC_OPTIONS }).k ?? 5, {
    integer: true,
    min: 1,
  });
}

/** Fewer than `k` outputs are larger than that of the class. Outputs that are not finite are never right. */
function amongLargest(classes: tf.Tensor, outputs: tf.Tensor, k: number): tf.Tensor {
  const ofClass = tf.oneHot(tf.cast(classes, "int32") as tf.Tensor1D, outputs.shape.at(-1) as number);
  const own = tf.sum(tf.mul(outputs, tf.cast(ofClass, "float32")), -1, true);
  const larger = tf.sum(asNumber(tf.greater(outputs, own)), -1);
  const isNumber = asNumber(tf.equal(own, own));
  return tf.mul(asNumber(tf.less(larger, k)), tf.squeeze(isNumber, [-1]));
}
