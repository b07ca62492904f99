/** Figures of gradient flow and of the learning rate range test. */
import { describe, expect, it } from "vitest";
import { gradientFlowFigure } from "../../../../src/library/reports/figures/gradient-flow-figure";
import { lrRangeFigure } from "../../../../src/library/reports/figures/lr-range-figure";
import type { GradientFlow, LayerFlow } from "../../../../src/library/training/diagnostics/gradient-flow";

const layer = (gradientNorm: number | undefined, sensitivityNorm: number | undefined): LayerFlow => ({
  ...{ layer: "d", type: "Dense", weightGradientNorms: {}, gradientNorm, sensitivityNorm },
  ...{ mean: 0, standardDeviation: 1, deadShare: 0.25 },
});
const flow: GradientFlow = {
  loss: 1,
  samples: 2,
  layers: [layer(undefined, undefined), layer(0.1, 0.2), layer(0.3, 0)],
};

describe("gradientFlowFigure", () => {
  it("draws the layers with weights, with a gap where a logarithm would be infinite", () => {
    const { data, layout } = gradientFlowFigure({ sigmoid: flow });
    expect(data.map(({ x, y, name }) => ({ x, y, name }))).toEqual([
      { x: [1, 2], y: [0.2, null], name: "sigmoid" },
      { x: [1, 2], y: [0.1, 0.3], name: "sigmoid" },
    ]);
    expect(layout.yaxis).toMatchObject({ type: "log" });
    const dead = gradientFlowFigure({ sigmoid: flow }, { quantities: ["deadShare"] });
    expect(dead.data[0].y).toEqual([0.25, 0.25]);
    expect(dead.layout.yaxis).toMatchObject({ type: "linear" });
  });

  it("refuses no flows and quantities that there are not", () => {
    expect(() => gradientFlowFigure({})).toThrow("expected gradient flows by name");
    expect(() => gradientFlowFigure({ a: flow }, { quantities: ["gradient"] as never })).toThrow("gradientNorm");
  });
});

it("lrRangeFigure shows losses over a logarithmic axis and marks the suggestion", () => {
  const test = { learningRates: [0.1, 1], losses: [2, 1], smoothedLosses: [2, 1.5], minimum: 1, steepest: 0.1 };
  const { data, layout, description } = lrRangeFigure({ ...test, suggestion: 0.1, diverged: false });
  expect(layout.xaxis).toMatchObject({ type: "log", title: { text: "Learning rate" } });
  expect(data[2]).toMatchObject({ name: "suggestion: 0.10", x: [0.1, 0.1] });
  expect(description).toContain("least at 1.0");
});
