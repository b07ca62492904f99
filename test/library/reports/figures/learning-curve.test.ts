import { describe, expect, test } from "vitest";
import { learningCurve } from "../../../../src/library/reports/figures/learning-curve";
import { palette } from "../../../../src/library/reports/figures/style";
import { publishedRun } from "../../../../src/library/reports/published";
import { historyOf, plainHistory } from "../histories";

const trace = (figure: ReturnType<typeof learningCurve>, name: string, yaxis: string) => {
  const found = figure.data.filter((candidate) => candidate.name === name && candidate.yaxis === yaxis);
  expect(found).toHaveLength(1);
  return found[0];
};

describe("learningCurve", () => {
  test("draws exactly the history's numbers, loss left and accuracy right, epochs from 1", () => {
    const figure = learningCurve(plainHistory, { title: "A run" });
    expect(figure.data).toHaveLength(4);
    expect(trace(figure, "training", "y")).toMatchObject({ x: [1, 2, 3], y: [0.9, 0.5, 0.4] });
    expect(trace(figure, "validation", "y")).toMatchObject({ x: [1, 2, 3], y: [0.6, 0.55, 0.52] });
    expect(trace(figure, "training", "y2")).toMatchObject({ xaxis: "x2", y: [0.7, 0.8, 0.85] });
    expect(trace(figure, "validation", "y2")).toMatchObject({ xaxis: "x2", y: [0.78, 0.83, 0.82] });
    expect(figure.layout).toMatchObject({
      title: { text: "A run" },
      xaxis: { title: { text: "Epoch" } },
      yaxis: { title: { text: "Loss (cross-entropy, nats)" } },
      yaxis2: { title: { text: "Accuracy (fraction correct)" } },
    });
  });

  test("each run has one legend entry, whatever the number of panels", () => {
    const shown = learningCurve(plainHistory).data.filter((candidate) => candidate.showlegend);
    expect(shown.map(({ name }) => name)).toEqual(["training", "validation"]);
  });

  test("continues the epoch numbers of a continued run", () => {
    const figure = learningCurve(historyOf({ loss: [0.3, 0.2] }, 10));
    expect(figure.data[0].x).toEqual([11, 12]);
  });

  test("draws the published run dashed, in the colours of ours", () => {
    const figure = learningCurve(plainHistory, { published: publishedRun("power") });
    const published = trace(figure, "validation, published", "y2");
    expect(published.y).toEqual([0.8152, 0.8349, 0.8427, 0.8491, 0.8535, 0.8604, 0.8591, 0.8614, 0.8614, 0.8663]);
    expect(published.line).toMatchObject({ dash: "dash", color: palette.vermillion });
    expect(trace(figure, "validation", "y2").line).toMatchObject({ dash: "solid", color: palette.vermillion });
  });

  test("draws loss alone where no accuracy was measured, and training alone without validation", () => {
    const figure = learningCurve(historyOf({ loss: [1, 0.5] }));
    expect(figure.data.map(({ name }) => name)).toEqual(["training"]);
    expect(figure.layout).not.toHaveProperty("yaxis2");
  });

  test("draws the metrics that are asked for, under the given axis titles", () => {
    const history = historyOf({ loss: [1, 2], mae: [3, 4], learning_rate: [0.1, 0.01] });
    const figure = learningCurve(history, { metrics: ["mae", "learning_rate"], axisTitles: { mae: "Error (°C)" } });
    expect(figure.layout).toMatchObject({
      yaxis: { title: { text: "Error (°C)" } },
      yaxis2: { title: { text: "Learning rate" } },
    });
    expect(figure.data.map(({ y }) => y)).toEqual([
      [3, 4],
      [0.1, 0.01],
    ]);
  });

  test("marks whole epochs only, and not all of many", () => {
    expect(learningCurve(plainHistory).layout).toMatchObject({ xaxis: { dtick: 1 } });
    const long = historyOf({ loss: Array.from({ length: 200 }, (_, epoch) => 1 / (epoch + 1)) });
    expect(learningCurve(long).layout).toMatchObject({ xaxis: { dtick: 20 } });
  });

  test("refuses what is no usable history, and says why", () => {
    expect(() => learningCurve(undefined as never)).toThrow(
      "history must be a History as fit returns it, received undefined",
    );
    expect(() => learningCurve(historyOf({}))).toThrow("history has no epochs");
    expect(() => learningCurve(historyOf({ loss: [] }))).toThrow("history has no epochs");
    expect(() => learningCurve(historyOf({ loss: [1, 2], accuracy: [1] }))).toThrow(
      "has 2 epochs but 1 values of accuracy",
    );
    expect(() => learningCurve(plainHistory, { metrics: ["auc"] })).toThrow("no \"auc\"; it has 'loss', 'accuracy'");
    expect(() => learningCurve(plainHistory, { titel: "x" } as never)).toThrow("unknown option 'titel'");
    expect(() => learningCurve(plainHistory, { published: { history: {} } })).toThrow("published has no epochs");
  });

  test("refuses NaN by the epoch's number, or leaves a gap when told to", () => {
    const diverged = historyOf({ loss: [1, 2, NaN], val_loss: [1, Infinity, NaN] });
    expect(() => learningCurve(diverged)).toThrow("loss of epoch 3 is NaN");
    const figure = learningCurve(diverged, { nonFinite: "gap" });
    expect(figure.data.map(({ y }) => y)).toEqual([
      [1, 2, null],
      [1, null, null],
    ]);
  });
});
