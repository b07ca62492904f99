/**
 * Gradients of dilated convolutions, which TensorFlow.js (4.22) computes forwards only ("dilation rates greater than 1
 * are not yet supported in gradients"). Each place of the filter is a product of its own, of the part of the image that
 * it meets; so gradients of gradients come from the operations used here.
 */
import * as tf from "@tensorflow/tfjs";

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations?: number | [number, number] | null;
  readonly dataFormat?: "NHWC" | "NCHW";
}

type Info = tf.backend_util.Conv2DInfo;
type GradientFunction = tf.GradConfig["gradFunc"];

/** Puts gradients for dilations above 1 before TensorFlow.js' own. */
export function registerDilatedGradients(): void {
  replaceGradient("Conv2D", products(false));
  replaceGradient("DepthwiseConv2dNative", products(true));
}

/**
 * Dilates depthwise convolutions on the native engine: TensorFlow's own operation is dilated where oneDNN runs it, which
 * depends on the processor, and else an error.
 */
export function dilateNativeDepthwise(): void {
  const kernelName = "DepthwiseConv2dNative";
  const backendName = "tensorflow";
  const own = tf.getKernel(kernelName, backendName);
  if (!own) return;
  tf.unregisterKernel(kernelName, backendName);
  const kernelFunc: tf.KernelFunc = (call) => {
    const { x, filter } = call.inputs as unknown as { x: tf.Tensor4D; filter: tf.Tensor4D };
    const { pad, dilations } = call.attrs as unknown as Attributes;
    const rates: [number, number] = Array.isArray(dilations) ? dilations : [dilations ?? 1, dilations ?? 1];
    if (rates.every((rate) => rate === 1)) return own.kernelFunc(call);
    return tf.tidy(() => dilatedDepthwise(x, filter, pad, rates));
  };
  tf.registerKernel({ ...own, kernelFunc });
}

function replaceGradient(kernelName: string, dilated: GradientFunction): void {
  const own = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  const gradFunc: GradientFunction = (dy, saved, attributes) => {
    const { dilations, dataFormat } = attributes as unknown as Attributes;
    const plain = [dilations ?? 1].flat().every((dilation) => dilation === 1) || dataFormat === "NCHW";
    return plain ? own.gradFunc(dy, saved, attributes) : dilated(dy, saved, attributes);
  };
  tf.registerGradient({ ...own, gradFunc });
}

/** What one place of the filter contributes: to the filter's gradient, and to the gradient of the pixels it met. */
interface Place {
  /** `[pixels, channels]`, the input's pixels that the place met; `errors` as rows of the output's pixels. */
  filter(met: tf.Tensor2D, errors: tf.Tensor2D): tf.Tensor;
  /** `[pixels, channels]`. @param weights the filter at this place, `[channels, outputs]`. */
  input(errors: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor;
}

const FULL: Place = {
  filter: (met, errors) => tf.matMul(met, errors, true),
  input: (errors, weights) => tf.matMul(errors, weights, false, true),
};

/** Each channel has a filter of its own; errors `[pixels, channels · multiplier]`. */
const DEPTHWISE: Place = {
  filter: (met, errors) => tf.sum(tf.mul(tf.expandDims(met, 2), byChannel(errors, met.shape[1])), 0),
  input: (errors, weights) => tf.sum(tf.mul(byChannel(errors, weights.shape[0]), weights), 2),
};

const byChannel = (errors: tf.Tensor, channels: number): tf.Tensor =>
  tf.reshape(errors, [errors.shape[0], channels, -1]);

function products(depthwise: boolean): GradientFunction {
  const place = depthwise ? DEPTHWISE : FULL;
  return (dy, saved, attributes) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    const { strides, pad, dilations } = attributes as unknown as Attributes;
    const rates = dilations ?? 1;
    const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, strides, rates, pad, undefined, depthwise);
    const errors = tf.reshape(dy as tf.Tensor, [-1, info.outChannels]) as tf.Tensor2D;
    return {
      x: () => inputGradient(place, info, errors, filter),
      filter: () => filterGradient(place, info, errors, { x, shape: filter.shape }),
    };
  };
}

/** Rows and columns that padding adds before and after the image. */
function padding({ padInfo: { top, bottom, left, right } }: Info): [number, number][] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Row and column of the padded image where each place of the filter begins. */
function places({ filterHeight, filterWidth, dilationHeight, dilationWidth }: Info): [number, number][] {
  const rows = Array.from({ length: filterHeight }, (_, i) => i * dilationHeight);
  return rows.flatMap((row) =>
    Array.from({ length: filterWidth }, (_, j): [number, number] => [row, j * dilationWidth]),
  );
}

function filterGradient(
  place: Place,
  info: Info,
  errors: tf.Tensor2D,
  { x, shape }: { readonly x: tf.Tensor4D; readonly shape: number[] },
): tf.Tensor {
  const { batchSize, outHeight, outWidth, inChannels } = info;
  const images = tf.pad(x, padding(info));
  const parts = places(info).map(([row, column]) => {
    const met = tf.slice(images, [0, row, column, 0], [batchSize, outHeight, outWidth, inChannels]);
    return place.filter(tf.reshape(met, [-1, inChannels]), errors);
  });
  return tf.reshape(tf.stack(parts), shape);
}

function inputGradient(place: Place, info: Info, errors: tf.Tensor2D, filter: tf.Tensor4D): tf.Tensor {
  const { batchSize, outHeight, outWidth, inHeight, inWidth, inChannels } = info;
  const [, [top, bottom], [left, right]] = padding(info);
  const [height, width] = [top + inHeight + bottom, left + inWidth + right];
  const weights = tf.unstack(tf.reshape(filter, [-1, inChannels, filter.shape[3]])) as tf.Tensor2D[];
  const parts = places(info).map(([row, column], i) => {
    const part = tf.reshape(place.input(errors, weights[i]), [batchSize, outHeight, outWidth, inChannels]);
    const around: [number, number][] = [
      [0, 0],
      [row, height - outHeight - row],
      [column, width - outWidth - column],
      [0, 0],
    ];
    return tf.pad(part, around);
  });
  return tf.slice(tf.addN(parts), [0, top, left, 0], [batchSize, inHeight, inWidth, inChannels]);
}

/**
 * A dilated depthwise convolution as a sum over the places of the filter: TensorFlow's own operation cannot be dilated in
 * every graph on a CPU. Without strides, which go with no dilation.
 *
 * @param filter `[rows, columns, channels, multiplier]`; the result is `[batch, height, width, channels · multiplier]`.
 */
export function dilatedDepthwise(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  pad: Attributes["pad"],
  rates: [number, number],
): tf.Tensor4D {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, 1, rates, pad, undefined, true);
  const { batchSize, outHeight, outWidth, inChannels } = info;
  const images = tf.pad(x, padding(info));
  const weights = tf.unstack(tf.reshape(filter, [-1, inChannels, filter.shape[3]]));
  const parts = places(info).map(([row, column], i) => {
    const met = tf.slice(images, [0, row, column, 0], [batchSize, outHeight, outWidth, inChannels]);
    return tf.mul(tf.expandDims(met, 4), weights[i]);
  });
  return tf.reshape(tf.addN(parts), [batchSize, outHeight, outWidth, -1]) as unknown as tf.Tensor4D;
}
