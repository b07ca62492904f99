import { describe, expect, it } from "vitest";
import { calibration } from "../../../src/library/reports/calibration";
import { reliabilityFigure } from "../../../src/library/reports/figures/reliability-figure";

/** Ten samples that are `confidence` sure of class 0, of which `right` are of it. */
const group = (confidence: number, right: number) => ({
  probabilities: Array.from({ length: 10 }, () => [confidence, 1 - confidence]),
  labels: Array.from({ length: 10 }, (_, i) => (i < right ? 0 : 1)),
});
const joined = (...groups: ReturnType<typeof group>[]) =>
  [groups.flatMap(({ probabilities }) => probabilities), groups.flatMap(({ labels }) => labels)] as const;

describe("calibration", () => {
  it("gives the errors of Guo et al. for a case worked by hand", () => {
    const result = calibration(...joined(group(0.95, 7), group(0.75, 7)));
    expect(result.expectedCalibrationError).toBeCloseTo((0.25 + 0.05) / 2, 12);
    expect(result.maximumCalibrationError).toBeCloseTo(0.25, 12);
    expect(result.overconfidence).toBeCloseTo(0.85 - 0.7, 12);
    expect(result.accuracy).toBeCloseTo(0.7, 12);
    expect(result.logLoss).toBeCloseTo(-(7 * Math.log(0.95 * 0.75) + 3 * Math.log(0.05 * 0.25)) / 20, 12);
    expect(result.brierScore).toBeCloseTo(
      (2 * (7 * 0.05 ** 2 + 3 * 0.95 ** 2 + 7 * 0.25 ** 2 + 3 * 0.75 ** 2)) / 20,
      12,
    );
    const filled = result.bins.filter(({ count }) => count > 0);
    expect(filled.map(({ low, high, count }) => [low, high, count])).toEqual([
      [0.7, 0.8, 10],
      [0.9, 1, 10],
    ]);
    expect(filled[1].confidence).toBeCloseTo(0.95, 12);
    expect(filled[1].accuracy).toBeCloseTo(0.7, 12);
  });

  it("has no error where confidence is what happens, and puts a border into the lower bin", () => {
    const result = calibration(...joined(group(0.8, 8), group(0.6, 6)));
    expect(result.expectedCalibrationError).toBeCloseTo(0, 12);
    expect(result.bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 10, 0, 10, 0, 0]);
    const sure = calibration([[1, 0], [0, 1]], [0, 0], { bins: 4 }); // prettier-ignore
    expect(sure.bins.map(({ count }) => count)).toEqual([0, 0, 0, 2]);
    expect(sure.expectedCalibrationError).toBe(0.5);
    expect(Number.isFinite(sure.logLoss)).toBe(true);
  });

  it.each([
    [[], [], /at least one/],
    [[[0.5, 0.5]], [0, 1], /a row of probabilities for each label/],
    [[[0.7, 0.7]], [0], /row 0 must hold 2 probabilities that sum to 1/],
    [[[1.2, -0.2]], [0], /row 0/],
    [[[0.5, 0.5]], [2], /label 0 must be an integer/],
  ])("refuses %j %j", (probabilities, labels, message) => {
    expect(() => calibration(probabilities, labels)).toThrow(message);
  });
});

describe("reliabilityFigure", () => {
  it("draws the filled bins and the diagonal, and tells the errors", () => {
    const figure = reliabilityFigure({ a: calibration(...joined(group(0.95, 7), group(0.75, 7))) });
    const [line, diagonal, shares] = figure.data;
    expect((line.x as number[]).map((x) => x.toFixed(2))).toEqual(["0.75", "0.95"]);
    expect((line.y as number[]).map((y) => y.toFixed(2))).toEqual(["0.70", "0.70"]);
    expect(diagonal).toMatchObject({ name: "perfectly calibrated", x: [0, 1], y: [0, 1] });
    expect((shares.y as number[]).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(figure.description).toContain("a: expected calibration error 0.1500");
    expect(() => reliabilityFigure({})).toThrow("expected calibrations by name");
  });
});
