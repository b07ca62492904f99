/** Losses for numbers: how far outputs are from labels. */
import { checkNumber } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { type BatchFunction, checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions, makeLoss } from "./loss";

/** Keras' epsilon, which keeps divisors and arguments of logarithms above 0. */
export const EPSILON = 1e-7;

const meanOverUnits = (values: tf.Tensor): tf.Tensor => tf.mean(values, -1);

function simple(name: string, values: BatchFunction, options: LossOptions): Loss {
  return makeLoss({ name, labels: "same", values }, checkLossOptions(name, options, LOSS_OPTIONS));
}

/**
 * Mean over the units of (y − ŷ)². Labels and outputs `[n, ..., units]`; labels `[n]` beside outputs `[n, 1]` are
 * joined as Keras does. Compiled by name: `"mse"`, `"meanSquaredError"`, `"mean_squared_error"`.
 *
 * @example model.compile({ optimizer: adam(), loss: meanSquaredError() })
 */
export function meanSquaredError(options: LossOptions = {}): Loss {
  return simple("meanSquaredError", (y, p) => meanOverUnits(tf.square(tf.sub(p, y))), options);
}

/**
 * Mean over the units of |y − ŷ|, less moved by outliers than the squared error. By name: `"mae"`.
 *
 * @example model.compile({ optimizer: adam(), loss: meanAbsoluteError() })
 */
export function meanAbsoluteError(options: LossOptions = {}): Loss {
  return simple("meanAbsoluteError", (y, p) => meanOverUnits(tf.abs(tf.sub(p, y))), options);
}

/**
 * 100 times the mean over the units of |y − ŷ| / max(|y|, 10⁻⁷). By name: `"mape"`.
 *
 * @example model.compile({ optimizer: adam(), loss: meanAbsolutePercentageError() })
 */
export function meanAbsolutePercentageError(options: LossOptions = {}): Loss {
  const values: BatchFunction = (y, p) => {
    const share = tf.abs(tf.div(tf.sub(p, y), tf.maximum(tf.abs(y), EPSILON)));
    return tf.mul(100, meanOverUnits(share));
  };
  return simple("meanAbsolutePercentageError", values, options);
}

/**
 * Mean over the units of (ln(1 + y) − ln(1 + ŷ))²; numbers below 0 count as 0. By name: `"msle"`.
 *
 * @example model.compile({ optimizer: adam(), loss: meanSquaredLogarithmicError() })
 */
export function meanSquaredLogarithmicError(options: LossOptions = {}): Loss {
  const logarithm = (x: tf.Tensor) => tf.log(tf.add(tf.maximum(x, EPSILON), 1));
  const values: BatchFunction = (y, p) => meanOverUnits(tf.square(tf.sub(logarithm(p), logarithm(y))));
  return simple("meanSquaredLogarithmicError", values, options);
}

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Up to this distance the loss is quadratic, beyond it linear; greater than 0 (default 1). */
  delta?: number;
}

/**
 * ½e² up to a distance e = |y − ŷ| of δ, and δe − ½δ² beyond: quadratic near the target, linear for outliers.
 *
 * Source: Huber, "Robust Estimation of a Location Parameter", 1964.
 * @throws RangeError when delta is not greater than 0.
 * @example model.compile({ optimizer: adam(), loss: huber({ delta: 2 }) })
 */
export function huber(options: HuberOptions = {}): Loss {
  const checked = checkLossOptions("huber", options, { delta: true, ...LOSS_OPTIONS });
  const delta = checkNumber("huber", "delta", options.delta ?? 1, { above: 0 });
  // With q = min(e, δ): ½q² + δ(e − q), which has the same slope and needs no branch.
  const values: BatchFunction = (y, p) => {
    const distance = tf.abs(tf.sub(p, y));
    const quadratic = tf.minimum(distance, delta);
    return meanOverUnits(tf.add(tf.mul(0.5, tf.square(quadratic)), tf.mul(delta, tf.sub(distance, quadratic))));
  };
  return makeLoss({ name: "huber", labels: "same", values }, checked);
}

/**
 * Mean over the units of ln cosh(ŷ − y): close to ½e² for small distances and to |e| − ln 2 for large ones.
 *
 * @example model.compile({ optimizer: adam(), loss: logCosh() })
 */
export function logCosh(options: LossOptions = {}): Loss {
  const values: BatchFunction = (y, p) => {
    const error = tf.sub(p, y);
    return meanOverUnits(tf.sub(tf.add(error, tf.softplus(tf.mul(-2, error))), Math.LN2));
  };
  return simple("logCosh", values, options);
}

/**
 * Mean over the units of ŷ − y ln(ŷ + 10⁻⁷), for counts y ≥ 0 and rates ŷ > 0.
 *
 * @example model.compile({ optimizer: adam(), loss: poisson() })
 */
export function poisson(options: LossOptions = {}): Loss {
  const values: BatchFunction = (y, p) => meanOverUnits(tf.sub(p, tf.mul(y, tf.log(tf.add(p, EPSILON)))));
  return simple("poisson", values, options);
}

/**
 * −Σ y·ŷ / (‖y‖‖ŷ‖) over the units: −1 where both point the same way, 1 where they point in opposite ways.
 *
 * @example model.compile({ optimizer: adam(), loss: cosineSimilarity() })
 */
export function cosineSimilarity(options: LossOptions = {}): Loss {
  return simple("cosineSimilarity", (y, p) => tf.neg(cosine(y, p)), options);
}

/** Cosine of the angle between labels and outputs along the last axis. */
export function cosine(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(unitVector(labels), unitVector(outputs)), -1);
}

function unitVector(x: tf.Tensor): tf.Tensor {
  return tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), EPSILON ** 2)));
}
