/** Spaces of hyperparameters: what is drawn from them, their grids, and what is refused. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { type Domain, draw } from "../../../../src/library/training/tuning/domain";
import * as hp from "../../../../src/library/training/tuning/domains";
import { checkSpace, drawSettings, gridOf } from "../../../../src/library/training/tuning/search-space";

const drawn = (domain: Domain, count = 4000): number[] => {
  const random = new RandomStream(1);
  return Array.from({ length: count }, () => draw(domain, random) as number);
};
const share = (values: readonly number[], test: (value: number) => boolean): number =>
  values.filter(test).length / values.length;

describe("what is drawn", () => {
  it("lies in the range, with both ends of integers", () => {
    const units = drawn(hp.int(1, 5));
    expect([...new Set(units)].sort()).toEqual([1, 2, 3, 4, 5]);
    for (const value of [1, 5]) expect(share(units, (each) => each === value)).toBeCloseTo(0.2, 1);
    expect(new Set(drawn(hp.int(10, 100, { step: 30 })))).toEqual(new Set([10, 40, 70, 100]));
    expect(new Set(drawn(hp.uniform(0, 0.3, { step: 0.1 })))).toEqual(new Set([0, 0.1, 0.2, 0.3]));
  });

  it("takes orders of magnitude alike on a logarithmic scale", () => {
    const rates = drawn(hp.logUniform(1e-4, 1));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThan(1);
    expect(share(rates, (rate) => rate < 1e-2)).toBeCloseTo(0.5, 1);
    const units = drawn(hp.int(1, 1000, { log: true }));
    expect(Math.max(...units)).toBeLessThanOrEqual(1000);
    expect(share(units, (each) => each <= 31)).toBeCloseTo(0.5, 1);
    expect(share(drawn(hp.uniform(1e-4, 1)), (rate) => rate < 0.5)).toBeCloseTo(0.5, 1);
  });

  it("comes from the seed; more trials begin with the same ones", () => {
    const space = { units: hp.int(1, 50), rate: hp.logUniform(1e-4, 1) };
    const ten = drawSettings(space, 10, 7);
    expect(drawSettings(space, 4, 7)).toEqual(ten.slice(0, 4));
    expect(drawSettings(space, 10, 8)).not.toEqual(ten);
  });

  it("is never twice the same, and ends where the space does", () => {
    const space = { a: hp.choice(["x", "y"]), b: hp.int(1, 3) };
    const all = drawSettings(space, 100, 1);
    expect(all).toHaveLength(6);
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(6);
  });
});

describe("a grid", () => {
  it("has all settings, the last hyperparameter changing fastest", () => {
    expect(gridOf("tune", { layers: hp.int(1, 2), rate: hp.choice([0.1, 0.2]) })).toEqual([
      { layers: 1, rate: 0.1 },
      { layers: 1, rate: 0.2 },
      { layers: 2, rate: 0.1 },
      { layers: 2, rate: 0.2 },
    ]);
  });

  it("has one setting where a condition does not hold", () => {
    const space = {
      optimizer: hp.choice(["adam", "sgd"]),
      momentum: hp.when({ optimizer: "sgd" }, hp.choice([0, 0.9])),
      nesterov: hp.when({ optimizer: "sgd", momentum: 0.9 }, hp.choice([true, false])),
    };
    expect(gridOf("tune", checkSpace("tune", space))).toEqual([
      { optimizer: "adam", momentum: undefined, nesterov: undefined },
      { optimizer: "sgd", momentum: 0, nesterov: undefined },
      { optimizer: "sgd", momentum: 0.9, nesterov: true },
      { optimizer: "sgd", momentum: 0.9, nesterov: false },
    ]);
    const drawnOnes = drawSettings(space, 50, 1);
    expect(drawnOnes).toHaveLength(4);
    for (const { optimizer, momentum } of drawnOnes) expect(momentum !== undefined).toBe(optimizer === "sgd");
  });

  it("refuses what has no end", () => {
    expect(() => gridOf("tune", { rate: hp.logUniform(0.1, 1) })).toThrow(
      "tune: a grid needs a list of values, and space.rate has no end of them. Give it a step, list values with hp.choice, or take strategy: 'random'.",
    );
    expect(() => gridOf("tune", { rate: hp.uniform(0.1, 1) })).toThrow("no end");
    expect(() => gridOf("tune", { units: hp.int(1, 1e12) })).toThrow("no end");
    const wide = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`h${i}`, hp.int(1, 10)]));
    expect(() => gridOf("tune", wide)).toThrow("more than 100000 settings");
  });
});

describe("is refused", () => {
  it.each([
    [() => hp.choice([]), "at least one value, received []"],
    [() => hp.choice([1, 1]), "stands twice"],
    [() => hp.choice([{ units: 1 } as never]), "Give names, and let build make what they stand for"],
    [() => hp.int(1.5, 2), "low must be an integer"],
    [() => hp.int(5, 1), "high must be an integer at least 5, received 1"],
    [() => hp.int(0, 10, { log: true }), "low must be an integer at least 1, received 0"],
    [() => hp.int(1, 10, { log: true, step: 2 }), "cannot be given together"],
    [() => hp.int(1, 9, { steps: 2 } as never), "Did you mean 'step'?"],
    [() => hp.uniform(1, 1), "greater than 1, received 1"],
    [() => hp.logUniform(0, 1), "low must be a finite number greater than 0, received 0"],
    [() => hp.when({}, hp.int(1, 2)), "expected the values of other hyperparameters"],
    [() => hp.when({ a: 1 }, [1, 2] as never), "expected what hp.choice"],
    [() => checkSpace("tune", {}), "space must name at least one hyperparameter"],
    [() => checkSpace("tune", { units: [10, 20] as never }), "tune: space.units: expected what hp.choice"],
    [() => checkSpace("tune", { a: hp.when({ b: 1 }, hp.int(1, 2)), b: hp.int(1, 2) }), "does not stand before it"],
    [
      () => checkSpace("tune", { a: hp.choice(["x"]), b: hp.when({ a: "z" }, hp.int(1, 2)) }),
      `space.b depends on a being "z", but it is one of ["x"]`,
    ],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});
