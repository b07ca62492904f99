/** What a metric is: sums that each batch adds to, and one number at the end of an epoch. */
import { checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { LabelKind, Shape } from "../labels";
import { type BatchFunction, labelsBeside } from "../losses/loss";

/** Options of every metric. */
export interface MetricOptions {
  /** Its name in logs and history (default: Keras' name of it). */
  name?: string;
}

/** What all metrics have; TensorFlow.js' own `compile` takes one too, as a function that gives a batch's value. */
interface MetricBase extends BatchFunction {
  /** Its name in logs and history. */
  readonly metricName: string;
  /** The labels it takes. */
  readonly labels: LabelKind;
  /** Whether it is what its name stands for: without options, and no function of the user's. */
  readonly isDefault: boolean;
}

/** A mean over all positions of all batches, of those that a mask leaves. */
export interface MeanMetric extends MetricBase {
  /** `[n, ...]` (or one number for the batch, rank 0). */
  readonly values: BatchFunction;
  /** The same from the logits behind an output, where it has such a form. */
  readonly fromLogits?: BatchFunction;
}

/** Counts or other sums over all batches, from which the number is made at the end: exact for the whole epoch. */
export interface SumsMetric extends MetricBase {
  /** Numbers that `sums` gives, for outputs of that shape. Throws when these do not suit the metric. */
  width(outputs: Shape): number;
  /** What a batch adds, `[width]`; `weights` `[n]` count samples more than once or not at all. */
  readonly sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => tf.Tensor1D;
  /** The metric from the sums of an epoch. */
  readonly result: (sums: Float64Array) => number;
}

/** A metric of this library. */
export type Metric = MeanMetric | SumsMetric;

export function isMetric(value: unknown): value is Metric {
  return typeof value === "function" && "metricName" in value;
}

export interface MeanMetricParts {
  readonly labels: LabelKind;
  readonly values: BatchFunction;
  readonly fromLogits?: BatchFunction;
}

/** Makes a mean of `values`. Keras' name is `kerasName`. */
export function makeMeanMetric(kerasName: string, parts: MeanMetricParts, options: MetricOptions = {}): MeanMetric {
  const { labels, values, fromLogits } = parts;
  const meet = (formula: BatchFunction): BatchFunction => {
    return (yTrue, yPred) => tf.tidy(() => formula(labelsBeside(kerasName, labels, yTrue, yPred), yPred));
  };
  const metricName = nameOf(kerasName, options);
  const mean: BatchFunction = (yTrue, yPred) => tf.tidy(() => tf.mean(meet(values)(yTrue, yPred)));
  const ofLogits = fromLogits && { fromLogits: meet(fromLogits) };
  const isDefault = labels !== "any" && hasNoOptions(options);
  return named(mean, { metricName, labels, isDefault, values: meet(values), ...ofLogits });
}

export interface SumsMetricParts {
  readonly labels: LabelKind;
  width(outputs: Shape): number;
  readonly sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => tf.Tensor;
  readonly result: (sums: Float64Array) => number;
}

/** Makes a metric of sums. Keras' name is `kerasName`. */
export function makeSumsMetric(kerasName: string, parts: SumsMetricParts, options: MetricOptions = {}): SumsMetric {
  const { labels, sums, result } = parts;
  const meet = (yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): tf.Tensor1D =>
    tf.tidy(() => tf.reshape(sums(labelsBeside(kerasName, labels, yTrue, yPred), yPred, weights), [-1]) as tf.Tensor1D);
  const ofBatch: BatchFunction = (yTrue, yPred) => {
    const found = tf.tidy(() => meet(yTrue, yPred).dataSync());
    return tf.scalar(result(Float64Array.from(found)));
  };
  const width = (outputs: Shape) => parts.width(outputs);
  const fields = { metricName: nameOf(kerasName, options), labels, isDefault: hasNoOptions(options) };
  return named(ofBatch, { ...fields, width, sums: meet, result });
}

const hasNoOptions = (options: object): boolean =>
  Object.entries(options).every(([key, value]) => key === "name" || value === undefined);

function named<T extends { readonly metricName: string }>(compute: BatchFunction, fields: T): BatchFunction & T {
  // TensorFlow.js takes a function's name for the metric's.
  Object.defineProperty(compute, "name", { value: fields.metricName });
  return Object.assign(compute, fields);
}

function nameOf(kerasName: string, { name = kerasName }: MetricOptions): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  throw new TypeError(`${kerasName}: name must be a text with at least one letter, received ${show(name)}.`);
}

/** The options that every metric has. */
export const METRIC_OPTIONS: OptionNames<MetricOptions> = { name: true };

/** Units of outputs `[n, ..., units]`. */
export function unitsOf(owner: string, outputs: Shape): number {
  const units = outputs.at(-1);
  if (typeof units === "number" && outputs.length > 1) return units;
  throw new Error(`${owner}: expected outputs [n, ..., units], the model gives [${outputs.join(", ")}].`);
}

/** Values `[n, ...]` times the weights `[n]` of their samples, or `[n, steps]` of their steps, where there are some. */
export function weighted(values: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor {
  if (!weights) return values;
  const { shape } = weights;
  const isPrefix = shape.every((size, axis) => size === values.shape[axis]);
  if (isPrefix)
    return tf.mul(values, tf.reshape(weights, [...shape, ...Array<number>(values.rank - shape.length).fill(1)]));
  throw new Error(
    `weightedMetrics: weights of shape [${shape.join(", ")}] do not fit the metric's values, [${values.shape.join(", ")}]. ` +
      "Give one weight a sample, or the metric in `metrics`, where weights do not count.",
  );
}

/** `a / b`, and 0 for 0 / 0, as Keras divides. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

/**
 * A metric from a function of labels and outputs: the mean of what it gives for each position, over all samples. A plain
 * function in `metrics` is the same; this gives it a name of your choice.
 *
 * @param compute labels and outputs of a batch to values `[n, ...]`.
 * @throws TypeError when `compute` is no function.
 * @example model.compile({ optimizer: adam(), loss: "mse", metrics: [meanMetricWrapper((y, p) => tf.abs(tf.sub(y, p)), { name: "distance" })] })
 */
export function meanMetricWrapper(compute: BatchFunction, options: MetricOptions = {}): MeanMetric {
  const owner = "meanMetricWrapper";
  checkOptions(owner, options, METRIC_OPTIONS);
  if (typeof compute !== "function") {
    throw new TypeError(`${owner}: expected a function of labels and outputs, received ${show(compute)}.`);
  }
  return makeMeanMetric(compute.name || "mean_metric_wrapper", { labels: "any", values: compute }, options);
}
