/** Runs the same computation on several backends within one process. */
import * as tf from "@tensorflow/tfjs";
import { RandomStream } from "../../../../src/core/random";
import { loadNative } from "../../../../src/library/engine/native";
import { startWasm } from "../../../../src/library/engine/wasm";

/** Backends that can be compared with here; `native` only where TensorFlow's library is linked. */
export const references: readonly string[] = loadNative() === undefined ? ["cpu", "tensorflow"] : ["cpu"];

/** Makes the wasm engine the one that computes. */
export async function useWasm(): Promise<void> {
  const reason = tf.findBackend("wasm") ? void (await tf.setBackend("wasm")) : startWasm();
  if (reason !== undefined) throw new Error(reason);
}

export async function onBackend<T>(name: string, body: () => T | Promise<T>): Promise<T> {
  await tf.setBackend(name);
  try {
    return await body();
  } finally {
    await tf.setBackend("wasm");
  }
}

type Values = Float32Array | Int32Array | Uint8Array;

/** An input that is made anew on each backend. */
export interface Input {
  readonly shape: number[];
  readonly values: Values;
  readonly dtype: tf.DataType;
}

const random = new RandomStream(5);

/** Numbers from `low` to `high`. */
export function reals(shape: number[], low = -1, high = 1): Input {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.uniform(low, high));
  return { shape, values, dtype: "float32" };
}

export function integers(shape: number[], below: number): Input {
  const values = Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.integer(below));
  return { shape, values, dtype: "int32" };
}

const tensorOf = ({ values, shape, dtype }: Input): tf.Tensor => tf.tensor(values.slice(), shape, dtype);

export type Result = {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
};

const resultOf = (tensor: tf.Tensor): Result => ({
  shape: tensor.shape,
  dtype: tensor.dtype,
  values: Array.from(tensor.dataSync()),
});

export type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** An operation's result and its gradient for each real input, on the backend in use. */
export function valueAndGradients(operation: Operation, inputs: readonly Input[]): Result[] {
  return tf.tidy(() => {
    const tensors = inputs.map(tensorOf);
    const value = operation(...tensors);
    if (value.dtype !== "float32") return [resultOf(value)];
    const dy = tf.tensor(
      Float32Array.from({ length: value.size }, (_, i) => Math.sin(1.7 * i + 0.3)),
      value.shape,
    );
    const gradients = inputs.flatMap(({ dtype }, at) => {
      if (dtype !== "float32") return [];
      const ofOne = (one: tf.Tensor) => operation(...tensors.map((tensor, i) => (i === at ? one : tensor)));
      return [tf.grad(ofOne)(tensors[at], dy)];
    });
    return [value, ...gradients].map(resultOf);
  });
}

/** Largest difference of two results, relative to the largest number beyond 1; NaN and infinities must be the same. */
export function difference(a: Result, b: Result): number {
  if (a.shape.join() !== b.shape.join() || a.dtype !== b.dtype) return Infinity;
  const scale = a.values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
  return a.values.reduce((worst, value, i) => {
    const same = Object.is(value, b.values[i]) || value === b.values[i];
    const apart = same ? 0 : Math.abs(value - b.values[i]) / scale;
    return Math.max(worst, Number.isNaN(apart) ? Infinity : apart);
  }, 0);
}
