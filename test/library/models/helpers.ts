/** What the tests of the models share. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

export const EXPECTED = join(__dirname, "../../expected/models");

/** Reads a file of Keras' values, made by test/expected/make_models.py. */
export function readExpected<T>(name: string): T {
  return JSON.parse(readFileSync(join(EXPECTED, `${name}.json`), "utf8")) as T;
}

/** Expects numbers within `tolerance` of the expected ones, relative for numbers above 1. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  label = "",
): void {
  expect(actual.length, label).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]));
    const where = `${label}[${i}]: ${actual[i]} instead of ${expected[i]}`;
    expect(Math.abs(actual[i] - expected[i]), where).toBeLessThanOrEqual(allowed);
  }
}

/** Mean and standard deviation. */
export function moments(values: ArrayLike<number>): { mean: number; standardDeviation: number } {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, standardDeviation: Math.sqrt(variance) };
}
