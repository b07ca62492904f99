/** Decision regions: the grid's order, the points by class, the curves. */
import { describe, expect, it } from "vitest";
import { decisionFigure, gridPoints } from "../../../../src/library/reports/figures/decision-figure";

const given = {
  points: [
    [0, 0],
    [1, 1],
    [2, 0],
  ] as [number, number][],
  labels: [0, 1, 0],
  extent: 2,
};
const probabilities = [
  [0.1, 0.2],
  [0.3, 0.4],
];

describe("decisionFigure", () => {
  const figure = decisionFigure({
    ...given,
    probabilities,
    curves: { loss: [0.7, 0.5], val_loss: [0.8, 0.6] },
    epochs: 9,
  });

  it("draws the grid from below, over the whole extent", () => {
    expect(figure.data[0]).toMatchObject({ type: "heatmap", z: probabilities, x: [-2, 2], y: [-2, 2] });
    expect(gridPoints(3, 2)).toEqual([
      ...[
        [-2, -2],
        [0, -2],
        [2, -2],
      ],
      ...[
        [-2, 0],
        [0, 0],
        [2, 0],
      ],
      ...[
        [-2, 2],
        [0, 2],
        [2, 2],
      ],
    ]);
  });

  it("draws the points by class, each with a mark of its own, and the losses over the epochs", () => {
    expect(figure.data.slice(1, 3)).toMatchObject([
      { name: "class 0", x: [0, 2] },
      { name: "class 1", x: [1], y: [1] },
    ]);
    const symbols = figure.data.slice(1, 3).map(({ marker }) => (marker as { symbol: string }).symbol);
    expect(new Set(symbols).size).toBe(2);
    expect(figure.data.slice(3)).toMatchObject([{ name: "loss", x: [1, 2], y: [0.7, 0.5] }, { name: "val_loss" }]);
    expect(figure.layout.xaxis2).toMatchObject({ range: [1, 9] });
    expect(figure.description).toBe("Decision regions of 3 points after 2 epochs: loss 0.500, val_loss 0.600");
  });

  it("refuses what does not fit together", () => {
    const curves = {};
    expect(() => decisionFigure({ ...given, labels: [1], probabilities, curves })).toThrow("a label for each point");
    expect(() => decisionFigure({ ...given, probabilities: [[1, 0]], curves })).toThrow("a square grid");
    expect(() => decisionFigure({ ...given, probabilities, curves, extent: 0 })).toThrow("extent");
    expect(() => gridPoints(1, 2)).toThrow("size");
  });
});
