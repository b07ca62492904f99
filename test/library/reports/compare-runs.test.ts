import { describe, expect, it } from "vitest";
import { compareRuns } from "../../../src/library/reports/compare-runs";
import { mimeBundle } from "../../../src/library/reports/display";

const run = (...values: number[]) => ({ history: { val_accuracy: values, val_loss: values }, seconds: 2 });
const runs = { a: [run(0.5, 0.7, 0.6), run(0.7, 0.8, 0.9), run(0.6, 0.6)], b: run(0.4, 0.3) };

describe("compareRuns", () => {
  it("gives means and sample standard deviations, as far as all runs of a setting go", () => {
    const { summaries } = compareRuns(runs);
    const [a, b] = summaries;
    expect([a.runs, a.epochs, a.seconds]).toEqual([3, 2, 2]);
    [0.6, 0.7].forEach((mean, i) => expect(a.mean[i]).toBeCloseTo(mean, 12));
    [0.1, 0.1].forEach((sd, i) => expect(a.standardDeviation[i]).toBeCloseTo(sd, 12));
    expect(a.final.mean).toBeCloseTo((0.6 + 0.9 + 0.6) / 3, 12);
    expect(a.final.standardDeviation).toBeCloseTo(Math.sqrt(0.03), 12);
    expect(a.best.mean).toBeCloseTo((0.7 + 0.9 + 0.6) / 3, 12);
    expect(b).toMatchObject({ runs: 1, mean: [0.4, 0.3], standardDeviation: [NaN, NaN] });
    expect(b.best).toEqual({ mean: 0.4, standardDeviation: NaN });
  });

  it("takes the least of a loss as its best", () => {
    expect(compareRuns(runs, { metric: "val_loss" }).summaries[1].best.mean).toBe(0.3);
  });

  it("shows a table with a row for each setting", async () => {
    const text = (await mimeBundle(compareRuns(runs).table))["text/plain"] as string;
    expect(text).toMatch(/setting +runs +epochs +final +final sd +best +best sd +seconds/);
    expect(text).toMatch(/a +3 +2 +0\.7 +0\.1732 +0\.7333 +0\.1528 +2/);
  });

  it("has no columns of spreads where every setting ran once", () => {
    expect(compareRuns({ b: runs.b }).table.columns).toEqual(["setting", "runs", "epochs", "final", "best", "seconds"]);
  });

  it("draws the mean with a band of one standard deviation, and a single run without one", () => {
    const { data, layout } = compareRuns(runs, { title: "Two settings" }).figure;
    expect(data.map(({ name }) => name)).toEqual([...Array<string>(3).fill("a (mean ± sd of 3)"), "b"]);
    const [low, high, mean] = data;
    expect((low.y as number[])[0]).toBeCloseTo(0.5, 12);
    expect((high.y as number[])[1]).toBeCloseTo(0.8, 12);
    expect(high).toMatchObject({ fill: "tonexty", showlegend: false });
    expect(mean).toMatchObject({ x: [1, 2], showlegend: true });
    expect(JSON.stringify(layout)).toContain("Validation accuracy (fraction correct)");
  });

  it.each([
    [{}, {}, /expected runs by name/],
    [{ a: [] }, {}, /"a" has no runs/],
    [{ a: run(0.1) }, { metric: "loss" }, /run 1 of "a" has no loss; it has val_accuracy, val_loss/],
    [{ a: [run(0.1), run(0.2, NaN)] }, {}, /val_accuracy of run 2 of "a" is NaN in epoch 2/],
    [{ a: run(0.1) }, { metric: "learning_rate" }, /does not tell whether larger or smaller is better/],
    [{ a: run(0.1) }, { metrics: ["loss"] }, /unknown option 'metrics'/],
  ])("refuses %j %j", (wrong, options, message) => {
    expect(() => compareRuns(wrong as never, options as never)).toThrow(message);
  });
});
