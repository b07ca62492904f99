/** The images over which a turned filter slides to give the gradient of a convolution's input. */
import type * as tf from "@tensorflow/tfjs";
import { valuesOf, zeroTensor } from "./wasm-kernel";

/**
 * dy `[batch, outHeight, outWidth, channels]` with its pixels as far apart as the stride puts them, on zeros:
 * `[batch, inHeight + f − 1, inWidth + f − 1, channels]` for a (dilated) filter of f pixels. Pixels from which no input
 * was read are left out.
 */
export function spread(dy: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): tf.Tensor4D {
  const [batch, outHeight, outWidth, channels] = dy.shape;
  const height = info.inHeight + info.effectiveFilterHeight - 1;
  const width = info.inWidth + info.effectiveFilterWidth - 1;
  const top = info.effectiveFilterHeight - 1 - info.padInfo.top;
  const left = info.effectiveFilterWidth - 1 - info.padInfo.left;
  const images = zeroTensor([batch, height, width, channels]) as tf.Tensor4D;
  const [from, to] = [valuesOf(dy), valuesOf(images)];
  for (let b = 0, read = 0; b < batch; b++) {
    for (let y = 0; y < outHeight; y++) {
      const row = y * info.strideHeight + top;
      for (let x = 0; x < outWidth; x++, read += channels) {
        const column = x * info.strideWidth + left;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const write = ((b * height + row) * width + column) * channels;
        for (let c = 0; c < channels; c++) to[write + c] = from[read + c];
      }
    }
  }
  return images;
}
