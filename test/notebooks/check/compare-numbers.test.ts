import { describe, expect, it } from "vitest";
import { labelsAt } from "../../../src/notebooks/check/number-labels";
import { compareNumber, compareTrend, numbersIn } from "../../../src/notebooks/check/compare-numbers";

describe("numbersIn", () => {
  it("finds numbers that stand alone, with their labels", () => {
    const text = "loss: 0.3123 - val_accuracy: 0.8607, n = 42,000; conv2d_1 v1.2.3 −5e-4 NaN";
    const found = numbersIn(text);
    expect(found.numbers.map(({ value }) => value)).toEqual([0.3123, 0.8607, 42000, -5e-4, NaN]);
    expect(found.numbers.map(({ at }) => labelsAt(text, at)[0]).slice(0, 3)).toEqual(["loss", "val_accuracy", "n"]);
    expect(found.frame).toBe("loss: # - val_accuracy: #, n = #; conv2d_1 v1.2.3 # #");
  });

  it("leaves to the text what is no number: leading zeros, addresses, numbers without end", () => {
    expect(numbersIn("007 192.168.1.10 1e999 1e-999 0x1f 1234e567").numbers).toEqual([]);
    expect(numbersIn("[1. 2.5 .5]").numbers.map(({ value }) => value)).toEqual([1, 2.5, 0.5]);
  });

  it.each([
    ["top 5 accuracy: 0.9", ["top 5 accuracy", "accuracy"]],
    ["{'val_loss': 0.9", ["val_loss"]],
    ["acc (val) = 0.9", ["acc (val)"]],
    ["Genauigkeit für x: 0.9", ["Genauigkeit für x"]],
    ["a 1, b 0.9", ["b"]],
  ])("names the number of %s", (text, expected) => expect(labelsAt(text, text.lastIndexOf("0.9"))).toEqual(expected));
});

describe("compareNumber", () => {
  const ok = (ours: number, reference: number, rule?: object, more = {}) =>
    compareNumber({ ours, reference, ...more }, rule as never).ok;

  it("without a rule allows rounding of decimals, nothing of integers", () => {
    expect(ok(10, 10)).toBe(true);
    expect(ok(11, 10)).toBe(false);
    expect(ok(0.12345, 0.12346)).toBe(true);
    expect(ok(0.1234, 0.1236)).toBe(false);
    // One unit of the last written digit
    expect(ok(0.86, 0.87, undefined, { unit: 0.01 })).toBe(true);
    expect(ok(0.85, 0.87, undefined, { unit: 0.01 })).toBe(false);
    // … unless that is much of so short a number
    expect(ok(0.5, 0.6, undefined, { unit: 0.1 })).toBe(false);
    expect(ok(1e-12, 0)).toBe(true);
    expect(ok(3e-12, 8e-10)).toBe(false);
  });

  it.each([
    ["abs", 0.9, 1, { abs: 0.1 }, true],
    ["abs exceeded", 0.89, 1, { abs: 0.1 }, false],
    ["rel", 95, 100, { rel: 0.05 }, true],
    ["rel exceeded", 94, 100, { rel: 0.05 }, false],
    ["the wider of both", 94, 100, { rel: 0.05, abs: 10 }, true],
    ["min", 0.5, 9, { min: 0.5 }, true],
    ["min missed", 0.49, 0.49, { min: 0.5 }, false],
    ["max missed", 2, 2, { max: 1 }, false],
    ["better than the reference", 0.99, 0.5, { noWorse: 0.01 }, true],
    ["little worse", 0.49, 0.5, { noWorse: 0.01 }, true],
    ["worse", 0.48, 0.5, { noWorse: 0.01 }, false],
    ["lower is better", 0.1, 0.5, { noWorse: 0, better: "lower" }, true],
    ["higher is worse", 0.6, 0.5, { noWorse: 0.05, better: "lower" }, false],
    ["NaN", NaN, 0.5, { abs: 1 }, false],
    ["NaN against a minimum", NaN, 0.5, { min: 0 }, false],
    ["NaN no worse than", NaN, 0.5, { noWorse: 1 }, false],
    ["NaN as before", NaN, NaN, { abs: 0 }, true],
    ["infinity", Infinity, 1, { rel: 1 }, false],
  ])("%s", (_, ours, reference, rule, expected) => expect(ok(ours, reference, rule)).toBe(expected));

  it("compares with the spread over seeds: k·s·√(1 + 1/n) from the mean", () => {
    // mean 2, s = 1, n = 3: allowed 2 · 1 · √(4/3) = 2.309
    const samples = [1, 2, 3];
    expect(ok(4.3, 1, { seeds: 2 }, { samples })).toBe(true);
    expect(ok(4.32, 1, { seeds: 2 }, { samples })).toBe(false);
    expect(compareNumber({ ours: 1, reference: 1, samples: [1] }, { seeds: 2 }).words).toContain("holds 1 seeds");
  });

  it("says what is different in words", () => {
    expect(compareNumber({ ours: 0.8, reference: 0.9 }, { abs: 0.05 }).words).toBe(
      "0.8, reference 0.9: 0.1 less, allowed 0.05",
    );
  });
});

describe("compareTrend", () => {
  const trend = (values: number[], way: "up" | "down") => compareTrend(values, { name: undefined, trend: way }).ok;
  it("is Kendall's rank correlation with the order, at least 0.5", () => {
    expect(trend([1, 2, 3, 2.5, 4], "up")).toBe(true);
    expect(trend([3, 2, 2.5, 1], "down")).toBe(true);
    expect(trend([1, 2, 3], "down")).toBe(false);
    expect(trend([1, 3, 2, 1], "up")).toBe(false);
    expect(trend([1], "up")).toBe(false);
    expect(trend([1, NaN], "up")).toBe(false);
  });
});
