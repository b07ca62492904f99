/**
 * Convolutions with padding "same" whose stride is larger than their filter: where pixels at the end are not needed at
 * all, the backend gives zeros. Those pixels are cut off before.
 */
import * as tf from "@tensorflow/tfjs";
import { type Kernel, replaceKernel } from "./wasm-kernel";

interface Inputs {
  readonly x: tf.Tensor4D;
  readonly filter: tf.Tensor4D;
}

interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: unknown;
}

export function registerTrimmedConvolutions(): void {
  for (const name of ["Conv2D", "FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2D"]) {
    replaceKernel(name, trimmed);
  }
}

const pair = (value: number | [number, number]): [number, number] =>
  typeof value === "number" ? [value, value] : value;

function trimmed(own: Kernel<Inputs, Attributes>): Kernel<Inputs, Attributes> {
  return (call) => {
    const { x, filter } = call.inputs;
    const [, height, width] = x.shape;
    const needed = call.attrs.pad === "same" ? neededPixels(call.inputs, call.attrs) : [height, width];
    if (needed[0] >= height && needed[1] >= width) return own(call);
    const [rows, columns] = [Math.min(height, needed[0]), Math.min(width, needed[1])];
    const cut = tf.slice(x, [0, 0, 0, 0], [-1, rows, columns, -1]);
    return own({ ...call, inputs: { ...call.inputs, x: cut, filter } });
  };
}

/** Height and width from the first to the last pixel that any position of the filter covers. */
function neededPixels({ x, filter }: Inputs, { strides, dilations }: Attributes): number[] {
  const stride = pair(strides);
  const dilation = pair(dilations ?? 1);
  return [0, 1].map((axis) => {
    const positions = Math.ceil(x.shape[1 + axis] / stride[axis]);
    return (positions - 1) * stride[axis] + (filter.shape[axis] - 1) * dilation[axis] + 1;
  });
}
