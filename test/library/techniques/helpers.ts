/** What the tests of the techniques share. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { tf } from "../../../src/library/engine/tf";

/** Reads a file of Keras' values, made by make_techniques.py and make_callbacks.py in test/expected. */
export function readExpected<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, "../../expected/techniques", `${name}.json`), "utf8")) as T;
}

/** Runs `step` once to warm up, then again, and expects as many tensors afterwards as before the second time. */
export function expectNoLeakedTensors(step: () => unknown): void {
  step();
  const before = tf.memory().numTensors;
  step();
  expect(tf.memory().numTensors).toBe(before);
}

/** Expects numbers within `tolerance` of the expected ones; null stands for NaN. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: readonly (number | null)[],
  tolerance: number,
  label = "",
): void {
  expect(actual.length, label).toBe(expected.length);
  expected.forEach((value, i) => {
    const where = `${label}[${i}]: ${actual[i]} instead of ${value}`;
    if (value === null) expect(actual[i], where).toBeNaN();
    else expect(Math.abs(actual[i] - value), where).toBeLessThanOrEqual(tolerance);
  });
}
