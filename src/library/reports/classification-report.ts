/** Precision, recall and F1 of every class, as a table. */
import { checkOptions } from "dnn-lab-core/check";
import { escapeHtml } from "dnn-lab-core/html";
import { confusionMatrix } from "./confusion-matrix";

/** Options of {@link classificationReport}. */
export interface ClassificationReportOptions {
  /** Name of each class; default `0`, `1`, … up to the largest label. */
  classNames?: readonly string[];
}

/** A line of the report. */
export interface ClassScores {
  /** The class, or "macro avg" or "weighted avg". */
  readonly name: string;
  /** Share of the samples predicted as it that are it; 0 where none was. */
  readonly precision: number;
  /** Share of its samples that are predicted as it; 0 where it has none. */
  readonly recall: number;
  /** Harmonic mean of both; 0 where both are. */
  readonly f1: number;
  /** How many samples it has. */
  readonly support: number;
}

/** What {@link classificationReport} found; it shows itself as a table. */
export interface ClassificationReport {
  /** One line for each class. */
  readonly classes: readonly ClassScores[];
  /** The mean over the classes. */
  readonly macro: ClassScores;
  /** The mean over the classes, each counting as often as it has samples. */
  readonly weighted: ClassScores;
  /** Share of all samples that are right. */
  readonly accuracy: number;
  /** The report as text. */
  toString(): string;
}

/**
 * Precision, recall and F1 of every class and their means, as scikit-learn's `classification_report`.
 *
 * @param labels true class of each sample, from 0. @param predicted predicted class of each sample (see `classOf`).
 * @throws RangeError when the lengths differ or a class is out of range.
 * @example classificationReport(labels, predicted, { classNames })
 */
export function classificationReport(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ClassificationReportOptions = {},
): ClassificationReport {
  checkOptions("classificationReport", options, { classNames: true });
  const { classNames, counts, accuracy, precision, recall, f1 } = confusionMatrix(labels, predicted, options);
  const some = (value: number) => (Number.isNaN(value) ? 0 : value);
  const classes = classNames.map((name, i) => ({
    name,
    precision: some(precision[i]),
    recall: some(recall[i]),
    f1: some(f1[i]),
    support: counts[i].reduce((a, b) => a + b, 0),
  }));
  const macro = mean("macro avg", classes, () => 1);
  return new ShownReport(
    classes,
    macro,
    mean("weighted avg", classes, ({ support }) => support),
    accuracy,
  );
}

function mean(name: string, classes: readonly ClassScores[], weight: (of: ClassScores) => number): ClassScores {
  const total = classes.reduce((sum, one) => sum + weight(one), 0);
  const of = (key: "precision" | "recall" | "f1") =>
    classes.reduce((sum, one) => sum + weight(one) * one[key], 0) / total;
  const support = classes.reduce((sum, one) => sum + one.support, 0);
  return { name, precision: of("precision"), recall: of("recall"), f1: of("f1"), support };
}

const HEADER = ["", "precision", "recall", "f1", "samples"];

class ShownReport implements ClassificationReport {
  constructor(
    readonly classes: readonly ClassScores[],
    readonly macro: ClassScores,
    readonly weighted: ClassScores,
    readonly accuracy: number,
  ) {}

  private get lines(): string[][] {
    const line = ({ name, precision, recall, f1, support }: ClassScores) => [
      name,
      ...[precision, recall, f1].map((value) => value.toFixed(4)),
      String(support),
    ];
    const right = ["accuracy", "", "", this.accuracy.toFixed(4), String(this.macro.support)];
    return [...this.classes.map(line), right, line(this.macro), line(this.weighted)];
  }

  toString(): string {
    const lines = [HEADER, ...this.lines];
    const widths = HEADER.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
    return lines.map((line) => line.map((cell, i) => cell.padStart(widths[i])).join("  ")).join("\n");
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const row = (tag: string, cells: readonly string[]) =>
      `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
    const html = `<table>${row("th", HEADER)}${this.lines.map((line) => row("td", line)).join("")}</table>`;
    return { "text/html": html, "text/plain": this.toString() };
  }
}
