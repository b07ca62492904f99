/** Whether a classifier is as often right as it says: reliability by confidence, and calibration errors. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { classOf } from "./confusion-matrix";

/** Options of {@link calibration}. */
export interface CalibrationOptions {
  /** Number of bins of equal width in [0, 1] (default 10). */
  bins?: number;
}

/** Samples whose confidence lies in (low, high]; the first bin holds 0 too. */
export interface CalibrationBin {
  /** Lower bound, exclusive. */
  readonly low: number;
  /** Upper bound, inclusive. */
  readonly high: number;
  /** Samples in the bin. */
  readonly count: number;
  /** Mean confidence (largest probability) of its samples; NaN for an empty bin. */
  readonly confidence: number;
  /** Share of its samples that are right; NaN for an empty bin. */
  readonly accuracy: number;
}

/** What {@link calibration} found. */
export interface Calibration {
  /** The bins, from low confidence to high. */
  readonly bins: readonly CalibrationBin[];
  /** Σ (n_b / n) · |accuracy_b − confidence_b|: Guo et al., "On Calibration of Modern Neural Networks", 2017, eq. (3). */
  readonly expectedCalibrationError: number;
  /** The largest |accuracy_b − confidence_b|: the same paper, eq. (5). */
  readonly maximumCalibrationError: number;
  /** Mean confidence less accuracy: above 0 the model trusts itself too much. */
  readonly overconfidence: number;
  /** Share of all samples that are right. */
  readonly accuracy: number;
  /** Mean negative log-likelihood of the true class, in nats. */
  readonly logLoss: number;
  /** Mean squared distance of the probabilities from the one-hot truth, from 0 to 2 (Brier, 1950). */
  readonly brierScore: number;
}

const owner = "calibration";

/**
 * Compares a classifier's confidence, its largest probability, with how often it is right.
 *
 * @param probabilities one row a sample `[n][classes]`, as `await predictions.array()` gives them.
 * @param labels true class of each sample, from 0.
 * @throws RangeError when the lengths differ, a row is no distribution, or a label is no class.
 * @example
 * const { expectedCalibrationError } = calibration(probabilities, labels);
 */
export function calibration(
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: CalibrationOptions = {},
): Calibration {
  const { bins: count = 10 } = checkOptions(owner, options, { bins: true });
  checkNumber(owner, "bins", count, { integer: true, min: 1 });
  checkSamples(probabilities, labels);
  const samples = probabilities.map((row, i) => judged(row, labels[i]));
  const bins = binned(samples, count);
  const filled = bins.filter((bin) => bin.count > 0);
  const gap = (bin: CalibrationBin) => Math.abs(bin.accuracy - bin.confidence);
  const accuracy = mean(samples.map(({ right }) => right));
  return {
    bins,
    expectedCalibrationError: filled.reduce((sum, bin) => sum + (bin.count / samples.length) * gap(bin), 0),
    maximumCalibrationError: Math.max(...filled.map(gap)),
    overconfidence: mean(samples.map(({ confidence }) => confidence)) - accuracy,
    accuracy,
    logLoss: mean(samples.map(({ truth }) => -Math.log(Math.max(truth, Number.MIN_VALUE)))),
    brierScore: mean(samples.map(({ brier }) => brier)),
  };
}

interface Judged {
  readonly confidence: number;
  /** 1 or 0. */
  readonly right: number;
  /** Probability of the true class. */
  readonly truth: number;
  readonly brier: number;
}

function judged(row: ArrayLike<number>, label: number): Judged {
  const best = classOf(row);
  const brier = Array.from(row).reduce((sum, p, i) => sum + (p - (i === label ? 1 : 0)) ** 2, 0);
  return { confidence: row[best], right: Number(best === label), truth: row[label], brier };
}

function binned(samples: readonly Judged[], count: number): CalibrationBin[] {
  const groups = Array.from({ length: count }, (): Judged[] => []);
  for (const sample of samples) {
    groups[Math.min(count - 1, Math.max(0, Math.ceil(sample.confidence * count) - 1))].push(sample);
  }
  return groups.map((group, i) => ({
    low: i / count,
    high: (i + 1) / count,
    count: group.length,
    confidence: mean(group.map(({ confidence }) => confidence)),
    accuracy: mean(group.map(({ right }) => right)),
  }));
}

function checkSamples(probabilities: readonly ArrayLike<number>[], labels: ArrayLike<number>): void {
  if (!(probabilities?.length > 0) || probabilities.length !== labels?.length) {
    throw new RangeError(
      `${owner}: expected a row of probabilities for each label, at least one; received ${show(probabilities)} and ${labels?.length} labels.`,
    );
  }
  const classes = probabilities[0].length;
  probabilities.forEach((row, i) => {
    const sum = Array.from(row).reduce((a, b) => a + b, 0);
    if (row.length !== classes || !(Math.abs(sum - 1) < 1e-3) || !Array.from(row).every((p) => p >= 0)) {
      throw new RangeError(
        `${owner}: row ${i} must hold ${classes} probabilities that sum to 1, received ${show(Array.from(row))}. End the model with softmax.`,
      );
    }
    checkNumber(owner, `label ${i}`, labels[i], { integer: true, min: 0, below: classes });
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
