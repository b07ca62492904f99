/** Curves of how well scores tell classes apart. */
import { checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { precisionRecallCurve, rocCurve } from "../ranking-curves";
import type { Figure } from "./figure";
import { lineFigure, type LineSeries } from "./line-figure";

/** Options of {@link rocFigure} and {@link prFigure}. */
export interface RankingFigureOptions {
  /** Title above the figure. */
  title?: string;
  /** Name of each class (default its number); of two classes, those of 0 and 1. */
  classNames?: readonly string[];
  /** In CSS pixels; default 420. */
  height?: number;
}

/** One row a sample `[n][classes]`, or the probability of class 1 `[n]`. */
type Probabilities = ArrayLike<ArrayLike<number> | number>;

const OPTIONS: OptionNames<RankingFigureOptions> = { title: true, classNames: true, height: true };

/** A class against all others. */
interface OneClass {
  readonly name: string;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/**
 * ROC curves with their areas: true against false positives for every threshold. Of two classes it is one curve, of more
 * one for each class against all others.
 *
 * @param labels true class of each sample, from 0.
 * @param probabilities one row a sample `[n][classes]`, or the probability of class 1 `[n]`.
 * @throws RangeError as `rocCurve`, for instance when a class has no sample.
 * @example rocFigure(labels, probabilities, { classNames })
 */
export function rocFigure(
  labels: ArrayLike<number>,
  probabilities: Probabilities,
  options: RankingFigureOptions = {},
): Figure {
  const classes = classesOf("rocFigure", labels, probabilities, options);
  const series = classes.map(({ name, labels: yes, scores }): LineSeries => {
    const { falsePositiveRate, truePositiveRate, area } = rocCurve(yes, scores);
    return { name: `${name} (area ${area.toFixed(3)})`, x: falsePositiveRate, y: truePositiveRate, markers: false };
  });
  const chance: LineSeries = { name: "chance", x: [0, 1], y: [0, 1], colour: "#888888", dash: "dot", markers: false };
  return drawn("ROC curve", ["False positive rate", "True positive rate"], [...series, chance], options);
}

/**
 * Precision by recall for every threshold, with the average precision; classes as in {@link rocFigure}.
 *
 * @param labels true class of each sample, from 0.
 * @param probabilities one row a sample `[n][classes]`, or the probability of class 1 `[n]`.
 * @throws RangeError as `precisionRecallCurve`, for instance when a class has no sample.
 * @example prFigure(labels, probabilities, { classNames })
 */
export function prFigure(
  labels: ArrayLike<number>,
  probabilities: Probabilities,
  options: RankingFigureOptions = {},
): Figure {
  const classes = classesOf("prFigure", labels, probabilities, options);
  const series = classes.map(({ name, labels: yes, scores }): LineSeries => {
    const { precision, recall, averagePrecision } = precisionRecallCurve(yes, scores);
    // To the left of the first threshold nothing is known: the curve goes on level.
    const [x, y] = [
      [0, ...recall],
      [precision[0], ...precision],
    ];
    return { name: `${name} (mean ${averagePrecision.toFixed(3)})`, x, y, markers: false };
  });
  return drawn("Precision and recall", ["Recall", "Precision"], series, options);
}

function classesOf(
  owner: string,
  labels: ArrayLike<number>,
  probabilities: Probabilities,
  options: RankingFigureOptions,
): OneClass[] {
  const { classNames } = checkOptions(owner, options, OPTIONS);
  if (!(labels?.length > 0) || labels.length !== probabilities?.length) {
    throw new RangeError(
      `${owner}: expected one row of probabilities for each label; received ${labels?.length} labels and ${probabilities?.length} rows.`,
    );
  }
  const rows = Array.from(probabilities, (given) =>
    typeof given === "number" ? [1 - given, given] : Array.from(given),
  );
  const full = rows.map((row) => (row.length === 1 ? [1 - row[0], row[0]] : row));
  const width = full[0].length;
  const other = full.find((row) => row.length !== width);
  if (other)
    throw new RangeError(
      `${owner}: rows of probabilities must be of one length, received ${show(other)} beside ${width}.`,
    );
  const wrong = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0 || label >= width);
  if (wrong !== undefined)
    throw new RangeError(`${owner}: a label must be a class from 0 to ${width - 1}, received ${wrong}.`);
  const numbers = width === 2 ? [1] : Array.from({ length: width }, (_, i) => i);
  return numbers.map((number) => ({
    name: classNames?.[number] ?? `class ${number}`,
    labels: Array.from(labels, (label) => Number(label === number)),
    scores: full.map((row) => row[number]),
  }));
}

function drawn(
  kind: string,
  [xTitle, yTitle]: readonly [string, string],
  series: readonly LineSeries[],
  { title, height = 420 }: RankingFigureOptions,
): Figure {
  const names = series.map(({ name }) => name).join(", ");
  const panels = [{ xTitle, yTitle, yRange: [0, 1.02] as const, series }];
  return lineFigure({ ...(title !== undefined && { title }), height, panels, description: `${kind}: ${names}` });
}
