/**
 * Gradients of a 2-D convolution, from the backend's fast products and convolutions (XNNPACK). Measured on one thread,
 * the gradient of the filter takes about 1.3 times as long as the forward pass, that of the input as long; the
 * backend's own loops for the latter take ten times as long.
 */
import * as tf from "@tensorflow/tfjs";
import { addKernel, emptyTensor, type Kernel, replaceKernel, valuesOf, zeroTensor } from "./wasm-kernel";
import { spread } from "./spread";

type Info = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

type FilterInputs = { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D };
type FilterAttributes = Attributes & { readonly filterShape: Shape4D };
type InputInputs = { readonly dy: tf.Tensor4D; readonly filter: tf.Tensor4D };
type InputAttributes = Attributes & { readonly inputShape: Shape4D };

export function registerConv2dGradients(): void {
  addKernel("Conv2DBackpropFilter", filterGradient);
  replaceKernel("Conv2DBackpropInput", inputGradient);
}

function infoOf(inputShape: Shape4D, filterShape: Shape4D, { strides, pad, dimRoundingMode }: Attributes): Info {
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
}

/** dx is dy, spread by the stride and padded, convolved with the filter turned by 180° and its channels exchanged. */
function inputGradient(own: Kernel<InputInputs, InputAttributes>): Kernel<InputInputs, InputAttributes> {
  return (call) => {
    const { dy, filter } = call.inputs;
    if (call.attrs.dataFormat === "NCHW") return own(call);
    const info = infoOf(call.attrs.inputShape, filter.shape, call.attrs);
    const turned: tf.Tensor4D = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(spread(dy, info), turned, 1, "valid");
  };
}

/** Products of about this many pixels of the batch keep their factors in the processor's cache. */
const PIXELS_AT_ONCE = 2048;

/**
 * dW[i, j, c, o] = Σ over samples b and pixels p, q of x[b, i + s p, j + s q, c] · dy[b, p, q, o]: a product of
 * matrices, taken over a few rows p at a time. With the samples last, the row (i, j, c) of the left factor is made of
 * whole pieces of x.
 */
const filterGradient: Kernel<FilterInputs, FilterAttributes> = ({ inputs, attrs }) => {
  const [x, dy] = [inputs.x, inputs.dy].map((each) => (attrs.dataFormat === "NCHW" ? channelsLast(each) : each));
  const info = infoOf(x.shape, attrs.filterShape, attrs);
  const images = samplesLast(x, info);
  const errors = tf.transpose(tf.reshape(dy, [info.batchSize, -1, info.outChannels]), [1, 0, 2]);
  const step = Math.max(1, Math.round(PIXELS_AT_ONCE / (info.outWidth * info.batchSize)));
  let sum: tf.Tensor = tf.zeros([info.filterHeight * info.filterWidth * info.inChannels, info.outChannels]);
  for (let row = 0; row < info.outHeight; row += step) {
    const rows: Rows = { from: row, to: Math.min(row + step, info.outHeight) };
    sum = tf.tidy(() => tf.add(sum, tf.matMul(patches(images, info, rows), errorsOf(errors, info, rows))));
  }
  return tf.reshape(sum, attrs.filterShape);
};

/** Rows of the output, from the first to before the last. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

const channelsLast = (images: tf.Tensor4D): tf.Tensor4D => tf.transpose(images, [0, 2, 3, 1]);

/** `[batch, height, width, channels]` → `[channels, height, width, batch]`, padded and cut to what the filter covers. */
function samplesLast(x: tf.Tensor4D, info: Info): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = coveredSize(info);
  const images = zeroTensor([channels, rows, columns, batch]);
  const [from, to] = [valuesOf(x), valuesOf(images)];
  const { top, left } = info.padInfo;
  const [plane, sample] = [rows * columns * batch, height * width * channels];
  for (let row = Math.max(0, top); row < Math.min(rows, height + top); row++) {
    for (let column = Math.max(0, left); column < Math.min(columns, width + left); column++) {
      const source = ((row - top) * width + column - left) * channels;
      const target = (row * columns + column) * batch;
      for (let c = 0; c < channels; c++) {
        const at = target + c * plane;
        for (let b = 0, read = source + c; b < batch; b++, read += sample) to[at + b] = from[read];
      }
    }
  }
  return images;
}

/** Height and width of the padded image from the first to the last pixel that any position of the filter covers. */
function coveredSize({ outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth }: Info): number[] {
  return [(outHeight - 1) * strideHeight + filterHeight, (outWidth - 1) * strideWidth + filterWidth];
}

/** What each place (i, j, c) of the filter meets: `[filterHeight · filterWidth · channels, rows · outWidth · batch]`. */
function patches(images: tf.Tensor, info: Info, { from, to }: Rows): tf.Tensor2D {
  const { filterHeight, filterWidth, inChannels, strideHeight, strideWidth, outWidth, batchSize } = info;
  const [height, width] = coveredSize(info);
  const places = filterHeight * filterWidth * inChannels;
  const matrix = emptyTensor([places, (to - from) * outWidth * batchSize]) as tf.Tensor2D;
  const [source, target] = [valuesOf(images), valuesOf(matrix)];
  // With a stride the pixels that one place meets are apart.
  const piece = strideWidth === 1 ? outWidth * batchSize : batchSize;
  let write = 0;
  for (let place = 0; place < places; place++) {
    const c = place % inChannels;
    const j = Math.floor(place / inChannels) % filterWidth;
    const i = Math.floor(place / inChannels / filterWidth);
    for (let row = from; row < to; row++) {
      let read = ((c * height + row * strideHeight + i) * width + j) * batchSize;
      for (let end = write + outWidth * batchSize; write < end; write += piece, read += strideWidth * batchSize) {
        target.set(source.subarray(read, read + piece), write);
      }
    }
  }
  return matrix;
}

/** The part of the errors `[pixels, batch, channels]` that belongs to some rows, as a matrix. */
function errorsOf(errors: tf.Tensor, { outWidth, batchSize, outChannels }: Info, { from, to }: Rows): tf.Tensor2D {
  const row = outWidth * batchSize;
  const matrix = emptyTensor([(to - from) * row, outChannels]) as tf.Tensor2D;
  valuesOf(matrix).set(valuesOf(errors).subarray(from * row * outChannels, to * row * outChannels));
  return matrix;
}
