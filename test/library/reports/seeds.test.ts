import { describe, expect, it } from "vitest";
import type { ComparisonRow } from "../../../src/library/reports/compare";
import { seedsText, summarizeSeeds } from "../../../src/library/reports/seeds";

const row = (ours: number, section = "Dropout"): ComparisonRow => ({
  section,
  figure: "final val_accuracy",
  published: 0.86,
  ours,
  difference: ours - 0.86,
  tolerance: 0.02,
  verdict: "within",
  passed: true,
  note: "within",
});

describe("summarizeSeeds", () => {
  it("gives mean, sample standard deviation, range, and the published value's place", () => {
    const [summary] = summarizeSeeds([[row(0.85)], [row(0.87)], [row(0.86)]]);
    expect(summary).toMatchObject({ section: "Dropout", published: 0.86, min: 0.85, max: 0.87 });
    expect(summary.mean).toBeCloseTo(0.86, 12);
    expect(summary.standardDeviation).toBeCloseTo(0.01, 12);
    expect(summary.deviations).toBeCloseTo(0, 9);
    expect(summary.rank).toBeCloseTo(1 / 3, 12);
  });

  it("has no deviations where there is no spread", () => {
    const [summary] = summarizeSeeds([[row(0.9)]]);
    expect([summary.standardDeviation, summary.deviations, summary.rank]).toEqual([0, NaN, 0]);
    expect(seedsText([summary], { runs: 1 })).toMatch(/–\s+0 of 1$/);
  });

  it("refuses no runs, and runs that were compared in different ways", () => {
    expect(() => summarizeSeeds([])).toThrow("at least one seed");
    expect(() => summarizeSeeds([[row(0.85)], [row(0.85, "Power")]])).toThrow("lacks 'Dropout, final val_accuracy'");
  });

  it("writes a line for each figure", () => {
    const lines = seedsText(summarizeSeeds([[row(0.85)], [row(0.87)]]), { runs: 2 }).split("\n");
    expect(lines[2]).toMatch(
      /^Dropout +final val_accuracy +0\.8600 +0\.8600 +0\.0141 +0\.8500 +0\.8700 +.*0?\.?0+ sd +1 of 2$/,
    );
  });
});
