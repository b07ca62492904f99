/** What the backend's own kernels get wrong beyond plain values, and what no other backend can be asked about. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { onBackend, reals, references, useWasm } from "./helpers";

beforeAll(useWasm);

const tensor = <T extends tf.Tensor>(shape: number[]): T => tf.tensor(reals(shape).values, shape) as T;
const inner = (a: tf.Tensor, b: tf.Tensor): number => tf.sum(tf.mul(a, b)).dataSync()[0];

describe("a gradient is the adjoint of a linear operation: ⟨dy, A x⟩ = ⟨Aᵀ dy, x⟩", () => {
  it.each([
    [1, "same"],
    [2, "valid"],
    [2, "same"],
    [3, 1],
  ] as const)("average pooling, stride %d, padding %s", (stride, pad) => {
    const x = tensor<tf.Tensor4D>([2, 7, 6, 3]);
    const pool = (images: tf.Tensor): tf.Tensor => tf.avgPool(images as tf.Tensor4D, 3, stride, pad);
    const dy = tensor(pool(x).shape);
    expect(inner(tf.grad(pool)(x, dy), x)).toBeCloseTo(inner(dy, pool(x)), 4);
  });

  it.each([
    [1, [1, 2]],
    [1, [3, 2]],
    [2, [1, 1]],
  ] as const)("depthwise convolution, stride %d, dilations %s", (strides, [rows, columns]) => {
    const dilations: [number, number] = [rows, columns];
    const x = tensor<tf.Tensor4D>([2, 9, 8, 3]);
    const filter = tensor<tf.Tensor4D>([3, 2, 3, 2]);
    const y = tf.depthwiseConv2d(x, filter, strides, "same", "NHWC", dilations);
    const dy = tensor<tf.Tensor4D>(y.shape);
    // TensorFlow.js' gradient refuses dilations; the kernels can.
    const attributes = { strides, dilations, pad: "same" };
    const run = (name: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
      tf.engine().runKernel(name, inputs, { ...attributes, ...more });
    const dx = run("DepthwiseConv2dNativeBackpropInput", { dy, filter }, { inputShape: x.shape });
    const dw = run("DepthwiseConv2dNativeBackpropFilter", { x, dy }, { filterShape: filter.shape });
    expect(inner(dx, x)).toBeCloseTo(inner(dy, y), 3);
    expect(inner(dw, filter)).toBeCloseTo(inner(dy, y), 3);
  });
});

it("convolves images whose last pixels no filter reaches", async () => {
  const x = tensor<tf.Tensor4D>([1, 6, 15, 2]);
  const values = [x.dataSync(), reals([2, 2, 2, 3]).values] as const;
  const convolve = (kind: "conv2d" | "depthwiseConv2d") => {
    const images = tf.tensor(values[0].slice(), [1, 6, 15, 2]) as tf.Tensor4D;
    const filter = tf.tensor(values[1].slice(), [2, 2, 2, 3]) as tf.Tensor4D;
    return tf[kind](images, filter, 3, "same").arraySync();
  };
  for (const kind of ["conv2d", "depthwiseConv2d"] as const) {
    const wanted = await onBackend("cpu", () => convolve(kind));
    expect(tf.max(tf.abs(tf.sub(convolve(kind), wanted))).dataSync()[0]).toBeLessThan(1e-6);
  }
});

it("multiplies by a matrix and by the same numbers in another shape", () => {
  const b = tensor<tf.Tensor2D>([3, 8]);
  const reshaped = tf.reshape(b, [6, 4]) as tf.Tensor2D;
  const check = (a: tf.Tensor2D, factor: tf.Tensor2D) => {
    const columns = tf.unstack(factor, 1).map((column) => tf.sum(tf.mul(a, column), 1));
    const apart = tf.sub(tf.matMul(a, factor), tf.stack(columns, 1));
    expect(tf.max(tf.abs(apart)).dataSync()[0]).toBeLessThan(1e-5);
  };
  check(tensor([2, 3]), b);
  check(tensor([2, 6]), reshaped);
  check(tensor([5, 3]), b);
  check(tensor([5, 6]), reshaped);
});

it("gives the gradient of equal maxima to the first, as TensorFlow does", async () => {
  const gradient = () => {
    const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, "same");
    return Array.from(
      tf
        .grad(pool)(tf.zeros([1, 3, 3, 1]))
        .dataSync(),
    );
  };
  const found = gradient();
  expect(found).toEqual([1, 0, 1, 0, 0, 0, 1, 0, 1]);
  for (const reference of references) expect(await onBackend(reference, gradient)).toEqual(found);
});

it.each(["maxPool", "avgPool"] as const)("%s does not hide NaN", (kind) => {
  for (const at of [0, 1, 3]) {
    const x = tf.buffer([1, 2, 4, 1]);
    x.set(NaN, 0, at, 0, 0);
    x.set(NaN, 0, at < 2 ? 0 : 1, at, 0);
    const y = Array.from(tf[kind](x.toTensor() as tf.Tensor4D, 2, 2, "valid").dataSync());
    expect(y[at < 2 ? 0 : 1]).toBeNaN();
    expect(y[at < 2 ? 1 : 0]).toBe(0);
  }
});

it("keeps no tensors and no memory", () => {
  const x = tensor<tf.Tensor4D>([4, 8, 8, 3]);
  const filter = tensor<tf.Tensor4D>([3, 3, 3, 5]);
  const depthwise = tensor<tf.Tensor4D>([3, 3, 5, 2]);
  const weights = tensor<tf.Tensor2D>([160, 700]);
  const network = (f: tf.Tensor, d: tf.Tensor, w: tf.Tensor): tf.Scalar => {
    const first = tf.relu6(tf.conv2d(x, f as tf.Tensor4D, 1, "same"));
    const second = tf.depthwiseConv2d(tf.maxPool(first, 2, 2, "same"), d as tf.Tensor4D, 1, "same");
    const pooled = tf.avgPool(tf.clipByValue(second, -1, 1) as tf.Tensor4D, 2, 2, "same");
    const rows = tf.gather(tf.reshape(pooled, [4, -1]).slice([0, 0], [4, 40]), [0, 1, 0]);
    return tf.mean(tf.matMul(tf.tile(rows, [1, 4]), w as tf.Tensor2D));
  };
  const step = () => tf.dispose(tf.grads(network)([filter, depthwise, weights]));
  const memory = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  step();
  const before = { ...tf.memory(), heap: memory() };
  for (let i = 0; i < 300; i++) step();
  expect({ ...tf.memory(), heap: memory() }).toEqual(before);
});
