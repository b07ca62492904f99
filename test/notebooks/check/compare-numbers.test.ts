import { describe, expect, it } from "vitest";
import { labelsAt } from "../../../src/notebooks/check/number-labels";
import { compareNumber, compareTrend, numbersIn, otherDigits } from "../../../src/notebooks/check/compare-numbers";

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
    expect(numbersIn("0.5e-999 nans info").numbers).toEqual([]);
  });

  it("reads every way of writing one, and the unit of its last digit", () => {
    const { numbers } = numbersIn("1,234,567 .255 1e5 1.5e-3 2E+3 0e5 12 -Infinity −inf +inf inf nan");
    const values = [1234567, 0.255, 1e5, 0.0015, 2000, 0, 12, -Infinity, -Infinity, Infinity, Infinity, NaN];
    expect(numbers.map(({ value }) => value)).toEqual(values);
    const units = [0, 0.001, 1e5, 1e-4, 1000, 1e5, 0];
    numbers.slice(0, units.length).forEach(({ unit }, i) => expect(unit).toBeCloseTo(units[i], 12));
  });

  it.each([
    ["9007199254740993", "9007199254740992", true],
    ["9,007,199,254,740,993", "9007199254740993", false],
    ["−9007199254740993", "-9007199254740992", true],
    ["−5", "-5", false],
    ["+5", "5", false],
    ["5", "6", false],
    ["1.5", "1.50", false],
    ["1.0", "1", false],
  ])("%s and %s are integers of other digits though equal as numbers: %s", (a, b, expected) =>
    expect(otherDigits(a, b)).toBe(expected),
  );

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
    expect(ok(0, 1e-12)).toBe(true);
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
    ["max", 1, 9, { max: 1 }, true],
    ["max missed", 2, 2, { max: 1 }, false],
    ["just no worse", 0.5, 0.5, { noWorse: 0 }, true],
    ["infinity as before", Infinity, Infinity, { abs: 0 }, true],
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
    // mean 4, s = 2: allowed 4.619
    expect(ok(8.6, 1, { seeds: 2 }, { samples: [2, 4, 6] })).toBe(true);
    expect(ok(8.63, 1, { seeds: 2 }, { samples: [2, 4, 6] })).toBe(false);
    expect(ok(0.1, 1, { seeds: 2 }, { samples: [0.1, 0.1, 0.1] })).toBe(true);
    expect(compareNumber({ ours: 1, reference: 1, samples: [1] }, { seeds: 2 }).words).toContain("holds 1 seeds");
    expect(compareNumber({ ours: 1, reference: 1 }, { seeds: 2 }).words).toContain("holds 0 seeds");
  });

  it("says what is different in words", () => {
    expect(compareNumber({ ours: 0.8, reference: 0.9 }, { abs: 0.05 }).words).toBe(
      "0.8, reference 0.9: 0.1 less, allowed 0.05",
    );
    const words = (ours: number, reference: number, rule?: object, samples?: number[]) =>
      compareNumber({ ours, reference, samples }, rule as never).words;
    expect(words(0.9, 0.8, { abs: 0.05 })).toBe("0.9, reference 0.8: 0.1 more, allowed 0.05");
    expect(words(12345678, 12345679)).toBe("12345678, reference 12345679: 1 less, allowed 0");
    expect(words(NaN, 0.5, { abs: 1 })).toBe("NaN, reference 0.5: not comparable, allowed 1");
    expect(words(2, 2, { max: 1 })).toBe("2, must be at most 1");
    expect(words(0.48, 0.5, { noWorse: 0.01 })).toBe("0.48 is worse than the reference 0.5 by 0.02, allowed 0.01");
    expect(words(8, 1, { seeds: 1 }, [1, 2, 3])).toBe(
      "8 is 6 from the mean 2 of 3 seeds, allowed 1.1547 (1 standard deviations)",
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
    expect(trend([1, 2], "up")).toBe(true);
    // Three more pairs rise than fall, of six; then two.
    expect(trend([2, 1, 3, 3], "up")).toBe(true);
    expect(trend([2, 1, 4, 3], "up")).toBe(false);
  });

  it("says in words where a sequence goes instead, and nothing where it keeps to the trend", () => {
    const verdict = (values: number[], way?: "up" | "down") => compareTrend(values, { name: undefined, trend: way });
    expect(verdict([3, 2, 1], "up").words).toBe("3 … 1 should go up, rank correlation with the order is -1");
    expect(verdict([1], "up").words).toBe("a trend needs at least two numbers, found 1");
    expect(verdict([1, 2], "up")).toEqual({ ok: true, words: "" });
    expect(verdict([2, 1])).toEqual({ ok: true, words: "" });
  });
});
