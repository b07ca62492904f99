/** The samples that a classifier is most wrong about. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { classOf } from "./confusion-matrix";

/** Options of {@link topLosses}. */
export interface TopLossesOptions {
  /** How many samples (default 9). */
  count?: number;
}

/** A sample and how wrong the prediction of it is. */
export interface SampleLoss {
  /** Its place among the samples. */
  readonly index: number;
  /** Its class. */
  readonly label: number;
  /** The class that was predicted. */
  readonly predicted: number;
  /** The probability that its class was given. */
  readonly probability: number;
  /** −ln of that probability, in nats. */
  readonly loss: number;
}

/** Below it the logarithm is cut off, as in Keras. */
const EPSILON = 1e-7;

/**
 * The samples with the largest cross-entropy, the worst first. `data.subset(worst.map(({ index }) => index))` shows them.
 *
 * @param labels true class of each sample, from 0.
 * @param probabilities one row a sample `[n][classes]`, or the probability of class 1 `[n]`.
 * @throws RangeError when the lengths differ, or a label is no class.
 * @example const worst = topLosses(labels, probabilities, { count: 2 });
 */
export function topLosses(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<ArrayLike<number> | number>,
  options: TopLossesOptions = {},
): SampleLoss[] {
  const owner = "topLosses";
  const { count = 9 } = checkOptions(owner, options, { count: true });
  checkNumber(owner, "count", count, { integer: true, min: 1 });
  if (!(labels?.length > 0) || labels.length !== probabilities?.length) {
    throw new RangeError(
      `${owner}: expected one row of probabilities for each label; received ${labels?.length} labels and ${probabilities?.length} rows.`,
    );
  }
  const all = Array.from(labels, (label, index) => {
    const given = probabilities[index];
    const row = typeof given === "number" ? [1 - given, given] : given.length === 1 ? [1 - given[0], given[0]] : given;
    if (!Number.isInteger(label) || label < 0 || label >= row.length) {
      throw new RangeError(
        `${owner}: label ${index} must be a class from 0 to ${row.length - 1}, received ${show(label)}.`,
      );
    }
    const probability = row[label];
    return { index, label, predicted: classOf(row), probability, loss: -Math.log(Math.max(probability, EPSILON)) };
  });
  return all.sort((a, b) => b.loss - a.loss).slice(0, count);
}
