/** Which classes a classifier takes for which. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions {
  /** Name of each class; default `0`, `1`, … up to the largest label. */
  classNames?: readonly string[];
}

/** What {@link confusionMatrix} counted. */
export interface ConfusionMatrix {
  /** Names of rows and columns. */
  readonly classNames: readonly string[];
  /** Row: true class; column: predicted class; entry: number of samples. */
  readonly counts: readonly (readonly number[])[];
  /** Share of all samples that are right. */
  readonly accuracy: number;
  /** By class: share of the samples predicted as it that are it; NaN where none was. */
  readonly precision: readonly number[];
  /** By class: share of its samples that are predicted as it; NaN where it has none. */
  readonly recall: readonly number[];
  /** By class: harmonic mean of precision and recall, 2TP / (2TP + FP + FN); NaN for a class that never occurs. */
  readonly f1: readonly number[];
}

const owner = "confusionMatrix";

/**
 * Counts how often each class was predicted for each true class; the same as TensorFlow's `tf.math.confusion_matrix`.
 *
 * @param labels true class of each sample, from 0. @param predicted predicted class of each sample (see {@link classOf}).
 * @example confusionMatrix(labels, probabilities.map(classOf), { classNames: fashionMnist.classNames })
 * @throws RangeError when the lengths differ or a class is out of range.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  checkOptions(owner, options, { classNames: true });
  if (!(labels?.length > 0) || labels.length !== predicted?.length) {
    throw new RangeError(
      `${owner}: expected as many predictions as labels, at least one; received ${labels?.length} labels and ${predicted?.length} predictions.`,
    );
  }
  const classNames = options.classNames ?? defaultNames(labels, predicted);
  const rule = { integer: true, min: 0, below: classNames.length };
  const counts = classNames.map(() => classNames.map(() => 0));
  for (let i = 0; i < labels.length; i++) {
    counts[checkNumber(owner, `label ${i}`, labels[i], rule)][
      checkNumber(owner, `prediction ${i}`, predicted[i], rule)
    ]++;
  }
  return { classNames, counts, ...figures(counts, labels.length) };
}

/**
 * The class with the largest probability; the first of equals.
 *
 * @example classOf([0.1, 0.7, 0.2]) // 1
 */
export function classOf(probabilities: ArrayLike<number>): number {
  if (!(probabilities?.length > 0))
    throw new TypeError(`classOf: expected the probabilities of the classes, received ${show(probabilities)}.`);
  let best = 0;
  for (let i = 1; i < probabilities.length; i++) if (probabilities[i] > probabilities[best]) best = i;
  return best;
}

function defaultNames(...classes: ArrayLike<number>[]): string[] {
  const largest = classes.reduce((most, each) => Array.from(each).reduce((a, b) => Math.max(a, b), most), 0);
  checkNumber(owner, "the largest class", largest, {
    integer: true,
    below: 10_000,
    fix: "Classes are numbers from 0.",
  });
  return Array.from({ length: largest + 1 }, (_, i) => String(i));
}

function figures(counts: readonly number[][], samples: number) {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const right = counts.map((row, i) => row[i]);
  const actual = counts.map(sum);
  const predicted = counts.map((_, i) => sum(counts.map((row) => row[i])));
  return {
    accuracy: sum(right) / samples,
    precision: right.map((n, i) => n / predicted[i]),
    recall: right.map((n, i) => n / actual[i]),
    f1: right.map((n, i) => (2 * n) / (actual[i] + predicted[i])),
  };
}
