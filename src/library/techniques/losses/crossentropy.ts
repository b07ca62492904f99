/** Cross-entropies: for yes or no, for one of several classes by number, and for shares of classes. */
import { checkBoolean, checkNumber, type OptionNames } from "dnn-lab-core/check";
import { softmaxCrossentropy, sparseSoftmaxCrossentropy } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { type BatchFunction, checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions, makeLoss } from "./loss";
import { EPSILON } from "./regression";
import { sigmoidCrossentropy } from "./sigmoid-crossentropy";

/** Options of the cross-entropies. */
export interface CrossentropyOptions extends LossOptions {
  /** The outputs are logits: no sigmoid or softmax stands at the model's end (default false). */
  fromLogits?: boolean;
  /** Takes this share from each label and spreads it over all classes; at least 0, less than 1 (default 0). */
  labelSmoothing?: number;
}

/** Options of {@link sparseCategoricalCrossentropy}. */
export interface SparseCrossentropyOptions extends LossOptions {
  /** The outputs are logits: no softmax stands at the model's end (default false). */
  fromLogits?: boolean;
  /** Positions with this label do not count, neither in the sum nor in the mean (default none). */
  ignoreClass?: number;
}

/** The options that all cross-entropies have. */
export const CROSSENTROPY_OPTIONS: OptionNames<CrossentropyOptions> = {
  fromLogits: true,
  labelSmoothing: true,
  ...LOSS_OPTIONS,
};

/** Checks what all cross-entropies may be told; `names` are those of all options. */
export function checkCrossentropy<T extends CrossentropyOptions>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
) {
  const checked = checkLossOptions(owner, options, names);
  checkBoolean(owner, "fromLogits", checked.fromLogits ?? false);
  const labelSmoothing = checkNumber(owner, "labelSmoothing", checked.labelSmoothing ?? 0, { min: 0, below: 1 });
  return { ...checked, fromLogits: checked.fromLogits ?? false, labelSmoothing };
}

/** The parts of a loss that is computed from logits, and from probabilities only where the logits are not known. */
export function byLogits(fromLogits: boolean, logitsForm: BatchFunction, plainForm: BatchFunction) {
  // Keras, too, takes the logits behind an activation where it knows them, whatever `fromLogits` says.
  return { values: fromLogits ? logitsForm : plainForm, fromLogits: logitsForm };
}

/** Labels of 0 and 1, moved by half of `share` towards the other one. */
export function smoothBinary(labels: tf.Tensor, share: number): tf.Tensor {
  return share === 0 ? labels : tf.add(tf.mul(labels, 1 - share), share / 2);
}

/** Rows of shares, of which `share` is spread over all classes. */
export function smoothRows(labels: tf.Tensor, share: number): tf.Tensor {
  return share === 0 ? labels : tf.add(tf.mul(labels, 1 - share), share / (labels.shape.at(-1) as number));
}

export const clipped = (probabilities: tf.Tensor): tf.Tensor =>
  tf.clipByValue(probabilities, EPSILON, 1 - EPSILON) as tf.Tensor;

/** −(y ln p + (1 − y) ln(1 − p)), element by element. */
export function binaryTerms(labels: tf.Tensor, probabilities: tf.Tensor): tf.Tensor {
  const p = clipped(probabilities);
  const yes = tf.mul(labels, tf.log(p));
  return tf.neg(tf.add(yes, tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, p)))));
}

/**
 * Mean over the units of −(y ln p + (1 − y) ln(1 − p)), for a sigmoid of one unit or several (multi-label). Labels from
 * 0 to 1, `[n, ..., units]`, or `[n]` beside outputs `[n, 1]`. Behind a sigmoid it is computed from the logits, exact
 * where the sigmoid is 0 or 1. By name: `"binaryCrossentropy"`, `"binary_crossentropy"`, `"bce"`.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: binaryCrossentropy({ fromLogits: true }) })
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const checked = checkCrossentropy("binaryCrossentropy", options, CROSSENTROPY_OPTIONS);
  const { fromLogits, labelSmoothing } = checked;
  const mean = (terms: BatchFunction): BatchFunction => {
    return (labels, outputs) => tf.mean(terms(smoothBinary(labels, labelSmoothing), outputs), -1);
  };
  const forms = byLogits(fromLogits, mean(sigmoidCrossentropy), mean(binaryTerms));
  return makeLoss({ name: "binaryCrossentropy", labels: "shares", ...forms }, checked);
}

/**
 * −Σ y ln p over the classes, for rows of shares `[n, ..., classes]` (one-hot, mixed). Behind a softmax it is computed
 * from the logits. By name: `"categoricalCrossentropy"`, `"categorical_crossentropy"`.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: categoricalCrossentropy({ labelSmoothing: 0.1 }) })
 */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const checked = checkCrossentropy("categoricalCrossentropy", options, CROSSENTROPY_OPTIONS);
  const { fromLogits, labelSmoothing } = checked;
  const forms = byLogits(
    fromLogits,
    (labels, logits) => rowwise(smoothRows(labels, labelSmoothing), logits),
    (labels, outputs) => {
      const p = clipped(tf.div(outputs, tf.sum(outputs, -1, true)));
      return tf.neg(tf.sum(tf.mul(smoothRows(labels, labelSmoothing), tf.log(p)), -1));
    },
  );
  return makeLoss({ name: "categoricalCrossentropy", labels: "same", ...forms }, checked);
}

/**
 * −ln p of the labelled class, for class numbers `[n, ...]` beside outputs `[n, ..., classes]`: one a sample, a step of
 * time or a pixel. Behind a softmax it is computed from the logits. By name: `"sparseCategoricalCrossentropy"`,
 * `"sparse_categorical_crossentropy"`.
 *
 * @throws TypeError or RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: sparseCategoricalCrossentropy({ fromLogits: true }) })
 */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const owner = "sparseCategoricalCrossentropy";
  const {
    fromLogits = false,
    ignoreClass,
    ...rest
  } = checkLossOptions(owner, options, { fromLogits: true, ignoreClass: true, ...LOSS_OPTIONS });
  checkBoolean(owner, "fromLogits", fromLogits);
  const forms = byLogits(fromLogits, byNumber, (labels, outputs) => byNumber(labels, tf.log(clipped(outputs))));
  const parts = { name: owner, labels: "classes" as const };
  const all: SparseCrossentropyOptions = { ...rest, fromLogits };
  if (ignoreClass === undefined) return makeLoss({ ...parts, ...forms }, all);
  checkNumber(owner, "ignoreClass", ignoreClass, { integer: true });
  const valid: BatchFunction = (labels) => tf.cast(tf.notEqual(labels, ignoreClass), "float32");
  const ignoring = (formula: BatchFunction): BatchFunction => {
    return (labels, outputs) => {
      const counts = valid(labels, outputs);
      return tf.mul(formula(tf.mul(labels, counts), outputs), counts);
    };
  };
  const ignoringForms = { values: ignoring(forms.values), fromLogits: ignoring(forms.fromLogits) };
  return makeLoss({ ...parts, ...ignoringForms, valid, ignoreClass }, all);
}

/** The cross-entropy of logits `[n, ..., classes]` with rows of shares, `[n, ...]`. */
function rowwise(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  if (logits.rank === 2) return softmaxCrossentropy(logits as tf.Tensor2D, labels as tf.Tensor2D);
  return inRows(logits, (rows) => softmaxCrossentropy(rows, tf.reshape(labels, rows.shape)));
}

/** The same with class numbers `[n, ...]`. */
function byNumber(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  if (logits.rank === 2) return sparseSoftmaxCrossentropy(logits as tf.Tensor2D, labels);
  return inRows(logits, (rows) => sparseSoftmaxCrossentropy(rows, labels));
}

function inRows(logits: tf.Tensor, formula: (rows: tf.Tensor2D) => tf.Tensor1D): tf.Tensor {
  const rows = tf.reshape(logits, [-1, logits.shape.at(-1) as number]) as tf.Tensor2D;
  return tf.reshape(formula(rows), logits.shape.slice(0, -1));
}
