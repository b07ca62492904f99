/** How well scores rank "yes" above "no": the ROC curve, and precision by recall. */
import { show } from "dnn-lab-core/check";

/** {@link rocCurve}'s points, from the highest threshold down. */
export interface RocCurve {
  /** Share of the "no" samples with a score of at least the threshold. */
  readonly falsePositiveRate: readonly number[];
  /** Share of the "yes" samples with a score of at least the threshold. */
  readonly truePositiveRate: readonly number[];
  /** Each different score; the first is infinite. */
  readonly thresholds: readonly number[];
  /** The area below the curve: how often a "yes" sample's score is above a "no" sample's. */
  readonly area: number;
}

/** {@link precisionRecallCurve}'s points, from the highest threshold down. */
export interface PrecisionRecallCurve {
  /** Share of "yes" among the samples with a score of at least the threshold. */
  readonly precision: readonly number[];
  /** Share of the "yes" samples with a score of at least the threshold. */
  readonly recall: readonly number[];
  /** Each different score. */
  readonly thresholds: readonly number[];
  /** Σ (recall_i − recall_(i−1)) precision_i. */
  readonly averagePrecision: number;
}

/** How many samples have at least each score. */
interface Steps {
  readonly thresholds: readonly number[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
}

/**
 * The ROC curve of a score, with every threshold; the same as scikit-learn's `roc_curve` without dropped points.
 *
 * @param labels 0 or 1 for each sample. @param scores of each sample, higher for "yes".
 * @throws RangeError when the lengths differ, a label is neither 0 nor 1, a score is not finite, or one kind is missing.
 * @example const { area } = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function rocCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  const { thresholds, yes, no } = stepsOf("rocCurve", labels, scores);
  const [allYes, allNo] = [yes[yes.length - 1], no[no.length - 1]];
  const truePositiveRate = [0, ...yes.map((count) => count / allYes)];
  const falsePositiveRate = [0, ...no.map((count) => count / allNo)];
  const area = falsePositiveRate.reduce((sum, x, i) => {
    if (i === 0) return 0;
    return sum + ((x - falsePositiveRate[i - 1]) * (truePositiveRate[i] + truePositiveRate[i - 1])) / 2;
  }, 0);
  return { falsePositiveRate, truePositiveRate, thresholds: [Infinity, ...thresholds], area };
}

/**
 * Precision by recall, with every threshold, as scikit-learn's `precision_recall_curve` and `average_precision_score`.
 *
 * @param labels 0 or 1 for each sample. @param scores of each sample, higher for "yes".
 * @throws RangeError when the lengths differ, a label is neither 0 nor 1, a score is not finite, or one kind is missing.
 * @example const { averagePrecision } = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333
 */
export function precisionRecallCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): PrecisionRecallCurve {
  const { thresholds, yes, no } = stepsOf("precisionRecallCurve", labels, scores);
  const all = yes[yes.length - 1];
  const precision = yes.map((count, i) => count / (count + no[i]));
  const recall = yes.map((count) => count / all);
  const averagePrecision = precision.reduce((sum, p, i) => sum + p * (recall[i] - (recall[i - 1] ?? 0)), 0);
  return { precision, recall, thresholds, averagePrecision };
}

function stepsOf(owner: string, labels: ArrayLike<number>, scores: ArrayLike<number>): Steps {
  check(owner, labels, scores);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const steps = { thresholds: [] as number[], yes: [] as number[], no: [] as number[] };
  let [yes, no] = [0, 0];
  order.forEach((sample, i) => {
    if (labels[sample] === 1) yes++;
    else no++;
    // Equal scores are one step.
    if (i + 1 < order.length && scores[order[i + 1]] === scores[sample]) return;
    steps.thresholds.push(scores[sample]);
    steps.yes.push(yes);
    steps.no.push(no);
  });
  return steps;
}

function check(owner: string, labels: ArrayLike<number>, scores: ArrayLike<number>): void {
  if (!(labels?.length > 0) || labels.length !== scores?.length) {
    throw new RangeError(
      `${owner}: expected one score for each label, at least one; received ${labels?.length} labels and ${scores?.length} scores.`,
    );
  }
  const counts = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label !== 0 && label !== 1)
      throw new RangeError(`${owner}: label ${i} must be 0 or 1, received ${show(label)}.`);
    if (!Number.isFinite(scores[i]))
      throw new RangeError(`${owner}: score ${i} must be finite, received ${show(scores[i])}.`);
    counts[label]++;
  }
  const missing = counts.indexOf(0);
  if (missing >= 0) throw new RangeError(`${owner}: no sample has the label ${missing}; both kinds are needed.`);
}
