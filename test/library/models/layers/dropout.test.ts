import { expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { alphaDropout, dropout } from "../../../../src/library/models/layers/dropout";

const call = (layer: tf.layers.Layer, x: tf.Tensor) =>
  Array.from((layer.apply(x, { training: true }) as tf.Tensor).dataSync());

it("makes the layers of tf.layers, with their names", () => {
  expect(dropout({ rate: 0.2, name: "drop" }).getConfig()).toMatchObject({ name: "drop", rate: 0.2 });
  expect([dropout({ rate: 0 }).getClassName(), alphaDropout({ rate: 0 }).getClassName()]).toEqual([
    "Dropout",
    "AlphaDropout",
  ]);
});

it("draws from setRandomSeed, or from its own seed", () => {
  const x = tf.ones([5, 40]);
  const masks = (make: () => tf.layers.Layer, seed: number) => {
    setRandomSeed(seed);
    return call(make(), x);
  };
  for (const make of [dropout, alphaDropout]) {
    expect(masks(() => make({ rate: 0.5 }), 1)).toEqual(masks(() => make({ rate: 0.5 }), 1));
    expect(masks(() => make({ rate: 0.5 }), 1)).not.toEqual(masks(() => make({ rate: 0.5 }), 2));
    expect(masks(() => make({ rate: 0.5, seed: 8 }), 1)).toEqual(masks(() => make({ rate: 0.5, seed: 8 }), 2));
  }
});

it("rate 0 lets everything through", () => {
  expect(call(dropout({ rate: 0 }), tf.ones([2, 3]))).toEqual([1, 1, 1, 1, 1, 1]);
});

it.each([
  [{ rate: 1 }, RangeError, "rate must be a finite number at least 0 and less than 1, received 1."],
  [{ rate: 1.5 }, RangeError, "received 1.5"],
  [{ rate: -0.5 }, RangeError, "received -0.5"],
  [{ rate: NaN }, RangeError, "received NaN"],
  [{}, TypeError, "received undefined"],
  [{ rates: 0.5 }, TypeError, "unknown option 'rates'"],
  [{ rate: 0.5, seed: 1.5 }, RangeError, "seed must be an integer"],
])("refuses %o", (options, kind, message) => {
  for (const make of [dropout, alphaDropout]) {
    expect(() => make(options as never)).toThrow(kind as ErrorConstructor);
    expect(() => make(options as never)).toThrow(message);
  }
});
