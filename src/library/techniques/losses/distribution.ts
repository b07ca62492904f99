/** Losses that compare whole distributions or regions: divergence, Dice, Tversky. */
import { checkNumber } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { type BatchFunction, checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions, makeLoss } from "./loss";
import { EPSILON } from "./regression";

/**
 * Σ y ln(y / ŷ) over the units, for labels and outputs that are probabilities. By name also `"kld"`.
 *
 * @example model.compile({ optimizer: adam(), loss: klDivergence() })
 */
export function klDivergence(options: LossOptions = {}): Loss {
  const values: BatchFunction = (labels, outputs) => {
    const [y, p] = [labels, outputs].map((x) => tf.clipByValue(x, EPSILON, 1) as tf.Tensor);
    return tf.sum(tf.mul(y, tf.sub(tf.log(y), tf.log(p))), -1);
  };
  return makeLoss(
    { name: "klDivergence", labels: "same", values },
    checkLossOptions("klDivergence", options, LOSS_OPTIONS),
  );
}

/**
 * 1 − 2 Σ yŷ / (Σ y + Σ ŷ): how little two regions overlap, over the whole batch; one number, of rank 0.
 *
 * @example model.compile({ optimizer: adam(), loss: dice() })
 */
export function dice(options: LossOptions = {}): Loss {
  const values: BatchFunction = (y, p) => {
    const both = tf.add(tf.add(tf.sum(y), tf.sum(p)), EPSILON);
    return tf.sub(1, tf.div(tf.mul(2, tf.sum(tf.mul(y, p))), both));
  };
  return makeLoss({ name: "dice", labels: "same", values }, checkLossOptions("dice", options, LOSS_OPTIONS));
}

/** Options of {@link tversky}. */
export interface TverskyOptions extends LossOptions {
  /** Weight of labels that the outputs miss, at least 0 (default 0.5). */
  alpha?: number;
  /** Weight of outputs where there is no label, at least 0 (default 0.5). */
  beta?: number;
}

/**
 * 1 − Σ yŷ / (Σ yŷ + α Σ y(1 − ŷ) + β Σ (1 − y)ŷ), over the whole batch: {@link dice} with a weight for each mistake.
 *
 * Source: Salehi et al., "Tversky loss function for image segmentation", 2017; the weights stand as Keras has them.
 * @throws RangeError when alpha or beta is negative.
 * @example model.compile({ optimizer: adam(), loss: tversky({ alpha: 0.3, beta: 0.7 }) })
 */
export function tversky(options: TverskyOptions = {}): Loss {
  const checked = checkLossOptions("tversky", options, { alpha: true, beta: true, ...LOSS_OPTIONS });
  const alpha = checkNumber("tversky", "alpha", checked.alpha ?? 0.5, { min: 0 });
  const beta = checkNumber("tversky", "beta", checked.beta ?? 0.5, { min: 0 });
  const values: BatchFunction = (y, p) => {
    const both = tf.sum(tf.mul(y, p));
    const missed = tf.sum(tf.mul(y, tf.sub(1, p)));
    const invented = tf.sum(tf.mul(tf.sub(1, y), p));
    const all = tf.add(tf.add(both, tf.mul(missed, alpha)), tf.mul(invented, beta));
    return tf.sub(1, tf.div(both, tf.add(all, EPSILON)));
  };
  return makeLoss({ name: "tversky", labels: "same", values }, checked);
}
