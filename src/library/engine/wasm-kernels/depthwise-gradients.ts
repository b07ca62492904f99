/** Gradients of a depthwise convolution, in which each channel has `multiplier` filters of its own. */
import * as tf from "@tensorflow/tfjs";
import { addKernel, type Kernel, valuesOf, zeroTensor } from "./wasm-kernel";
import { spread } from "./spread";

type Info = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

export function registerDepthwiseGradients(): void {
  addKernel("DepthwiseConv2dNativeBackpropFilter", filterGradient);
  addKernel("DepthwiseConv2dNativeBackpropInput", inputGradient);
}

function infoOf(
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, dilations, pad, dimRoundingMode }: Attributes,
): Info {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
}

/** dx is dy, spread by the stride and padded, convolved with the filters turned by 180°, summed over the multiplier. */
const inputGradient: Kernel<
  { readonly dy: tf.Tensor4D; readonly filter: tf.Tensor4D },
  Attributes & { readonly inputShape: Shape4D }
> = ({ inputs: { dy, filter }, attrs }) => {
  const info = infoOf(attrs.inputShape, filter.shape, attrs);
  const [height, width, channels, multiplier] = filter.shape;
  const turned = tf.reshape(tf.reverse(filter, [0, 1]), [height, width, channels * multiplier, 1]) as tf.Tensor4D;
  const dilations: [number, number] = [info.dilationHeight, info.dilationWidth];
  const each = tf.depthwiseConv2d(spread(dy, info), turned, 1, "valid", "NHWC", dilations);
  return multiplier === 1 ? each : tf.sum(tf.reshape(each, [...attrs.inputShape, multiplier]), 4);
};

/**
 * dW[i, j, c, m] = Σ over samples and pixels of what the place (i, j) of the filter meets, times dy. Products and sums of
 * whole tensors: measured, half the time of plain loops.
 */
const filterGradient: Kernel<
  { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D },
  Attributes & { readonly filterShape: Shape4D }
> = ({ inputs: { x, dy }, attrs }) => {
  const info = infoOf(x.shape, attrs.filterShape, attrs);
  const images = eachRepeated(x, info.outChannels / info.inChannels);
  const gradients: tf.Tensor[] = [];
  for (let i = 0; i < info.filterHeight; i++) {
    for (let j = 0; j < info.filterWidth; j++) {
      gradients.push(tf.tidy(() => tf.sum(tf.mul(metBy(i, j, images, info), dy), [0, 1, 2])));
    }
  }
  return tf.reshape(tf.stack(gradients), attrs.filterShape);
};

/** Each channel `times` times in a row. */
function eachRepeated(x: tf.Tensor4D, times: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (times === 1) return x;
  const repeated = tf.tile(tf.reshape(x, [batch, height, width, channels, 1]), [1, 1, 1, 1, times]);
  return tf.reshape(repeated, [batch, height, width, channels * times]);
}

/** The pixels that place (i, j) of the filter meets, `[batch, outHeight, outWidth, channels]`; zeros in the padding. */
function metBy(i: number, j: number, images: tf.Tensor4D, info: Info): tf.Tensor {
  const [batch, height, width, channels] = images.shape;
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const result = zeroTensor([batch, outHeight, outWidth, channels]);
  const [from, to] = [valuesOf(images), valuesOf(result)];
  const shift = j * info.dilationWidth - padInfo.left;
  const first = Math.max(0, Math.ceil(-shift / strideWidth));
  const end = Math.min(outWidth, Math.ceil((width - shift) / strideWidth));
  // Neighbours stay neighbours unless there is a stride.
  const piece = strideWidth === 1 ? Math.max(0, end - first) : 1;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < outHeight; y++) {
      const row = y * strideHeight + i * info.dilationHeight - padInfo.top;
      if (row < 0 || row >= height) continue;
      for (let x = first; x < end; x += piece) {
        const read = ((b * height + row) * width + x * strideWidth + shift) * channels;
        to.set(from.subarray(read, read + piece * channels), ((b * outHeight + y) * outWidth + x) * channels);
      }
    }
  }
  return result;
}
