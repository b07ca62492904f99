/**
 * Convolution layers that TensorFlow.js (4.22) cannot train: dilated ones (its fused operation has no gradient for them)
 * and causal ones, which it refuses when they run.
 */
import { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";

interface Convolution {
  readonly kernelSize: readonly number[];
  readonly strides: [number, number];
  readonly dilationRate: readonly number[];
  readonly dataFormat: "channelsFirst" | "channelsLast";
  readonly kernel: tf.LayerVariable;
  readonly bias: tf.LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
  padding: "valid" | "same" | "causal";
}

export function mendConvolutions(): void {
  trainDilated();
  padCausally();
}

/** A dilated `conv2d` layer by the operation that has a gradient (see `engine/mended/dilated-convolutions.ts`). */
function trainDilated(): void {
  const target = registeredClass("Conv2D");
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: Convolution, inputs: tf.Tensor | tf.Tensor[], kwargs: object) {
    const { dilationRate, strides, padding, activation, kernel, bias } = this;
    if (dilationRate.every((rate) => rate === 1)) return call.call(this, inputs, kwargs);
    const first = this.dataFormat === "channelsFirst";
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
      const images: tf.Tensor4D = first ? tf.transpose(x, [0, 2, 3, 1]) : x;
      const filter = kernel.read() as tf.Tensor4D;
      const rates = dilationRate as [number, number];
      const sums = tf.conv2d(images, filter, strides, padding as "valid" | "same", "NHWC", rates);
      const y = bias ? tf.add(sums, bias.read()) : sums;
      return activation.apply(first ? tf.transpose(y, [0, 3, 1, 2]) : y);
    });
  });
}

/** Output t of a causal `conv1d` layer sees the inputs up to t alone: the sequence gets zeros before its beginning. */
function padCausally(): void {
  const target = registeredClass("Conv1D");
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: Convolution, inputs: tf.Tensor | tf.Tensor[], kwargs: object) {
    if (this.padding !== "causal") return call.call(this, inputs, kwargs);
    const [size, rate] = [this.kernelSize[0], this.dilationRate[0]];
    const before: [number, number] = [(size - 1) * rate, 0];
    const none: [number, number] = [0, 0];
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const padded = tf.pad(x, this.dataFormat === "channelsFirst" ? [none, none, before] : [none, before, none]);
      return withPadding(this, "valid", () => call.call(this, padded, kwargs)) as tf.Tensor;
    });
  });
  const shapeOf = methodOf(target, "computeOutputShape");
  replaceMethod(target, "computeOutputShape", function (this: Convolution, shape: tf.Shape) {
    if (this.padding !== "causal") return shapeOf.call(this, shape);
    return withPadding(this, "same", () => shapeOf.call(this, shape));
  });
}

function withPadding<T>(layer: Convolution, padding: Convolution["padding"], body: () => T): T {
  const own = layer.padding;
  layer.padding = padding;
  try {
    return body();
  } finally {
    layer.padding = own;
  }
}
