/** Focal losses: cross-entropies in which what is learned already counts less. */
import { checkBoolean, checkNumber, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import {
  binaryTerms,
  byLogits,
  checkCrossentropy,
  CROSSENTROPY_OPTIONS,
  clipped,
  type CrossentropyOptions,
  smoothBinary,
  smoothRows,
} from "./crossentropy";
import { type BatchFunction, type Loss, makeLoss } from "./loss";
import { sigmoidCrossentropy } from "./sigmoid-crossentropy";

/** Options of {@link categoricalFocalCrossentropy}. */
export interface FocalOptions extends CrossentropyOptions {
  /** Weight of the class, at least 0 (default 0.25). */
  alpha?: number;
  /** How fast what is learned loses its weight, at least 0 (default 2); 0 gives the plain cross-entropy. */
  gamma?: number;
}

/** Options of {@link binaryFocalCrossentropy}. */
export interface BinaryFocalOptions extends FocalOptions {
  /** Weighs class 1 by alpha and class 0 by 1 − alpha (default false: alpha is not used). */
  applyClassBalancing?: boolean;
}

const FOCAL_OPTIONS: OptionNames<FocalOptions> = { alpha: true, gamma: true, ...CROSSENTROPY_OPTIONS };

function checkFocal<T extends FocalOptions>(owner: string, options: T, names: OptionNames<NoInfer<T>>) {
  const checked = checkCrossentropy(owner, options, names);
  const alpha = checkNumber(owner, "alpha", checked.alpha ?? 0.25, { min: 0 });
  const gamma = checkNumber(owner, "gamma", checked.gamma ?? 2, { min: 0 });
  return { ...checked, alpha, gamma };
}

/**
 * Mean over the units of (1 − p_t)^γ times the binary cross-entropy, p_t being the probability of the right answer.
 * Labels and outputs as for {@link binaryCrossentropy}.
 *
 * Source: Lin et al., "Focal Loss for Dense Object Detection", 2017.
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: binaryFocalCrossentropy({ gamma: 2 }) })
 */
export function binaryFocalCrossentropy(options: BinaryFocalOptions = {}): Loss {
  const owner = "binaryFocalCrossentropy";
  const checked = checkFocal(owner, options, { applyClassBalancing: true, ...FOCAL_OPTIONS });
  const { alpha, gamma, fromLogits, labelSmoothing, applyClassBalancing = false } = checked;
  checkBoolean(owner, "applyClassBalancing", applyClassBalancing);
  const focal = (labels: tf.Tensor, probabilities: tf.Tensor, terms: tf.Tensor): tf.Tensor => {
    // 1 − p_t = y + p − 2yp.
    const wrong = tf.sub(tf.add(labels, probabilities), tf.mul(2, tf.mul(labels, probabilities)));
    const weighed = tf.mul(power(wrong, gamma), terms);
    if (!applyClassBalancing) return tf.mean(weighed, -1);
    const balance = tf.add(tf.mul(labels, alpha), tf.mul(tf.sub(1, labels), 1 - alpha));
    return tf.mean(tf.mul(balance, weighed), -1);
  };
  const logitsForm: BatchFunction = (labels, logits) => {
    const smooth = smoothBinary(labels, labelSmoothing);
    return focal(smooth, tf.sigmoid(logits), sigmoidCrossentropy(smooth, logits));
  };
  const plainForm: BatchFunction = (labels, outputs) => {
    const smooth = smoothBinary(labels, labelSmoothing);
    return focal(smooth, outputs, binaryTerms(smooth, outputs));
  };
  const forms = byLogits(fromLogits, logitsForm, plainForm);
  return makeLoss({ name: owner, labels: "shares", ...forms }, checked);
}

/**
 * −Σ α (1 − p)^γ y ln p over the classes, for rows of shares as {@link categoricalCrossentropy} takes them.
 *
 * Source: Lin et al., "Focal Loss for Dense Object Detection", 2017.
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: categoricalFocalCrossentropy() })
 */
export function categoricalFocalCrossentropy(options: FocalOptions = {}): Loss {
  const owner = "categoricalFocalCrossentropy";
  const checked = checkFocal(owner, options, FOCAL_OPTIONS);
  const { alpha, gamma, fromLogits, labelSmoothing } = checked;
  const values: BatchFunction = (labels, outputs) => {
    const rows = fromLogits ? tf.softmax(outputs) : outputs;
    const p = clipped(tf.div(rows, tf.sum(rows, -1, true)));
    const terms = tf.mul(tf.neg(smoothRows(labels, labelSmoothing)), tf.log(p));
    return tf.sum(tf.mul(tf.mul(power(tf.sub(1, p), gamma), alpha), terms), -1);
  };
  return makeLoss({ name: owner, labels: "same", values }, checked);
}

/** x^γ for x ≥ 0; a square as such, since the slope of a general power fails at 0. */
function power(x: tf.Tensor, gamma: number): tf.Tensor {
  if (gamma === 2) return tf.square(x);
  if (gamma === 1) return x;
  if (gamma === 0) return tf.onesLike(x);
  return tf.pow(tf.maximum(x, 1e-30), gamma);
}
