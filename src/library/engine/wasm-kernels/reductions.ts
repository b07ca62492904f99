/**
 * Sums and means over the first axes, as in the gradients of biases and the statistics of batch normalization. The
 * backend transposes first; its average pooling, over one window that covers all rows, takes a tenth of the time.
 */
import * as tf from "@tensorflow/tfjs";
import { type Kernel, replaceKernel, valuesOf } from "./wasm-kernel";

interface Inputs {
  readonly x: tf.Tensor;
}

interface Attributes {
  readonly axis: number | number[] | null;
  readonly keepDims?: boolean;
}

/** For fewer numbers the two ways take as long. */
const SMALL = 16_384;

export function registerReductions(): void {
  replaceKernel<Inputs, Attributes>("Sum", (own) => ofNothing(overRows(own, (means, rows) => tf.mul(means, rows))));
  replaceKernel<Inputs, Attributes>("Mean", (own) => overRows(own, (means) => means));
}

/** The backend leaves the sum of no numbers unwritten. */
function ofNothing(sum: Kernel<Inputs, Attributes>): Kernel<Inputs, Attributes> {
  return (call) => {
    const result = sum(call);
    return call.inputs.x.size > 0 ? result : tf.zerosLike(result);
  };
}

function overRows(
  own: Kernel<Inputs, Attributes>,
  finish: (means: tf.Tensor, rows: number) => tf.Tensor,
): Kernel<Inputs, Attributes> {
  return (call) => {
    const { x } = call.inputs;
    const axes = tf.util.parseAxisParam(call.attrs.axis as number | number[], x.shape);
    const leading = axes.length < x.rank && axes.every((axis) => axis < axes.length);
    if (!leading || x.dtype !== "float32" || x.size < SMALL) return own(call);
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    const columns = x.size / rows;
    const means = tf.avgPool(tf.reshape(x, [1, rows, 1, columns]) as tf.Tensor4D, [rows, 1], 1, "valid");
    // Pooling makes something else of infinite sums.
    if (!valuesOf(means).every(Number.isFinite)) return own(call);
    const ones = call.attrs.keepDims ? axes.map(() => 1) : [];
    return tf.reshape(finish(means, rows), [...ones, ...x.shape.slice(axes.length)]);
  };
}
