/**
 * Pooling. The backend's average makes NaN −∞, its maximum that or leaves it out, and its maximum over voxels is never
 * less than 0.
 */
import * as tf from "@tensorflow/tfjs";
import { emptyTensor, type Kernel, replaceKernel, valuesOf } from "./wasm-kernel";
import { type Attributes3D, forEachWindow, pool3D } from "./windows";

type Inputs = { readonly x: tf.Tensor };

export function registerPooling(): void {
  replaceKernel<Inputs, object>("MaxPool", (own) => keepingNaN(own, ({ x }) => valuesOf(x).includes(NaN)));
  replaceKernel<Inputs, object>("AvgPool", (own) => keepingNaN(own, (_, y) => valuesOf(y).includes(-Infinity)));
  replaceKernel<Inputs, Attributes3D>("MaxPool3D", () => maximum3D);
}

/** NaN for each window with a NaN, looked for only when there is a sign of one. */
function keepingNaN(own: Kernel<Inputs>, suspicious: (inputs: Inputs, result: tf.Tensor) => boolean): Kernel<Inputs> {
  return (call) => {
    const result = own(call);
    if (!suspicious(call.inputs, result)) return result;
    const share = own({ ...call, inputs: { x: tf.cast(tf.isNaN(call.inputs.x), "float32") } });
    return tf.where(tf.greater(share, 0), NaN, result);
  };
}

const maximum3D: Kernel<Inputs, Attributes3D> = ({ inputs: { x }, attrs }) => {
  const pool = pool3D(x, attrs);
  const result = emptyTensor(pool.outShape, x.dtype);
  const [from, to] = [valuesOf(x), valuesOf(result)];
  forEachWindow(pool, (voxels, window) => {
    for (let c = 0; c < pool.channels; c++) {
      let best = -Infinity;
      for (const voxel of voxels) best = Math.max(best, from[voxel * pool.channels + c]);
      to[window * pool.channels + c] = best;
    }
  });
  return result;
};
