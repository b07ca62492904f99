import { expect, it } from "vitest";
import { tf } from "../../../src/library/index";

const wrapped = () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 5 }) });

it("a mask that fits is taken", () => {
  const outputs = wrapped().apply(tf.zeros([4, 5, 3]), { mask: tf.ones([4, 5], "bool") }) as tf.Tensor;
  expect(outputs.shape).toEqual([4, 5, 5]);
});

it.each([
  [4, 6],
  [3, 5],
  [4, 1],
])("a mask of [%i, %i] beside four samples of five steps is refused (keras#22037)", (...shape) => {
  expect(() => wrapped().apply(tf.zeros([4, 5, 3]), { mask: tf.ones(shape, "bool") })).toThrow(
    /takes a mask of \[4, 5, …\] beside inputs of \[4, 5, 3\], and is reached by one of \[/,
  );
});
