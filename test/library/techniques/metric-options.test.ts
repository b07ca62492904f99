/** What `precision`, `recall` and the counts take, and what they make of outputs near the threshold. */
import { describe, expect, it } from "vitest";
import { precision, recall, tf, truePositives } from "../../../src/library/index";

type Batch = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;

/** The metric over one batch. */
const over = (metric: Batch, labels: number[][], outputs: number[][]): number =>
  metric(tf.tensor2d(labels), tf.tensor2d(outputs)).dataSync()[0];

const labels = [[1], [1], [0], [0], [1]];
const outputs = [[0.9], [0.5], [0.6], [0.3], [0.4]];

describe("thresholds", () => {
  it("default: above 0.5, not at it", () => {
    expect(over(precision(), labels, outputs)).toBeCloseTo(1 / 2, 6);
    expect(over(recall(), labels, outputs)).toBeCloseTo(1 / 3, 6);
  });

  it("one number, also as a list of one", () => {
    for (const thresholds of [0.35, [0.35]]) expect(over(recall({ thresholds }), labels, outputs)).toBeCloseTo(1, 6);
    expect(over(precision({ thresholds: 0.35 }), labels, outputs)).toBeCloseTo(3 / 4, 6);
    expect(over(precision({ thresholds: 0 }), labels, outputs)).toBeCloseTo(3 / 5, 6);
  });

  it("refuses several, since a log holds one number", () => {
    expect(() => recall({ thresholds: [0.3, 0.5] })).toThrow(
      'recall: a log holds one number, so give one threshold, received [0.3, 0.5]. Make a metric for each: recall({ thresholds: 0.3, name: "recall_30" }).',
    );
    expect(() => recall({ thresholds: [] })).toThrow("recall: a log holds one number");
  });

  it("refuses what is no number, by its name", () => {
    expect(() => precision({ thresholds: "half" as never })).toThrow("precision: thresholds must be a finite number");
  });
});

describe("topK", () => {
  const classes = [
    [0, 0, 1],
    [1, 0, 0],
  ];
  const scores = [
    [-3, -2, -1],
    [-5, -1, -2],
  ];

  it("counts the largest outputs, also those below 0.5 and below 0", () => {
    expect(over(truePositives({ topK: 1 }), classes, scores)).toBe(1);
    expect(over(precision({ topK: 1 }), classes, scores)).toBeCloseTo(1 / 2, 6);
    expect(over(recall({ topK: 3 }), classes, scores)).toBe(1);
    expect(over(recall({ topK: 2, thresholds: -1.5 }), classes, scores)).toBeCloseTo(1 / 2, 6);
  });

  it.each([0, 1.5])("refuses %d", (topK) => {
    expect(() => recall({ topK })).toThrow("recall: topK must be an integer at least 1");
  });
});
