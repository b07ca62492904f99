/**
 * Gradients of pooling. The backend's own go wrong: maxima that are not positive send their gradient to the first pixel
 * of the batch, and the average of a window that reaches over the border is divided by the size of the whole window,
 * while the forward pass divides by the number of pixels in it (TensorFlow.js' cpu backend does the same).
 */
import type * as tf from "@tensorflow/tfjs";
import { type Kernel, replaceKernel, valuesOf, zeroTensor } from "./wasm-kernel";
import { type Attributes2D, type Attributes3D, forEachWindow, type Pool, pool2D, pool3D } from "./windows";

interface Inputs {
  readonly dy: tf.Tensor;
  readonly input: tf.Tensor;
}

/** Values of the input, the errors and the gradient that is being summed. */
interface Values {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly dx: Float32Array;
}

/** Adds what a window, whose pixels have these numbers, gives to the gradient. */
type Spreading = (values: Values, channels: number, pixels: readonly number[], window: number) => void;

export function registerPoolGradients(): void {
  replaceKernel<Inputs, Attributes2D>("MaxPoolGrad", () => gradient(pool2D, maximum));
  replaceKernel<Inputs, Attributes2D>("AvgPoolGrad", () => gradient(pool2D, average));
  replaceKernel<Inputs, Attributes3D>("MaxPool3DGrad", () => gradient(pool3D, maximum));
  replaceKernel<Inputs, Attributes3D>("AvgPool3DGrad", () => gradient(pool3D, average));
}

function gradient<A>(poolOf: (input: tf.Tensor, attrs: A) => Pool, spreading: Spreading): Kernel<Inputs, A> {
  return ({ inputs: { dy, input }, attrs }) => {
    const pool = poolOf(input, attrs);
    const result = zeroTensor(input.shape, input.dtype);
    const values = { x: valuesOf(input), dy: valuesOf(dy), dx: valuesOf(result) };
    forEachWindow(pool, (pixels, window) => spreading(values, pool.channels, pixels, window));
    return result;
  };
}

/** The whole gradient to the first pixel that holds the maximum, as TensorFlow does. */
const maximum: Spreading = ({ x, dy, dx }, channels, pixels, window) => {
  for (let c = 0; c < channels && pixels.length > 0; c++) {
    let best = pixels[0] * channels + c;
    for (let i = 1; i < pixels.length; i++) {
      const at = pixels[i] * channels + c;
      if (x[at] > x[best]) best = at;
    }
    dx[best] += dy[window * channels + c];
  }
};

/** An equal share to each pixel. */
const average: Spreading = ({ dy, dx }, channels, pixels, window) => {
  const share = 1 / pixels.length;
  for (const pixel of pixels) {
    for (let c = 0; c < channels; c++) dx[pixel * channels + c] += dy[window * channels + c] * share;
  }
};
