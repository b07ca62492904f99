/** Where a small change of the random numbers would go unseen by averages. */
import { expect, it } from "vitest";
import {
  nextSeed,
  randomState,
  RandomStream,
  setRandomSeed,
  setRandomState,
  withRandomSeed,
} from "../../src/core/random";
import type { RunFacts } from "../../src/core/run-facts";

/** A stream whose next 32 bits are all 0. */
const zero = { seed: 0, stream: 0, high: 0, low: 0 };
const facts = (): RunFacts => (globalThis as unknown as Record<symbol, RunFacts>)[Symbol.for("dnn-lab.facts")]!;

it("never gives 0 as a seed: TensorFlow would take it for none", () => {
  expect(RandomStream.at(zero).uint32()).toBe(0);
  setRandomState(zero);
  expect(nextSeed()).toBe(1);
});

it("gives seeds that fit into 31 bits", () => {
  setRandomSeed(3);
  const seeds = Array.from({ length: 20_000 }, () => nextSeed());
  expect(Math.min(...seeds)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...seeds)).toBeLessThanOrEqual(2 ** 31 - 1);
});

it("draws integers without modulo bias, also where 2³² is far from a multiple of the count", () => {
  const random = new RandomStream(5);
  const count = 3 * 2 ** 30;
  const draws = Array.from({ length: 6000 }, () => random.integer(count));
  const low = draws.filter((value) => value < 2 ** 30).length / draws.length;
  // A third; with the remainder folded back it would be a half.
  expect(Math.abs(low - 1 / 3)).toBeLessThan(0.03);
});

it("an inner seed is neither noted as the run's, nor does it move the outer stream", () => {
  setRandomSeed(42);
  const before = randomState();
  const inner = withRandomSeed(0, () => nextSeed());
  expect(facts().seed).toBe(42);
  expect(randomState()).toEqual(before);
  setRandomSeed(0);
  expect(nextSeed()).toBe(inner);
});

it("an inner seed is undone when the body throws", () => {
  setRandomSeed(42);
  const before = randomState();
  expect(() =>
    withRandomSeed(1, () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(randomState()).toEqual(before);
});

it("draws numbers from a range, its lower end included", () => {
  expect(RandomStream.at(zero).uniform(-3, 5)).toBe(-3);
  const random = new RandomStream(8);
  const same = new RandomStream(8);
  for (let i = 0; i < 1000; i++) expect(random.uniform(-3, 5)).toBe(-3 + 8 * same.uniform());
});

it.each([-1, 0.5, 2 ** 53])("setRandomSeed refuses %d by its own name", (seed) => {
  expect(() => setRandomSeed(seed)).toThrow("setRandomSeed: seed must be an integer at least 0 and at most");
});
