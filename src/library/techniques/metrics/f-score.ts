/** F-scores: precision and recall in one number. */
import { checkNumber, checkOneOf, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import {
  METRIC_OPTIONS,
  makeSumsMetric,
  type MetricOptions,
  ratio,
  type SumsMetric,
  unitsOf,
  weighted,
} from "./metric";

const AVERAGES = ["micro", "macro", "weighted"] as const;

/** Options of {@link f1Score}. */
export interface F1ScoreOptions extends MetricOptions {
  /**
   * How the scores of the classes become one number: `"macro"` their mean (default), `"weighted"` their mean by number
   * of labels, `"micro"` one score of all answers together.
   */
  average?: (typeof AVERAGES)[number];
  /** Outputs greater than this count as "yes" (default: the largest of a row; 0.5 beside one unit). */
  threshold?: number;
}

const F1_OPTIONS: OptionNames<F1ScoreOptions> = { average: true, threshold: true, ...METRIC_OPTIONS };

/** Options of {@link fBetaScore}. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** Weight of recall against precision, greater than 0 (default 1). */
  beta?: number;
}

/**
 * (1 + β²) · precision · recall / (β² precision + recall), from counts over the whole epoch. Labels 0 or 1,
 * `[n, ..., units]`, or `[n]` beside outputs `[n, 1]`. Keras' default gives one number for each class; a log holds one,
 * so `average` is `"macro"` here.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [fBetaScore({ beta: 2, threshold: 0.5 })] })
 */
export function fBetaScore(options: FBetaScoreOptions = {}): SumsMetric {
  checkOptions("fBetaScore", options, { ...F1_OPTIONS, beta: true });
  return fScore("fBetaScore", "fbeta_score", options, options.beta ?? 1);
}

/**
 * The harmonic mean of precision and recall, 2pr / (p + r): {@link fBetaScore} with β = 1.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [f1Score()] })
 */
export function f1Score(options: F1ScoreOptions = {}): SumsMetric {
  checkOptions("f1Score", options, F1_OPTIONS);
  return fScore("f1Score", "f1_score", options, 1);
}

function fScore(owner: string, kerasName: string, options: F1ScoreOptions, beta: number): SumsMetric {
  const { average = "macro", threshold } = options;
  checkNumber(owner, "beta", beta, { above: 0 });
  checkOneOf(owner, "average", average, AVERAGES);
  if (threshold !== undefined) checkNumber(owner, "threshold", threshold);
  const parts = {
    labels: "same" as const,
    width: (outputs: readonly (number | null)[]) => 3 * unitsOf(owner, outputs),
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) =>
      countsByClass(labels, answers(outputs, threshold), weights),
    result: (sums: Float64Array) => averaged(sums, average, beta ** 2),
  };
  return makeSumsMetric(kerasName, parts, options);
}

/** 1 where the answer is "yes": above the threshold, or the largest of a row. */
function answers(outputs: tf.Tensor, threshold: number | undefined): tf.Tensor {
  const isOne = outputs.shape.at(-1) === 1;
  if (threshold !== undefined || isOne) return tf.cast(tf.greater(outputs, threshold ?? 0.5), "float32");
  const isLargest = tf.greaterEqual(outputs, tf.max(outputs, -1, true));
  return tf.cast(tf.logicalAnd(isLargest, tf.greater(tf.abs(outputs), 1e-9)), "float32");
}

/** `[3, classes]`: right "yes", all "yes", all labels. */
function countsByClass(labels: tf.Tensor, yes: tf.Tensor, weights?: tf.Tensor): tf.Tensor {
  const units = labels.shape.at(-1) as number;
  const terms = [weighted(tf.mul(labels, yes), weights), weighted(yes, weights), weighted(labels, weights)];
  return tf.stack(terms.map((x) => tf.sum(tf.reshape(x, [-1, units]), 0)));
}

function averaged(sums: Float64Array, average: (typeof AVERAGES)[number], beta2: number): number {
  const classes = sums.length / 3;
  const [right, yes, labels] = [0, 1, 2].map((row) => sums.subarray(row * classes, (row + 1) * classes));
  const total = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  const score = (r: number, y: number, l: number) => ratio((1 + beta2) * r, y + beta2 * l);
  if (average === "micro") return score(total(right), total(yes), total(labels));
  const scores = right.map((r, i) => score(r, yes[i], labels[i]));
  if (average === "macro") return total(scores) / classes;
  return ratio(total(scores.map((value, i) => value * labels[i])), total(labels));
}
