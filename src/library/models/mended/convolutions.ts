/**
 * Convolution layers that TensorFlow.js (4.22) cannot train: dilated ones (its fused operation has no gradient for them)
 * and causal ones, which it refuses when they run.
 */
import { dilatedDepthwise } from "../../engine/mended/dilated-convolutions";
import { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";

interface Convolution {
  readonly kernelSize: readonly number[];
  readonly strides: [number, number];
  readonly dilationRate: readonly number[];
  readonly dataFormat: "channelsFirst" | "channelsLast";
  readonly kernel: tf.LayerVariable;
  readonly depthwiseKernel: tf.LayerVariable;
  readonly pointwiseKernel: tf.LayerVariable;
  readonly bias: tf.LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
  padding: "valid" | "same" | "causal";
}

export function mendConvolutions(): void {
  trainDilated();
  measureDilatedDepthwise();
  padCausally();
}

type Convolve = (layer: Convolution, images: tf.Tensor4D, rates: [number, number]) => tf.Tensor;

/**
 * Dilated layers by the operations that have a gradient (see `engine/mended/dilated-convolutions.ts`). A dilated depthwise
 * layer of TensorFlow.js computes as if it were not dilated.
 */
function trainDilated(): void {
  computeDilated("Conv2D", ({ kernel, strides, padding }, images, rates) =>
    tf.conv2d(images, kernel.read() as tf.Tensor4D, strides, padding as "same", "NHWC", rates),
  );
  computeDilated("DepthwiseConv2D", ({ depthwiseKernel, padding }, images, rates) =>
    dilatedDepthwise(images, depthwiseKernel.read() as tf.Tensor4D, padding as "same", rates),
  );
  computeDilated("SeparableConv2D", ({ depthwiseKernel, pointwiseKernel, padding }, images, rates) => {
    const byChannel = dilatedDepthwise(images, depthwiseKernel.read() as tf.Tensor4D, padding as "same", rates);
    return tf.conv2d(byChannel, pointwiseKernel.read() as tf.Tensor4D, 1, "valid");
  });
}

function computeDilated(className: string, convolve: Convolve): void {
  const target = registeredClass(className);
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: Convolution, inputs: tf.Tensor | tf.Tensor[], kwargs: object) {
    const { dilationRate, activation, bias } = this;
    if (dilationRate.every((rate) => rate === 1)) return call.call(this, inputs, kwargs);
    const first = this.dataFormat === "channelsFirst";
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
      const sums = convolve(this, first ? tf.transpose(x, [0, 2, 3, 1]) : x, dilationRate as [number, number]);
      const y = bias ? tf.add(sums, bias.read()) : sums;
      return activation.apply(first ? tf.transpose(y, [0, 3, 1, 2]) : y);
    });
  });
}

/** Its output is also smaller than TensorFlow.js says, which counts the filter's own pixels alone. */
function measureDilatedDepthwise(): void {
  const target = registeredClass("DepthwiseConv2D");
  const shapeOf = methodOf(target, "computeOutputShape");
  replaceMethod(target, "computeOutputShape", function (this: Convolution, shape: tf.Shape) {
    const kernelSize = this.kernelSize.map((size, i) => (size - 1) * this.dilationRate[i] + 1);
    return shapeOf.call(Object.create(this, { kernelSize: { value: kernelSize } }), shape);
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
