/** Gradients that TensorFlow.js lacks, against differences of values, on the native and on the WebAssembly engine. */
import { beforeAll, describe, expect, it } from "vitest";
import { createRequire } from "node:module";
import { tf } from "../../../../src/library/engine/tf";
import { useWasm } from "../wasm-kernels/helpers";

const STEP = 1e-2;

/** Numbers without a pattern that a wrong axis would hide. */
const values = (shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(1.7 * i)),
    shape,
  );

/** The sum of y cos(0.3 y), whose gradient in y is no constant. */
const weighted = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, tf.cos(tf.mul(y, 0.3))));

function difference(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number {
  return tf.tidy(() => {
    const scalar = (one: tf.Tensor) => weighted(f(one));
    const found = tf.grad(scalar)(x).dataSync();
    const numbers = Array.from(x.dataSync());
    const at = (i: number, by: number) =>
      scalar(tf.tensor(numbers.map((value, k) => (k === i ? value + by : value)), x.shape)).dataSync()[0]; // prettier-ignore
    return Math.max(...numbers.map((_, i) => Math.abs(found[i] - (at(i, STEP) - at(i, -STEP)) / (2 * STEP))));
  });
}

const pairs = tf.tensor2d([[1, 2], [1, 2], [3, 0]], [3, 2], "int32"); // prettier-ignore
const rows = tf.tensor2d([[1], [1], [3]], [3, 1], "int32");

const CASES: Record<string, [number[], () => (x: tf.Tensor) => tf.Tensor]> = {
  "einsum, left": [[2, 3, 4], () => (x) => tf.einsum("bij,bjk->bik", x, values([2, 4, 3]))],
  "einsum, right": [[2, 4, 3], () => (x) => tf.einsum("bij,bjk->bik", values([2, 3, 4]), x)],
  "einsum, with a sum over one factor": [[2, 3, 4], () => (x) => tf.einsum("bij,bk->k", x, values([2, 3]))],
  "einsum of one": [[2, 3, 4], () => (x) => tf.einsum("bij->ji", x)],
  topk: [[3, 5], () => (x) => tf.topk(x, 2).values],
  "stridedSlice, backwards": [[4, 5], () => (x) => tf.stridedSlice(x, [0, 4], [4, 0], [2, -2])],
  gatherND: [[4, 5], () => (x) => tf.gatherND(x, pairs)],
  scatterND: [[3], () => (x) => tf.scatterND(rows, x, [5])],
  depthToSpace: [[1, 2, 2, 8], () => (x) => tf.depthToSpace(x as tf.Tensor4D, 2)],
  "softmax over an inner axis": [[2, 3, 4], () => (x) => x.softmax(1)],
  "logSoftmax over the first axis": [[2, 3, 4], () => (x) => x.logSoftmax(0)],
};
for (const [pad, rates] of [
  ["valid", [2, 2]],
  ["same", [2, 1]],
  ["same", [1, 3]],
] as const) {
  const dilations = [...rates] as [number, number];
  const name = `${pad}, rates ${rates.join()}`;
  const [x, filter, depthwise] = [[2, 6, 5, 2], [3, 2, 2, 3], [3, 2, 2, 2]] as const; // prettier-ignore
  const conv = (a: tf.Tensor, w: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", dilations);
  const each = (a: tf.Tensor, w: tf.Tensor) =>
    tf.depthwiseConv2d(a as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", dilations);
  CASES[`dilated conv2d, images: ${name}`] = [[...x], () => (a) => conv(a, values([...filter]))];
  CASES[`dilated conv2d, filter: ${name}`] = [[...filter], () => (w) => conv(values([...x]), w)];
  CASES[`dilated depthwise, images: ${name}`] = [[...x], () => (a) => each(a, values([...depthwise]))];
  CASES[`dilated depthwise, filter: ${name}`] = [[...depthwise], () => (w) => each(values([...x]), w)];
}

function gradients(): void {
  it.each(Object.keys(CASES))("%s", (name) => {
    const [shape, f] = CASES[name];
    expect(difference(f(), values(shape))).toBeLessThan(2e-3);
  });

  it("25-where-gradient: a comparison chooses, and has no gradient itself", () => {
    const x = tf.tensor1d([1, -1]);
    const leaky = (one: tf.Tensor) => tf.sum(tf.where(tf.greater(one, 0), one, tf.mul(one, 0.1)));
    expect(Array.from(tf.grad(leaky)(x).dataSync())).toEqual([1, Math.fround(0.1)]);
    expect(() => tf.grad((one) => tf.mean(tf.cast(tf.greater(one, 0), "float32")))(x)).toThrow(
      /Cannot compute gradient/,
    );
  });

  it("passes no gradient through a whole number, as TensorFlow", () => {
    const product = (x: tf.Tensor) => tf.sum(tf.mul(tf.cast(tf.cast(x, "int32"), "float32"), x));
    expect(
      Array.from(
        tf
          .grad(product)(tf.tensor1d([1.5, -2.5]))
          .dataSync(),
      ),
    ).toEqual([1, -2]);
  });

  it("leaves no tensors behind", () => {
    const x = tf.tensor1d([1, -1]);
    const before = tf.memory().numTensors;
    tf.tidy(() => void tf.grad((one) => tf.sum(tf.where(tf.greater(one, 0), one, tf.square(one))))(x));
    expect(tf.memory().numTensors).toBe(before);
  });
}

describe("on the engine of the machine", gradients);

it("is there for tf.softmax as well", () => {
  const { softmax } = createRequire(__filename)("@tensorflow/tfjs") as { softmax: typeof tf.softmax };
  const columns = softmax([[1, 2], [1, 5]] as never, 0) as tf.Tensor; // prettier-ignore
  expect(Array.from(tf.sum(columns, 0).dataSync())).toEqual([1, expect.closeTo(1, 6)]);
  expect(() => softmax(tf.ones([2, 2]), 3)).toThrow(/dim/);
});

describe("on the WebAssembly engine", () => {
  beforeAll(useWasm);
  gradients();

  it("slices whole numbers and truth values with strides", () => {
    const x = tf.tensor1d([1, -2, 3, -4], "int32");
    expect(Array.from(tf.stridedSlice(x, [3], [0], [-2]).dataSync())).toEqual([-4, -2]);
    const truth = tf.stridedSlice(tf.tensor1d([1, 0, 1, 1], "bool"), [0], [4], [2]);
    expect([truth.dtype, ...truth.dataSync()]).toEqual(["bool", 1, 1]);
  });
});
