import { describe, expect, test } from "vitest";
import { Figure } from "../../../../src/library/reports/figures/figure";
import { lineFigure, type LineSeries } from "../../../../src/library/reports/figures/line-figure";
import { scheduleFigure } from "../../../../src/library/reports/figures/schedule-figure";

const panel = (series: LineSeries[], more = {}) => ({ panels: [{ xTitle: "Layer", yTitle: "Norm", series, ...more }] });

describe("lineFigure", () => {
  test("numbers points from 0 and gives every series its own look", () => {
    const series = Array.from({ length: 10 }, (_, index) => ({ name: `s${index}`, y: [index, index + 1] }));
    const { data } = lineFigure(panel(series));
    expect(data[3]).toMatchObject({ x: [0, 1], y: [3, 4] });
    const looks = data.map(({ line }) => `${(line as { color: string }).color} ${(line as { dash: string }).dash}`);
    expect(new Set(looks).size).toBe(10);
  });

  test("reads typed arrays, and sends them as plain arrays", () => {
    const figure = lineFigure(panel([{ name: "a", y: Float64Array.of(1, 2.5), x: Int32Array.of(5, 6) }]));
    expect(JSON.parse(JSON.stringify(figure)).data[0]).toMatchObject({ x: [5, 6], y: [1, 2.5] });
  });

  test("shades a band behind its line, in its colour and bound to it in the legend", () => {
    const { data } = lineFigure(panel([{ name: "a", y: [1, 2], band: { low: [0, 1], high: [2, 3] } }]));
    const [low, high, line] = data;
    expect([low.y, high.y, line.y]).toEqual([
      [0, 1],
      [2, 3],
      [1, 2],
    ]);
    const { color } = line.line as { color: string };
    expect(high).toMatchObject({ fill: "tonexty", fillcolor: `${color}33`, legendgroup: "a", hoverinfo: "skip" });
    expect(data.map(({ showlegend }) => showlegend)).toEqual([false, false, true]);
    expect(() => lineFigure(panel([{ name: "a", y: [1, 2], band: { low: [0], high: [2, 3] } }]))).toThrow(
      'the band of series "a" must have a finite value for each of y',
    );
  });

  test("makes room above for a legend of several lines, and keeps the drawing as high as it was", () => {
    const of = (count: number) =>
      lineFigure(panel(Array.from({ length: count }, (_, i) => ({ name: `a rather long name, number ${i}`, y: [1] }))))
        .layout as { height: number; margin: { t: number; b: number } };
    const [one, six] = [of(1), of(6)];
    expect(six.margin.t).toBeGreaterThan(one.margin.t);
    expect(six.height - six.margin.t).toBe(one.height - one.margin.t);
  });

  test("may count the horizontal axis in powers of ten", () => {
    const { layout } = lineFigure(panel([{ name: "a", x: [0.1, 1], y: [1, 2] }], { xScale: "log" }));
    expect(layout.xaxis).toMatchObject({ type: "log" });
  });

  test("lays panels out side by side without overlap", () => {
    const one = { xTitle: "x", yTitle: "y", series: [{ name: "a", y: [1] }] };
    const { layout } = lineFigure({ panels: [one, one, one] });
    const domains = ["xaxis", "xaxis2", "xaxis3"].map((axis) => (layout[axis] as { domain: [number, number] }).domain);
    expect(domains[0][0]).toBe(0);
    expect(domains[2][1]).toBeCloseTo(1);
    expect(domains[0][1]).toBeLessThan(domains[1][0]);
    expect(domains[1][1]).toBeLessThan(domains[2][0]);
  });

  test("names what cannot be drawn", () => {
    expect(() => lineFigure({ panels: [] })).toThrow("non-empty array");
    expect(() => lineFigure(panel([]))).toThrow("panel 0 has no series");
    expect(() => lineFigure(panel([{ name: "a", y: [] }]))).toThrow('"a" has no values');
    expect(() => lineFigure(panel([{ name: "a", y: [1, NaN] }]))).toThrow('"a" has NaN at index 1');
    expect(() => lineFigure(panel([{ name: "a", y: [1, 0] }], { yScale: "log" }))).toThrow("a log scale cannot show");
    expect(() => lineFigure(panel([{ name: "a", y: [1, 2], x: [1] }]))).toThrow("1 values of x but 2 of y");
    expect(() => lineFigure(panel([{ name: "a", y: [1], dash: "wavy" as never }]))).toThrow("dash must be one of");
    expect(() => lineFigure(panel([{ name: "a", y: [1], color: "red" } as never]))).toThrow("unknown option 'color'");
  });

  test("makes units as long upwards as sideways when asked", () => {
    const panel = { xTitle: "x", yTitle: "y", series: [{ name: "a", y: [1, 2] }] };
    const { layout } = lineFigure({ panels: [panel, { ...panel, sameScale: true }] });
    expect(layout.yaxis2).toMatchObject({ scaleanchor: "x2", constrain: "domain" });
    expect(layout.yaxis).not.toHaveProperty("scaleanchor");
  });
});

describe("scheduleFigure", () => {
  test("draws each schedule at whole steps from the first to the last", () => {
    const { data } = scheduleFigure({ falling: (step) => 1 / (1 + step), constant: () => 0.5 }, 10_000, { points: 5 });
    expect(data[0]).toMatchObject({ name: "falling", x: [0, 2500, 5000, 7500, 10_000], mode: "lines" });
    expect(data[0].y).toEqual([0, 2500, 5000, 7500, 10_000].map((step) => 1 / (1 + step)));
    expect(data[1].y).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  test("draws no step twice when there are few", () => {
    expect(scheduleFigure({ a: (step) => step }, 3).data[0].x).toEqual([0, 1, 2, 3]);
  });

  test("counts epochs when told how many steps they have", () => {
    const { data, layout } = scheduleFigure({ a: () => 1 }, 100, { stepsPerEpoch: 50, points: 3, scale: "log" });
    expect(data[0].x).toEqual([0, 1, 2]);
    expect(layout).toMatchObject({ xaxis: { title: { text: "Epoch" } }, yaxis: { type: "log" } });
  });

  test("names a schedule that gives no number, and empty or wrong arguments", () => {
    expect(() => scheduleFigure({ bad: (step) => (step > 4 ? NaN : 1) }, 8)).toThrow('"bad" gives NaN at step 5');
    expect(() => scheduleFigure({}, 8)).toThrow("at least one schedule");
    expect(() => scheduleFigure({ a: () => 1 }, 0)).toThrow("steps must be an integer at least 1");
    expect(() => scheduleFigure({ a: 0.1 as never }, 5)).toThrow('schedule "a" must be a function');
  });
});

describe("Figure", () => {
  test("describes itself by title and series for readers without the picture", () => {
    const figure = new Figure([{ name: "a" }, { name: "b" }, { name: "a" }], { title: { text: "T" } });
    expect(figure.description).toBe("Figure “T”: a, b");
  });

  test("is plain JSON", () => {
    const figure = new Figure([{ y: [1] }], { height: 3 });
    expect(JSON.parse(JSON.stringify(figure))).toEqual({
      data: [{ y: [1] }],
      layout: { height: 3 },
      config: figure.config,
    });
  });

  test("refuses data that is no list of traces", () => {
    expect(() => new Figure({ y: [1] } as never, {})).toThrow("data must be an array of traces");
  });
});
