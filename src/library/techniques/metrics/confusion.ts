/** Metrics from counts of right and wrong answers at a threshold: precision, recall, and the counts themselves. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { METRIC_OPTIONS, makeSumsMetric, type MetricOptions, ratio, type SumsMetric, weighted } from "./metric";

/** Options of {@link precision} and {@link recall}. */
export interface PrecisionOptions extends MetricOptions {
  /** Outputs greater than this count as "yes" (default 0.5; 0 for logits). One metric for each threshold. */
  thresholds?: number | readonly number[];
  /** Counts only the `topK` largest outputs of a sample as "yes" (default: all above the threshold). */
  topK?: number;
  /** Looks at this class, an index of the last axis, alone (default all). */
  classId?: number;
}

const COUNTS = ["truePositives", "falsePositives", "trueNegatives", "falseNegatives"] as const;
type Count = (typeof COUNTS)[number];

/** Counts for a threshold, in the order of {@link COUNTS}. */
interface Counting {
  readonly threshold: number;
  readonly topK: number | undefined;
  readonly classId: number | undefined;
}

function checkCounting(owner: string, options: PrecisionOptions): Counting {
  const { thresholds, topK, classId } = options;
  const only = Array.isArray(thresholds) && thresholds.length === 1 ? (thresholds[0] as number) : thresholds;
  if (Array.isArray(only)) {
    throw new TypeError(
      `${owner}: a log holds one number, so give one threshold, received ${show(thresholds)}. ` +
        `Make a metric for each: ${owner}({ thresholds: 0.3, name: "${owner}_30" }).`,
    );
  }
  const threshold = checkNumber(owner, "thresholds", only ?? (topK === undefined ? 0.5 : -1e10));
  if (topK !== undefined) checkNumber(owner, "topK", topK, { integer: true, min: 1 });
  if (classId !== undefined) checkNumber(owner, "classId", classId, { integer: true, min: 0 });
  return { threshold, topK, classId };
}

/** `[4]` counts, or sums of weights: right and wrong "yes", right and wrong "no". */
function counts(rule: Counting, labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): tf.Tensor {
  const { threshold, topK, classId } = rule;
  let yes = tf.cast(tf.greater(outputs, threshold), "float32") as tf.Tensor;
  let is = tf.cast(tf.notEqual(labels, 0), "float32") as tf.Tensor;
  if (topK !== undefined) yes = tf.mul(yes, largest(outputs, topK));
  if (classId !== undefined) [yes, is] = [yes, is].map((x) => column(x, classId));
  const [no, isNot] = [yes, is].map((x) => tf.sub(1, x));
  const pairs = [
    [yes, is],
    [yes, isNot],
    [no, isNot],
    [no, is],
  ] as const;
  return tf.stack(pairs.map(([a, b]) => tf.sum(weighted(tf.mul(a, b), weights))));
}

/** 1 for each of the `k` largest outputs of a row, 0 for the others. */
function largest(outputs: tf.Tensor, k: number): tf.Tensor {
  const units = outputs.shape.at(-1) as number;
  const { indices } = tf.topk(outputs, Math.min(k, units));
  return tf.sum(tf.cast(tf.oneHot(indices as tf.Tensor1D, units), "float32"), -2);
}

function column(x: tf.Tensor, index: number): tf.Tensor {
  const units = x.shape.at(-1) as number;
  const begin = [...Array<number>(x.rank - 1).fill(0), index];
  if (index >= units) throw new RangeError(`classId is ${index}, but the outputs have classes 0 to ${units - 1}.`);
  return tf.slice(x, begin, [...x.shape.slice(0, -1), 1]);
}

function counted(
  owner: string,
  kerasName: string,
  options: PrecisionOptions,
  result: (counts: Record<Count, number>) => number,
): SumsMetric {
  checkOptions(owner, options, { thresholds: true, topK: true, classId: true, ...METRIC_OPTIONS });
  const rule = checkCounting(owner, options);
  const parts = {
    labels: "same" as const,
    width: () => COUNTS.length,
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => counts(rule, labels, outputs, weights),
    result: (sums: Float64Array) =>
      result(Object.fromEntries(COUNTS.map((name, i) => [name, sums[i]])) as Record<Count, number>),
  };
  return makeSumsMetric(kerasName, parts, options);
}

/**
 * The share of right ones among the "yes" answers of the whole epoch; 0 where there are none. Labels 0 or 1, one for
 * each output: `[n, ..., units]`, or `[n]` beside outputs `[n, 1]`.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [precision({ thresholds: 0.8 })] })
 */
export function precision(options: PrecisionOptions = {}): SumsMetric {
  const result = (c: Record<Count, number>) => ratio(c.truePositives, c.truePositives + c.falsePositives);
  return counted("precision", "precision", options, result);
}

/**
 * The share of labels 1 that are answered "yes", over the whole epoch; 0 where there are none. Labels as for
 * {@link precision}.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [recall()] })
 */
export function recall(options: PrecisionOptions = {}): SumsMetric {
  const result = (c: Record<Count, number>) => ratio(c.truePositives, c.truePositives + c.falseNegatives);
  return counted("recall", "recall", options, result);
}

/**
 * How many labels 1 are answered "yes" in an epoch.
 *
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [truePositives()] })
 */
export function truePositives(options: PrecisionOptions = {}): SumsMetric {
  return counted("truePositives", "true_positives", options, (c) => c.truePositives);
}

/**
 * How many labels 0 are answered "yes" in an epoch.
 *
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [falsePositives()] })
 */
export function falsePositives(options: PrecisionOptions = {}): SumsMetric {
  return counted("falsePositives", "false_positives", options, (c) => c.falsePositives);
}

/**
 * How many labels 0 are answered "no" in an epoch.
 *
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [trueNegatives()] })
 */
export function trueNegatives(options: PrecisionOptions = {}): SumsMetric {
  return counted("trueNegatives", "true_negatives", options, (c) => c.trueNegatives);
}

/**
 * How many labels 1 are answered "no" in an epoch.
 *
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [falseNegatives()] })
 */
export function falseNegatives(options: PrecisionOptions = {}): SumsMetric {
  return counted("falseNegatives", "false_negatives", options, (c) => c.falseNegatives);
}
