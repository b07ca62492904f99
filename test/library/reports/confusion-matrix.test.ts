import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random";
import { tf } from "../../../src/library/engine/tf";
import { classOf, confusionMatrix } from "../../../src/library/reports/confusion-matrix";
import { confusionFigure } from "../../../src/library/reports/figures/confusion-figure";

const random = new RandomStream(1);
const labels = Array.from({ length: 300 }, () => random.integer(4));
const predicted = labels.map((label) => (random.uniform() < 0.7 ? label : random.integer(4)));

describe("confusionMatrix", () => {
  it("counts as TensorFlow does", () => {
    const theirs = tf.math.confusionMatrix(tf.tensor1d(labels, "int32"), tf.tensor1d(predicted, "int32"), 4);
    expect(confusionMatrix(labels, predicted).counts).toEqual(theirs.arraySync());
  });

  it("gives precision, recall and F1 of a case worked by hand", () => {
    const { counts, accuracy, precision, recall, f1, classNames } = confusionMatrix(
      [0, 0, 0, 1, 1, 2],
      Uint8Array.from([0, 0, 1, 1, 0, 0]),
      { classNames: ["a", "b", "c", "d"] },
    );
    expect(classNames).toEqual(["a", "b", "c", "d"]);
    expect(counts.slice(0, 3)).toEqual([
      [2, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 0, 0, 0],
    ]);
    expect(accuracy).toBe(0.5);
    expect(precision).toEqual([0.5, 0.5, NaN, NaN]);
    expect(recall).toEqual([2 / 3, 0.5, 0, NaN]);
    expect(f1).toEqual([4 / 7, 0.5, 0, NaN]);
  });

  it.each([
    [[], [], /at least one/],
    [[0, 1], [0], /2 labels and 1 predictions/],
    [[0, 0.5], [0, 1], /label 1 must be an integer/],
    [[0, 1], [0, -1], /prediction 1/],
  ])("refuses %j %j", (wrongLabels, wrongPredicted, message) => {
    expect(() => confusionMatrix(wrongLabels, wrongPredicted)).toThrow(message);
  });
});

it("classOf finds the largest, the first of equals", () => {
  expect([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], Float32Array.from([0, 0, 1])].map(classOf)).toEqual([1, 0, 2]);
  expect(() => classOf([])).toThrow("expected the probabilities");
});

describe("confusionFigure", () => {
  const matrix = confusionMatrix([0, 0, 0, 1], [0, 0, 1, 1], { classNames: ["a", "b"] });

  it("shades by the share of the true class and writes shares, or counts, into the cells that occur", () => {
    const { data, layout, description } = confusionFigure(matrix, { title: "Test" });
    expect(data[0]).toMatchObject({
      type: "heatmap",
      z: [
        [2 / 3, 1 / 3],
        [0, 1],
      ],
    });
    const texts = (figure: typeof layout) => (figure.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts(layout)).toEqual(["0.67", "0.33", "1.00"]);
    expect(texts(confusionFigure(matrix, { normalize: false }).layout)).toEqual(["2", "1", "1"]);
    expect(description).toBe("Confusion matrix “Test”: accuracy 0.7500");
  });

  it("refuses options that it does not know", () => {
    expect(() => confusionFigure(matrix, { normalise: true } as never)).toThrow("Did you mean 'normalize'?");
  });
});
