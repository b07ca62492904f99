/** How far numbers are from their labels. */
import { checkNumber, checkOneOf, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { Shape } from "../labels";
import type { Loss } from "../losses/loss";
import * as losses from "../losses";
import { cosine } from "../losses/regression";
import {
  METRIC_OPTIONS,
  makeMeanMetric,
  makeSumsMetric,
  type MeanMetric,
  type MetricOptions,
  ratio,
  type SumsMetric,
  unitsOf,
  weighted,
} from "./metric";

/** A loss as a metric: the mean of its values over all samples, without weights. */
export function lossAsMetric(kerasName: string, loss: Loss, options: MetricOptions = {}): MeanMetric {
  return makeMeanMetric(kerasName, { labels: loss.labels, values: loss, fromLogits: loss.fromLogits }, options);
}

/**
 * The square root of the mean of (y − ŷ)² over the whole epoch.
 *
 * @example model.compile({ optimizer: adam(), loss: "mse", metrics: [rootMeanSquaredError()] })
 */
export function rootMeanSquaredError(options: MetricOptions = {}): SumsMetric {
  checkOptions("rootMeanSquaredError", options, METRIC_OPTIONS);
  const parts = {
    labels: "same" as const,
    width: () => 2,
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => {
      const squares = weighted(tf.square(tf.sub(outputs, labels)), weights);
      const count = tf.sum(weighted(tf.onesLike(outputs), weights));
      return tf.stack([tf.sum(squares), count]);
    },
    result: ([squares, count]: Float64Array) => Math.sqrt(ratio(squares, count)),
  };
  return makeSumsMetric("root_mean_squared_error", parts, options);
}

const AGGREGATIONS = ["uniformAverage", "varianceWeightedAverage"] as const;

/** Options of {@link r2Score}. */
export interface R2ScoreOptions extends MetricOptions {
  /** How the scores of several outputs become one: their mean (default), or weighted by the labels' variance. */
  classAggregation?: (typeof AGGREGATIONS)[number];
  /** Number of inputs that the model reads, for the adjusted score (default 0: not adjusted). */
  numRegressors?: number;
}

/**
 * 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over the whole epoch: 1 is perfect, 0 as good as the mean of the labels. Labels and
 * outputs `[n, units]`, or labels `[n]` beside outputs `[n, 1]`.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "mse", metrics: [r2Score()] })
 */
export function r2Score(options: R2ScoreOptions = {}): SumsMetric {
  const owner = "r2Score";
  const names = { classAggregation: true, numRegressors: true, ...METRIC_OPTIONS } as const;
  const { classAggregation = "uniformAverage", numRegressors = 0 } = checkOptions(owner, options, names);
  checkOneOf(owner, "classAggregation", classAggregation, AGGREGATIONS);
  checkNumber(owner, "numRegressors", numRegressors, { integer: true, min: 0 });
  const parts = {
    labels: "same" as const,
    width: (outputs: Shape) => 4 * unitsOf(owner, outputs),
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => {
      const units = outputs.shape.at(-1) as number;
      const terms = [labels, tf.square(labels), tf.square(tf.sub(labels, outputs)), tf.onesLike(labels)];
      return tf.stack(terms.map((x) => tf.sum(tf.reshape(weighted(x, weights), [-1, units]), 0)));
    },
    result: (sums: Float64Array) => adjusted(explained(sums, classAggregation), sums, numRegressors),
  };
  return makeSumsMetric("r2_score", parts, options);
}

/** Sums by unit: of the labels, of their squares, of the squared errors, of the weights. */
function explained(sums: Float64Array, aggregation: (typeof AGGREGATIONS)[number]): number {
  const units = sums.length / 4;
  const scores = Array.from({ length: units }, (_, unit) => {
    const [sum, squares, errors, count] = [0, 1, 2, 3].map((row) => sums[row * units + unit]);
    const variance = squares - sum ** 2 / count;
    const score = 1 - errors / variance;
    return { variance, score: Number.isFinite(score) || Number.isNaN(score) ? score : 0 };
  });
  const total = (of: (one: (typeof scores)[number]) => number) => scores.reduce((all, one) => all + of(one), 0);
  if (aggregation === "uniformAverage") return total(({ score }) => score) / units;
  return total(({ variance, score }) => variance * score) / total(({ variance }) => variance);
}

/** 1 − (1 − r²)(n − 1) / (n − p − 1); as it is where there are too few numbers. */
function adjusted(score: number, sums: Float64Array, regressors: number): number {
  const units = sums.length / 4;
  const numbers = sums.subarray(3 * units).reduce((all, one) => all + one, 0);
  if (regressors === 0 || regressors >= numbers - 1) return score;
  return 1 - ((1 - score) * (numbers - 1)) / (numbers - regressors - 1);
}

/**
 * The cosine of the angle between labels and outputs, 1 where both point the same way (the loss of that name is its
 * negative).
 *
 * @example model.compile({ optimizer: adam(), loss: "mse", metrics: [metrics.cosineSimilarity()] })
 */
export function cosineSimilarity(options: MetricOptions = {}): MeanMetric {
  checkOptions("cosineSimilarity", options, METRIC_OPTIONS);
  return makeMeanMetric("cosine_similarity", { labels: "same", values: cosine }, options);
}

type Factory = (options?: MetricOptions) => MeanMetric;

function ofLoss(owner: string, kerasName: string, make: () => Loss): Factory {
  return (options = {}) => lossAsMetric(kerasName, make(), checkOptions(owner, options, METRIC_OPTIONS));
}

/** Mean of (y − ŷ)². @example metrics.meanSquaredError() */
export const meanSquaredError = ofLoss("meanSquaredError", "mean_squared_error", losses.meanSquaredError);
/** Mean of |y − ŷ|. @example metrics.meanAbsoluteError() */
export const meanAbsoluteError = ofLoss("meanAbsoluteError", "mean_absolute_error", losses.meanAbsoluteError);
/** 100 times the mean of |y − ŷ| / |y|. @example metrics.meanAbsolutePercentageError() */
export const meanAbsolutePercentageError = ofLoss(
  "meanAbsolutePercentageError",
  "mean_absolute_percentage_error",
  losses.meanAbsolutePercentageError,
);
/** Mean of (ln(1 + y) − ln(1 + ŷ))². @example metrics.meanSquaredLogarithmicError() */
export const meanSquaredLogarithmicError = ofLoss(
  "meanSquaredLogarithmicError",
  "mean_squared_logarithmic_error",
  losses.meanSquaredLogarithmicError,
);
/** Mean of ln cosh(ŷ − y). @example metrics.logCoshError() */
export const logCoshError = ofLoss("logCoshError", "logcosh", losses.logCosh);
/** The binary cross-entropy. @example metrics.binaryCrossentropy() */
export const binaryCrossentropy = ofLoss("binaryCrossentropy", "binary_crossentropy", losses.binaryCrossentropy);
/** The cross-entropy with rows of shares. @example metrics.categoricalCrossentropy() */
export const categoricalCrossentropy = ofLoss(
  "categoricalCrossentropy",
  "categorical_crossentropy",
  losses.categoricalCrossentropy,
);
/** The cross-entropy with class numbers. @example metrics.sparseCategoricalCrossentropy() */
export const sparseCategoricalCrossentropy = ofLoss(
  "sparseCategoricalCrossentropy",
  "sparse_categorical_crossentropy",
  losses.sparseCategoricalCrossentropy,
);
/** Σ y ln(y / ŷ). @example metrics.klDivergence() */
export const klDivergence = ofLoss("klDivergence", "kl_divergence", losses.klDivergence);
/** Mean of ŷ − y ln ŷ. @example metrics.poisson() */
export const poisson = ofLoss("poisson", "poisson", losses.poisson);
/** Mean of max(0, 1 − yŷ). @example metrics.hinge() */
export const hinge = ofLoss("hinge", "hinge", losses.hinge);
/** Mean of max(0, 1 − yŷ)². @example metrics.squaredHinge() */
export const squaredHinge = ofLoss("squaredHinge", "squared_hinge", losses.squaredHinge);
/** The categorical hinge. @example metrics.categoricalHinge() */
export const categoricalHinge = ofLoss("categoricalHinge", "categorical_hinge", losses.categoricalHinge);
