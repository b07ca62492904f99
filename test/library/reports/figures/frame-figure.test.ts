/** Figures with a slider: what they keep of their frames, common axes, and what they refuse; drawn by plotly.js too. */
import { describe, expect, it } from "vitest";
import { commonRanges } from "../../../../src/library/reports/figures/common-ranges";
import { Figure } from "../../../../src/library/reports/figures/figure";
import { frameFigure } from "../../../../src/library/reports/figures/frame-figure";
import { lineFigure } from "../../../../src/library/reports/figures/line-figure";

const at = (value: number, scale: "linear" | "log" = "linear") =>
  lineFigure({
    title: `At ${value}`,
    panels: [{ xTitle: "x", yTitle: "y", yScale: scale, series: [{ name: "line", y: [value, 10 * value] }] }],
  });

describe("frameFigure", () => {
  const figure = frameFigure(
    [
      [1, at(1)],
      [2, at(2)],
      ["last", at(5)],
    ],
    { parameter: "Size (cm)", start: 1 },
  );

  it("shows the first state, and has a frame and a slider's step for each figure", () => {
    expect(figure.data[0].y).toEqual([2, 20]);
    expect(figure.frames?.map(({ name, data }) => [name, data[0].y])).toEqual([
      ["1", [1, 10]],
      ["2", [2, 20]],
      ["last", [5, 50]],
    ]);
    const [slider] = figure.layout.sliders as { active: number; steps: { label: string; args: unknown[][] }[] }[];
    expect(slider.active).toBe(1);
    expect(slider.steps.map(({ label, args }) => [label, args[0]])).toEqual([
      ["1", ["1"]],
      ["2", ["2"]],
      ["last", ["last"]],
    ]);
    expect(figure.toJSON().frames).toHaveLength(3);
    expect(figure.description).toContain("a slider changes Size (cm) (1, 2, last)");
  });

  it("keeps the titles of the frames, or has one of its own", () => {
    expect(figure.frames?.[2].layout).toMatchObject({ title: { text: "At 5" } });
    const named = frameFigure(
      [
        [1, at(1)],
        [2, at(2)],
      ],
      { parameter: "Size", title: "All" },
    );
    expect(named.layout.title).toMatchObject({ text: "All", x: 0 });
    expect(named.frames?.[0].layout).toBeUndefined();
  });

  it("has axes that fit every frame, in powers of ten where they are logarithmic", () => {
    expect((figure.layout.yaxis as { range: number[] }).range).toEqual([1 - 2.45, 50 + 2.45]);
    const ranges = commonRanges([at(1, "log"), at(100, "log")]);
    expect(ranges.yaxis.map((value) => Number(value.toFixed(6)))).toEqual([-0.15, 3.15]);
    const own = new Figure([{ y: [1, 2] }], { xaxis: {}, yaxis: { range: [0, 9] } });
    expect(commonRanges([own])).toEqual({});
    const second = new Figure([{ y: [1] }, { y: [7], yaxis: "y2" }], { yaxis: {}, yaxis2: {} });
    expect(commonRanges([second])).toEqual({ yaxis: [0.95, 1.05], yaxis2: [6.65, 7.35] });
    const map = new Figure([{ type: "heatmap", z: [[1]], y: [3] }], { yaxis: {} });
    expect(commonRanges([map])).toEqual({});
  });

  it("has ticks as far apart as the longest frame needs", () => {
    const counted = (length: number) =>
      lineFigure({
        panels: [{ xTitle: "x", yTitle: "y", wholeTicks: true, series: [{ name: "a", y: Array(length).fill(1) }] }],
      });
    const { layout } = frameFigure(
      [
        [3, counted(3)],
        [40, counted(40)],
      ],
      { parameter: "Length" },
    );
    expect(layout.xaxis).toMatchObject({ dtick: 4 });
    expect(layout.yaxis).not.toHaveProperty("dtick");
  });

  it("leaves a figure without frames as it was", () => expect("frames" in at(1).toJSON()).toBe(false));

  it("refuses what makes no animation", () => {
    const other = new Figure([{ type: "bar", y: [1] }], {});
    expect(() => frameFigure([[1, at(1)]], { parameter: "x" })).toThrow("at least two frames");
    expect(() =>
      frameFigure(
        [
          [1, at(1)],
          [1, at(2)],
        ],
        { parameter: "x" },
      ),
    ).toThrow("two frames have the label");
    expect(() =>
      frameFigure(
        [
          [1, at(1)],
          [2, other],
        ],
        { parameter: "x" },
      ),
    ).toThrow(/must have the traces of the first/);
    expect(() =>
      frameFigure(
        [
          [1, at(1)],
          [2, {} as never],
        ],
        { parameter: "x" },
      ),
    ).toThrow("must be a label and a figure");
    expect(() =>
      frameFigure(
        [
          [1, at(1)],
          [2, at(2)],
        ],
        { parameter: "" },
      ),
    ).toThrow("what the slider changes");
    expect(() =>
      frameFigure(
        [
          [1, at(1)],
          [2, at(2)],
        ],
        { parameter: "x", start: 2 },
      ),
    ).toThrow("start");
  });
});
