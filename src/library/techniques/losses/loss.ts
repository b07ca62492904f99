/** What a loss is: a function of labels and outputs that says how labels meet outputs and how its values are reduced. */
import { checkOneOf, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { checkSameShape, classNumbers, fits, joined, type LabelKind } from "../labels";

/** Labels `[n, ...]` and outputs `[n, ..., units]` to one value for each position `[n, ...]`. */
export type BatchFunction = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;

/**
 * How the values of a batch become one number, with Keras' names: their sum over their count (default; the mean, where
 * weights do not change the count), their sum, or their sum over the sum of the weights.
 */
export type Reduction = "sumOverBatchSize" | "sum" | "mean" | "meanWithSampleWeight";

/** Options of every loss. */
export interface LossOptions {
  /** How the values of a batch become one number (default `"sumOverBatchSize"`). */
  reduction?: Reduction;
}

/** A loss of this library. TensorFlow.js' own `compile` takes it too: it is a function of labels and outputs. */
export interface Loss extends BatchFunction {
  /** Keras' name of it, in camel case. */
  readonly lossName: string;
  /** The labels it takes. */
  readonly labels: LabelKind;
  /** How its values become one number. */
  readonly reduction: Reduction;
  /** The same from the logits behind an output; undefined where it has no such form, or works from logits anyway. */
  readonly fromLogits?: BatchFunction;
  /** Positions that count, 1, or do not, 0; undefined when all do. */
  readonly valid?: (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
  /** A class number that stands for "no label". */
  readonly ignoreClass?: number;
  /** What it was made with, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What makes a loss. */
export interface LossParts {
  readonly name: string;
  readonly labels: LabelKind;
  readonly values: BatchFunction;
  readonly fromLogits?: BatchFunction;
  readonly valid?: BatchFunction;
  readonly ignoreClass?: number;
}

const REDUCTIONS = ["sumOverBatchSize", "sum", "mean", "meanWithSampleWeight"] as const;
/** Keras' own spelling. */
const SPELLINGS: Readonly<Record<string, Reduction>> = {
  sum_over_batch_size: "sumOverBatchSize",
  mean_with_sample_weight: "meanWithSampleWeight",
};

/** The options that every loss has. */
export const LOSS_OPTIONS: OptionNames<LossOptions> = { reduction: true };

/** Checks the names of a loss' options, and `reduction`, which is returned in this library's spelling. */
export function checkLossOptions<T extends LossOptions>(owner: string, options: T, names: OptionNames<NoInfer<T>>): T {
  checkOptions(owner, options, names);
  const reduction: string = options.reduction ?? "sumOverBatchSize";
  return { ...options, reduction: checkOneOf(owner, "reduction", SPELLINGS[reduction] ?? reduction, REDUCTIONS) };
}

/** Makes the loss. Labels are brought into the shape that they have beside the outputs before the formula sees them. */
export function makeLoss({ name, labels, values, fromLogits, valid, ...rest }: LossParts, options: LossOptions): Loss {
  const meet = (formula: BatchFunction): BatchFunction => {
    return (yTrue, yPred) => tf.tidy(() => formula(labelsBeside(name, labels, yTrue, yPred), yPred));
  };
  return Object.assign(meet(values), {
    lossName: name,
    labels,
    reduction: options.reduction ?? "sumOverBatchSize",
    options: { ...options, ...(rest.ignoreClass !== undefined && { ignoreClass: rest.ignoreClass }) },
    ...(fromLogits && { fromLogits: meet(fromLogits) }),
    ...(valid && { valid: meet(valid) }),
    ...rest,
  });
}

/** Labels in their shape beside the outputs. Throws when they do not fit. */
export function labelsBeside(owner: string, kind: LabelKind, labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  if (kind === "byShape") return labels;
  if (kind !== "classes") {
    const same = joined(labels, outputs);
    if (kind === "same" || kind === "shares") checkSameShape(owner, same, outputs);
    return same;
  }
  const classes = classNumbers(labels, outputs);
  if (fits(classes.shape, outputs.shape.slice(0, -1))) return classes;
  throw new Error(
    `${owner}: the labels have shape [${labels.shape.join(", ")}]; beside outputs [${outputs.shape.join(", ")}] ` +
      `class numbers of shape [${outputs.shape.slice(0, -1).join(", ")}] are expected.`,
  );
}

/** Whether `compile` was given a loss of this library. */
export function isLoss(value: unknown): value is Loss {
  return typeof value === "function" && "lossName" in value && "reduction" in value;
}
