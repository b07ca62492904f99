/** The area under a curve over all thresholds, from how outputs spread over the thresholds in an epoch. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { Shape } from "../labels";
import { areaUnderCurve, type Curve, CURVES, type SummationMethod, SUMMATION_METHODS } from "./curves";
import { METRIC_OPTIONS, makeSumsMetric, type MetricOptions, type SumsMetric, unitsOf, weighted } from "./metric";

/** Options of {@link auc}. */
export interface AucOptions extends MetricOptions {
  /** Thresholds, evenly from 0 to 1, both included; at least 2 (default 200). */
  numThresholds?: number;
  /** Thresholds of your own between 0 and 1; 0 and 1 are added. */
  thresholds?: readonly number[];
  /** `"ROC"` (default): right against wrong "yes"; `"PR"`: precision against recall. */
  curve?: Curve;
  /** How the area between two thresholds is taken (default `"interpolation"`). */
  summationMethod?: SummationMethod;
  /** The area of each unit by itself, and their mean (default false: all outputs are one pool). */
  multiLabel?: boolean;
  /** The outputs are logits: a sigmoid is put on them (default false). */
  fromLogits?: boolean;
}

const OPTIONS: OptionNames<AucOptions> = {
  numThresholds: true,
  thresholds: true,
  curve: true,
  summationMethod: true,
  multiLabel: true,
  fromLogits: true,
  ...METRIC_OPTIONS,
};

/** Keras' thresholds: a little below 0, those between, a little above 1. */
function thresholdsOf(owner: string, { numThresholds, thresholds }: AucOptions): number[] {
  if (thresholds === undefined) {
    const count = checkNumber(owner, "numThresholds", numThresholds ?? 200, { integer: true, min: 2 });
    return Array.from({ length: count }, (_, i) => i / (count - 1));
  }
  if (numThresholds !== undefined) throw new TypeError(`${owner}: give numThresholds or thresholds, not both.`);
  if (!Array.isArray(thresholds)) {
    throw new TypeError(`${owner}: thresholds must be an array of numbers from 0 to 1, received ${show(thresholds)}.`);
  }
  thresholds.forEach((value, i) => checkNumber(owner, `thresholds[${i}]`, value, { min: 0, max: 1 }));
  return [0, ...[...thresholds].sort((a, b) => a - b), 1];
}

/**
 * The area under the ROC curve (or the precision-recall curve) of the whole epoch, at Keras' thresholds. 0.5 is chance
 * and 1 perfect. Labels 0 or 1, one for each output from 0 to 1.
 *
 * Source of the PR interpolation: Davis & Goadrich, "The Relationship Between Precision-Recall and ROC Curves", 2006.
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [auc(), auc({ curve: "PR", name: "pr_auc" })] })
 */
export function auc(options: AucOptions = {}): SumsMetric {
  const owner = "auc";
  checkOptions(owner, options, OPTIONS);
  const thresholds = thresholdsOf(owner, options);
  const { curve = "ROC", summationMethod = "interpolation", multiLabel = false, fromLogits = false } = options;
  checkOneOf(owner, "curve", curve, CURVES);
  checkOneOf(owner, "summationMethod", summationMethod, SUMMATION_METHODS);
  checkBoolean(owner, "multiLabel", multiLabel);
  checkBoolean(owner, "fromLogits", fromLogits);
  const count = thresholds.length;
  const pools = (outputs: Shape) => (multiLabel ? unitsOf(owner, outputs) : 1);
  const spread = options.thresholds ? byComparing(thresholds) : byBuckets(count);
  const parts = {
    labels: "same" as const,
    width: (outputs: Shape) => 2 * count * pools(outputs),
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => {
      const probabilities = fromLogits ? tf.sigmoid(outputs) : outputs;
      const is = tf.cast(tf.notEqual(labels, 0), "float32") as tf.Tensor;
      const [yes, no] = [weighted(is, weights), weighted(tf.sub(1, is), weights)];
      const [p, ...sides] = [probabilities, yes, no].map((x) => inPools(x, pools(outputs.shape)));
      return tf.stack(sides.map((side) => spread(p, side)));
    },
    result: (sums: Float64Array) => meanArea(sums, count, { curve, summationMethod }),
  };
  return makeSumsMetric("auc", parts, options);
}

/** `[n, ..., units]` as `[pools, numbers of each]`. */
function inPools(x: tf.Tensor, pools: number): tf.Tensor2D {
  const rows = tf.reshape(x, [-1, pools]) as tf.Tensor2D;
  return pools === 1 ? (tf.reshape(rows, [1, -1]) as tf.Tensor2D) : tf.transpose(rows);
}

/** Weights of the outputs between threshold i and the next, `[pools, thresholds]`. */
type Spread = (outputs: tf.Tensor2D, weights: tf.Tensor2D) => tf.Tensor2D;

/**
 * For even thresholds: each output falls into one bucket, and the buckets are counted by a product of two narrow
 * one-hot matrices (high and low digit of the bucket's number), which takes far less memory than one wide one.
 */
function byBuckets(count: number): Spread {
  const digit = Math.ceil(Math.sqrt(count));
  return (outputs, weights) => {
    const place = tf.sub(tf.ceil(tf.mul(tf.clipByValue(outputs, 0, 1), count - 1)), 1);
    const bucket = tf.cast(tf.relu(place), "float32");
    const high = tf.floor(tf.div(tf.add(bucket, 0.5), digit));
    const low = tf.sub(bucket, tf.mul(high, digit));
    const [rows, columns] = [high, low].map((one) =>
      tf.cast(tf.oneHot(tf.cast(one, "int32") as tf.Tensor1D, digit), "float32"),
    );
    const counts = tf.matMul(tf.mul(rows, tf.expandDims(weights, -1)), columns, true);
    const flat = tf.reshape(counts, [outputs.shape[0], digit * digit]);
    return tf.slice(flat, [0, 0], [-1, count]) as tf.Tensor2D;
  };
}

/** For any thresholds: what lies above each, and the differences of these. */
function byComparing(thresholds: readonly number[]): Spread {
  const inner = thresholds.slice(1, -1);
  return (outputs, weights) => {
    const above = inner.map((limit) => tf.sum(tf.mul(weights, tf.cast(tf.greater(outputs, limit), "float32")), -1));
    const none = tf.zerosLike(tf.sum(weights, -1));
    const all = [tf.sum(weights, -1), ...above, none, none];
    const between = all.slice(0, -1).map((value, i) => tf.sub(value, all[i + 1]));
    return tf.stack(between, 1) as tf.Tensor2D;
  };
}

function meanArea(
  sums: Float64Array,
  count: number,
  options: { readonly curve: Curve; readonly summationMethod: SummationMethod },
): number {
  const pools = sums.length / (2 * count);
  let total = 0;
  for (let pool = 0; pool < pools; pool++) {
    const [yes, no] = [pool, pools + pool].map((row) => sums.subarray(row * count, (row + 1) * count));
    total += areaUnderCurve(cumulated(yes), cumulated(no), options);
  }
  return total / pools;
}

/** What lies above each threshold. */
function cumulated(between: Float64Array): number[] {
  const above = Array.from(between);
  for (let i = above.length - 2; i >= 0; i--) above[i] += above[i + 1];
  return above;
}
