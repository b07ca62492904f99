import { describe, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import {
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  clipping,
  globalNorm,
  type NamedGradients,
} from "../../../src/library/techniques/clipping";
import { expectClose, expectNoLeakedTensors, readExpected } from "./helpers";

type Named = Record<string, (number | null)[]>;
interface Expected {
  cases: { way: "clipvalue" | "clipnorm" | "globalClipnorm"; limit: number; gradients: Named; clipped: Named }[];
}

const tensors = (named: Named): NamedGradients =>
  Object.fromEntries(Object.entries(named).map(([name, g]) => [name, tf.tensor1d(g.map((v) => v ?? NaN))]));

describe("clipping gives what Keras gives", () => {
  it.each(readExpected<Expected>("clipping").cases)(
    "$way $limit of $gradients",
    ({ way, limit, gradients, clipped }) => {
      tf.tidy(() => {
        const result = clipping("test", { [way]: limit })(tensors(gradients));
        expect(Object.keys(result)).toEqual(Object.keys(clipped));
        for (const [name, values] of Object.entries(clipped)) expectClose(result[name].dataSync(), values, 1e-7, name);
      });
    },
  );
});

it("gives the slide's numbers for [0.9, 100]", () => {
  tf.tidy(() => {
    const gradients = { w: tf.tensor1d([0.9, 100]) };
    expectClose(clipByValue(gradients, 1).w.dataSync(), [0.9, 1], 1e-7);
    expectClose(clipByNorm(gradients, 1).w.dataSync(), [0.00899964, 0.9999595], 5e-8);
    expectClose(clipByGlobalNorm(gradients, 1).w.dataSync(), [0.00899964, 0.9999595], 5e-8);
  });
});

it("a norm keeps the direction, a value does not; gradients within the limit stay the same to the last bit", () => {
  tf.tidy(() => {
    const long = { w: tf.tensor1d([3, 4]) };
    expectClose(clipByNorm(long, 1).w.dataSync(), [0.6, 0.8], 1e-7);
    expectClose(clipByValue(long, 1).w.dataSync(), [1, 1], 0);
    const short = { w: tf.tensor1d([0.1, -0.2]) };
    for (const clip of [clipByNorm, clipByValue, clipByGlobalNorm]) {
      expect(clip(short, 1).w.dataSync()).toEqual(short.w.dataSync());
    }
  });
});

it("an infinite gradient makes all others NaN under the global norm, so that the fault shows", () => {
  tf.tidy(() => {
    const clipped = clipByGlobalNorm({ a: tf.tensor1d([Infinity]), b: tf.tensor1d([1]) }, 1);
    expect([...clipped.a.dataSync(), ...clipped.b.dataSync()]).toEqual([NaN, NaN]);
  });
});

it("computes the norm of all gradients together", () => {
  tf.tidy(() => {
    expect(globalNorm({ a: tf.tensor1d([2, 3]), b: tf.tensor2d([[6]]) }).dataSync()[0]).toBe(7);
    expect(globalNorm({}).dataSync()[0]).toBe(0);
  });
});

it("leaks no tensors and leaves the gradients it was given", () => {
  const gradients = tensors({ a: [3, 4], b: [1, 2] });
  for (const way of ["clipvalue", "clipnorm", "globalClipnorm"]) {
    expectNoLeakedTensors(() => tf.dispose(clipping("test", { [way]: 1 })(gradients)));
  }
  expect(gradients.a.dataSync()).toEqual(new Float32Array([3, 4]));
  tf.dispose(gradients);
});

it("without a limit hands back the very same gradients", () => {
  const gradients = {};
  expect(clipping("test", {})(gradients)).toBe(gradients);
});

it("refuses two limits at once and limits of 0", () => {
  expect(() => clipping("sgd", { clipvalue: 1, clipnorm: 2 })).toThrow(
    "sgd: only one of clipvalue, clipnorm and globalClipnorm can be set, received clipvalue 1 and clipnorm 2.",
  );
  expect(() => clipping("sgd", { globalClipnorm: 0 })).toThrow("globalClipnorm must be a finite number greater than 0");
});
