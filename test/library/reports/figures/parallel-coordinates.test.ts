/** The trials of a search as a figure and as a table. */
import { describe, expect, it } from "vitest";
import { parallelCoordinatesFigure, trialsTable } from "../../../../src/library/reports";
import { palette } from "../../../../src/library/reports/figures/style";
import type { TrialRecord, TuneResult } from "../../../../src/library/training/tuning/tune-result";
import * as hp from "../../../../src/library/training/tuning/domains";

const space = {
  rate: hp.logUniform(0.001, 0.1),
  optimizer: hp.choice(["sgd", "adam", "nadam"]),
  momentum: hp.when({ optimizer: "sgd" }, hp.uniform(0, 1)),
  units: hp.int(10, 50),
};

function trial(number: number, value: number, settings: object, more: Partial<TrialRecord> = {}): TrialRecord {
  const rest = { epochs: 9, seconds: 1.234, executions: [], status: "completed" } as const;
  return { trial: number, value, settings: settings as TrialRecord["settings"], ...rest, ...more };
}

const trials = [
  trial(0, 0.6, { rate: 0.1, optimizer: "adam", momentum: undefined, units: 10 }),
  trial(1, 0.9, { rate: 0.01, optimizer: "sgd", momentum: 0.25, units: 50 }),
  trial(2, NaN, { rate: 0.02, optimizer: "sgd", momentum: 0.9, units: 20 }, { status: "diverged" }),
  trial(3, 0.7, { rate: 0.001, optimizer: "nadam", momentum: undefined, units: 30 }, { status: "pruned", epochs: 3 }),
];
const objective = { metric: "val_accuracy", direction: "max", epoch: "best" } as const;
const found = { space, trials, objective } as unknown as TuneResult;

describe("parallelCoordinatesFigure", () => {
  const figure = parallelCoordinatesFigure(found, { title: "A search" });
  const best = figure.data.at(-1)!;

  it("draws a line for each trial with a value, the best one last and in another colour", () => {
    expect(figure.data.map(({ name }) => name)).toEqual(["trial 0", "trial 3", "trial 1"]);
    expect(figure.data.map(({ line }) => (line as { color: string }).color)).toEqual([
      palette.grey,
      palette.blue,
      palette.vermillion,
    ]);
  });

  it("puts values where they lie on their axes: logarithmic, by the list, linear, by the objective", () => {
    expect(best.x).toEqual([0, 1, 2, 3, 4]);
    (best.y as number[]).forEach((place, i) => expect(place).toBeCloseTo([0.5, 0, 0.25, 1, 1][i], 12));
    // A hyperparameter that the trial does not have lies below its axis.
    const [worst] = figure.data;
    (worst.y as number[]).forEach((place, i) => expect(place).toBeCloseTo([1, 0.5, -0.12, 0, 0][i], 12));
  });

  it("names axes and marks, and says in words what the best is", () => {
    const texts = (figure.layout.annotations as { text: string }[]).map(({ text }) => text);
    for (const text of ["rate", "optimizer", "momentum", "units", "val_accuracy", "0.001", "nadam", "0.9", "0.6"])
      expect(texts).toContain(text);
    expect(figure.description).toBe(
      "Parallel coordinates “A search” of 3 trials; the best has rate 0.01, optimizer sgd, momentum 0.25, units 50: val_accuracy 0.9",
    );
    expect(best.text).toContainEqual(expect.stringContaining("completed after 9 epochs"));
  });

  it("turns the objective round where smaller is better", () => {
    const smaller = { ...found, objective: { ...objective, metric: "val_loss", direction: "min" as const } };
    expect(parallelCoordinatesFigure(smaller).data.at(-1)!.name).toBe("trial 0");
  });

  it("draws a single trial, and refuses none", () => {
    const one = parallelCoordinatesFigure({ ...found, trials: [trials[1]] });
    expect((one.data[0].y as number[]).every(Number.isFinite)).toBe(true);
    expect(() => parallelCoordinatesFigure({ ...found, trials: [trials[2]] })).toThrow("no trial has a value");
    expect(() => parallelCoordinatesFigure(found, { titel: "" } as never)).toThrow("Did you mean 'title'?");
  });
});

describe("trialsTable", () => {
  it("has the best first, those without a value last, and empty cells for what a trial does not have", () => {
    const table = trialsTable(found) as unknown as { columns: string[]; values: unknown[][] };
    expect(table.columns).toEqual([
      ...["trial", "rate", "optimizer", "momentum", "units", "val_accuracy", "status", "epochs", "seconds"],
    ]);
    expect(table.values.map(([number]) => number)).toEqual([1, 3, 0, 2]);
    expect(table.values[1]).toEqual([3, 0.001, "nadam", "", 30, 0.7, "pruned", 3, 1.2]);
    expect(table.values[3]).toEqual([2, 0.02, "sgd", 0.9, 20, "", "diverged", 9, 1.2]);
  });

  it("refuses no trials", () => {
    expect(() => trialsTable({ ...found, trials: [] })).toThrow("expected a result of tune with trials");
  });
});
