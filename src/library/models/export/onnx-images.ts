/** Convolutions, pooling and sizes of pictures in ONNX, whose channels come before rows and columns. */
import type { ForwardOperation } from "./forward-graph";
import { attributeOf, type OnnxBuilder, type Translation } from "./onnx-builder";

const CHANNELS_FIRST = [0, 3, 1, 2];
const CHANNELS_LAST = [0, 2, 3, 1];

type Two = readonly [number, number];

/** Rows and columns out of numbers for all four axes. */
const inner = (all: readonly number[]): Two => [all[1], all[2]];

function transposed(b: OnnxBuilder, name: string, perm: readonly number[]): string {
  return b.node("Transpose", [name], { perm });
}

/** Runs a node on pictures whose channels are last. */
function channelsFirst(b: OnnxBuilder, picture: string, body: (picture: string) => string): string {
  return transposed(b, body(transposed(b, picture, CHANNELS_FIRST)), CHANNELS_LAST);
}

interface Window {
  readonly kernel: Two;
  readonly strides: Two;
  readonly dilations: Two;
}

/** ONNX' `pads`: before rows and columns, then after them; as TensorFlow's padding of that name. */
function padsOf(operation: ForwardOperation, sizes: Two, { kernel, strides, dilations }: Window): number[] {
  const padding = attributeOf(operation, "padding", "VALID");
  if (padding === "VALID") return [0, 0, 0, 0];
  if (padding === "EXPLICIT") {
    const all = attributeOf<readonly number[]>(operation, "explicit_paddings", []);
    return [all[2], all[4], all[3], all[5]];
  }
  const totals = sizes.map((size, i) => {
    const needed = (Math.ceil(size / strides[i]) - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
    return Math.max(0, needed - size);
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, i) => total - before[i])];
}

const sizesOf = (b: OnnxBuilder, value: number): Two => [b.fixed(value, 1), b.fixed(value, 2)];

function windowOf(b: OnnxBuilder, operation: ForwardOperation): Window {
  const filter = operation.inputs[1];
  return {
    kernel: [b.fixed(filter, 0), b.fixed(filter, 1)],
    strides: inner(attributeOf(operation, "strides", [1, 1, 1, 1])),
    dilations: inner(attributeOf(operation, "dilations", [1, 1, 1, 1])),
  };
}

function checkLast(operation: ForwardOperation): void {
  const format = attributeOf(operation, "data_format", "NHWC");
  if (format !== "NHWC") throw new Error(`its data format is ${format}`);
}

function convolution(b: OnnxBuilder, operation: ForwardOperation): string {
  checkLast(operation);
  const [x, filter] = operation.inputs;
  const window = windowOf(b, operation);
  const group = b.fixed(x, 3) / b.fixed(filter, 2);
  const weights = transposed(b, b.name(filter), [3, 2, 0, 1]);
  return convolved(b, operation, weights, window, group);
}

function depthwise(b: OnnxBuilder, operation: ForwardOperation): string {
  checkLast(operation);
  const [, filter] = operation.inputs;
  const window = windowOf(b, operation);
  const [channels, multiplier] = [b.fixed(filter, 2), b.fixed(filter, 3)];
  const turned = transposed(b, b.name(filter), [2, 3, 0, 1]);
  const weights = b.node("Reshape", [turned, b.int64s([channels * multiplier, 1, ...window.kernel])]);
  return convolved(b, operation, weights, window, channels);
}

function convolved(
  b: OnnxBuilder,
  operation: ForwardOperation,
  weights: string,
  window: Window,
  group: number,
): string {
  const [x] = operation.inputs;
  const { kernel, strides, dilations } = window;
  const pads = padsOf(operation, sizesOf(b, x), window);
  return channelsFirst(b, b.name(x), (picture) =>
    b.node("Conv", [picture, weights], { kernel_shape: kernel, strides, dilations, pads, group }),
  );
}

/** The gradient of a convolution by its input, which is a transposed convolution. */
function transposedConvolution(b: OnnxBuilder, operation: ForwardOperation): string {
  checkLast(operation);
  const [, filter, x] = operation.inputs;
  const [output] = operation.outputs;
  const window = windowOf(b, operation);
  const { kernel, strides, dilations } = window;
  const [from, to] = [sizesOf(b, x), sizesOf(b, output)];
  const pads = padsOf(operation, to, window);
  const output_padding = to.map((size, i) => {
    const whole = (from[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
    return size - (whole - pads[i] - pads[i + 2]);
  });
  const weights = transposed(b, b.name(filter), [3, 2, 0, 1]);
  return channelsFirst(b, b.name(x), (picture) =>
    b.node("ConvTranspose", [picture, weights], { kernel_shape: kernel, strides, dilations, pads, output_padding }),
  );
}

const pooled =
  (op: "MaxPool" | "AveragePool"): Translation =>
  (b, operation) => {
    checkLast(operation);
    const [x] = operation.inputs;
    const kernel = inner(attributeOf(operation, "ksize", [1, 1, 1, 1]));
    const strides = inner(attributeOf(operation, "strides", [1, 1, 1, 1]));
    const pads = padsOf(operation, sizesOf(b, x), { kernel, strides, dilations: [1, 1] });
    const attributes = { kernel_shape: kernel, strides, pads, ...(op === "AveragePool" && { count_include_pad: 0 }) };
    return channelsFirst(b, b.name(x), (picture) => b.node(op, [picture], attributes));
  };

/** In inference mode: (x − mean) / √(variance + ε) · scale + offset, along the last axis. */
function batchNormalization(b: OnnxBuilder, operation: ForwardOperation): string[] {
  checkLast(operation);
  if (attributeOf(operation, "is_training", true)) throw new Error("it takes means of the batch, as in training");
  const [x, scale, offset, mean, variance] = operation.inputs.map((value) => b.name(value));
  const epsilon = attributeOf(operation, "epsilon", 1e-3);
  const deviation = b.node("Sqrt", [b.node("Add", [variance, b.floats([epsilon], [])])]);
  const factor = b.node("Div", [scale, deviation]);
  return [b.node("Add", [b.node("Mul", [b.node("Sub", [x, mean]), factor]), offset])];
}

const resized =
  (mode: "linear" | "nearest"): Translation =>
  (b, operation) => {
    const [x] = operation.inputs;
    const [height, width] = sizesOf(b, operation.outputs[0]);
    const [fromHeight, fromWidth] = sizesOf(b, x);
    const halves = attributeOf(operation, "half_pixel_centers", false);
    const corners = attributeOf(operation, "align_corners", false);
    const coordinates = corners ? "align_corners" : halves ? "half_pixel" : "asymmetric";
    const nearest = corners ? "round_prefer_ceil" : halves ? "round_prefer_ceil" : "floor";
    const scales = b.floats([1, 1, height / fromHeight, width / fromWidth]);
    return channelsFirst(b, b.name(x), (picture) =>
      b.node("Resize", [picture, "", scales], {
        ...{ mode, coordinate_transformation_mode: coordinates },
        ...(mode === "nearest" && { nearest_mode: nearest }),
      }),
    );
  };

export const IMAGE_OPERATIONS: Readonly<Record<string, Translation>> = {
  AvgPool: pooled("AveragePool"),
  Conv2D: convolution,
  Conv2DBackpropInput: transposedConvolution,
  DepthwiseConv2dNative: depthwise,
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  MaxPool: pooled("MaxPool"),
  ResizeBilinear: resized("linear"),
  ResizeNearestNeighbor: resized("nearest"),
};
