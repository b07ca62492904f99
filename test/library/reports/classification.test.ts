import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  classificationReport,
  precisionRecallCurve,
  prFigure,
  rocCurve,
  rocFigure,
  topLosses,
} from "../../../src/library/reports";
import { expectClose } from "../models/helpers";

interface Line {
  readonly precision: number;
  readonly recall: number;
  readonly "f1-score": number;
  readonly support: number;
}
const expected = JSON.parse(readFileSync(join(__dirname, "../../expected/reports.json"), "utf8")) as {
  readonly [name in "labels" | "predicted" | "yes" | "scores"]: number[];
} & {
  readonly report: Record<string, Line> & { readonly accuracy: number };
  readonly roc: {
    readonly fpr: number[];
    readonly tpr: number[];
    readonly thresholds: number[];
    readonly area: number;
  };
  readonly pr: {
    readonly precision: number[];
    readonly recall: number[];
    readonly thresholds: number[];
    readonly average: number;
  };
};
const { labels, predicted, yes, scores, roc, pr } = expected;

describe("beside scikit-learn", () => {
  it("the report", () => {
    const found = classificationReport(labels, predicted);
    const lines = [...found.classes, found.macro, found.weighted];
    expect(found.accuracy).toBeCloseTo(expected.report.accuracy, 12);
    for (const { name, precision, recall, f1, support } of lines) {
      const line = expected.report[name];
      expectClose(
        [precision, recall, f1, support],
        [line.precision, line.recall, line["f1-score"], line.support],
        1e-12,
        name,
      );
    }
    expect(String(found).split("\n").length).toBe(7);
  });

  it("the ROC curve", () => {
    const found = rocCurve(yes, scores);
    expectClose(found.falsePositiveRate, roc.fpr, 1e-12);
    expectClose(found.truePositiveRate, roc.tpr, 1e-12);
    expectClose(found.thresholds.slice(1), roc.thresholds, 1e-12);
    expect(found.area).toBeCloseTo(roc.area, 12);
  });

  it("precision by recall", () => {
    const found = precisionRecallCurve(yes, scores);
    // scikit-learn leaves out thresholds below the one at which all are found.
    const count = pr.precision.length;
    expectClose(found.precision.slice(0, count), pr.precision, 1e-12);
    expectClose(found.recall.slice(0, count), pr.recall, 1e-12);
    expectClose(found.thresholds.slice(0, count), pr.thresholds, 1e-12);
    expect(found.averagePrecision).toBeCloseTo(pr.average, 12);
  });
});

it("a class that is never predicted counts as 0", () => {
  const { classes, macro } = classificationReport([0, 1, 1], [1, 1, 1], { classNames: ["a", "<b>"] });
  expect(classes[0]).toEqual({ name: "a", precision: 0, recall: 0, f1: 0, support: 1 });
  expect(macro.recall).toBe(0.5);
});

it("the worst mistakes come first", () => {
  const rows = [
    [0.7, 0.3],
    [0.01, 0.99],
    [0.4, 0.6],
    [1, 0],
  ];
  const worst = topLosses([0, 0, 0, 1], rows, { count: 2 });
  expect(worst.map(({ index, label, predicted: as }) => [index, label, as])).toEqual([
    [3, 1, 0],
    [1, 0, 1],
  ]);
  expect(worst[1].loss).toBeCloseTo(-Math.log(0.01), 12);
  expect(topLosses([1, 0], [0.9, 0.8])[0]).toMatchObject({ index: 1, predicted: 1 });
});

it("figures have a curve a class, and one for two", () => {
  const rows = labels.map((label, i) => [0, 1, 2].map((k) => (k === label ? 0.5 : 0.25) + (i % 5) / 100));
  const names = (figure: { data: readonly unknown[] }) => figure.data.map((trace) => (trace as { name: string }).name);
  const classNames = ["a", "b", "c"];
  expect(names(rocFigure(labels, rows, { classNames }))).toEqual([
    ...classNames.map((name) => `${name} (area 1.000)`),
    "chance",
  ]);
  const [curve, chance] = names(rocFigure(yes, scores));
  expect([curve, chance]).toEqual([`class 1 (area ${roc.area.toFixed(3)})`, "chance"]);
  expect(names(prFigure(yes, scores))).toEqual([`class 1 (mean ${pr.average.toFixed(3)})`]);
});

it.each([
  ["a label that is none", () => rocCurve([0, 2], [0.1, 0.2]), "label 1 must be 0 or 1"],
  ["one kind alone", () => rocCurve([1, 1], [0.1, 0.2]), "no sample has the label 0"],
  ["a score that is none", () => precisionRecallCurve([0, 1], [0.1, NaN]), "score 1 must be finite"],
  ["other lengths", () => topLosses([0], []), "one row of probabilities for each label"],
  [
    "a class too many",
    () =>
      rocFigure(
        [0, 3],
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ),
    "a class from 0 to 1, received 3",
  ],
])("%s is refused", (_, make, message) => {
  expect(make).toThrow(message);
});
