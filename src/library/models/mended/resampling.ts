/** Images made larger or smaller as Keras does, by products with fixed matrices, which have a gradient on every engine. */
import { tf } from "../../engine/tf";

export type Interpolation = "bilinear" | "nearest";

/**
 * Images `[batch, height, width, channels]` in another size. Pixels are squares whose centres lie at ½, 1½ …, as in
 * Keras 3 (TensorFlow's `half_pixel_centers`); TensorFlow.js' layers let the corners or the left edges meet.
 */
export function resample(images: tf.Tensor4D, [height, width]: [number, number], how: Interpolation): tf.Tensor4D {
  const [batch, rows, columns, channels] = images.shape;
  return tf.tidy(() => {
    const byRow = tf.reshape(images, [batch, rows, columns * channels]);
    const tall = tf.matMul(spread(matrix(rows, height, how), batch), byRow);
    const byColumn = tf.reshape(tall, [batch * height, columns, channels]);
    const wide = tf.matMul(spread(matrix(columns, width, how), batch * height), byColumn);
    return tf.reshape(wide, [batch, height, width, channels]);
  });
}

function spread(one: tf.Tensor2D, count: number): tf.Tensor3D {
  return tf.tile(tf.expandDims(one, 0), [count, 1, 1]) as tf.Tensor3D;
}

/** `[to, from]`: how much of each old row is in each new one. */
function matrix(from: number, to: number, how: Interpolation): tf.Tensor2D {
  const values = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const centre = ((row + 0.5) * from) / to;
    if (how === "nearest") {
      values[row * from + Math.min(from - 1, Math.floor(centre))] = 1;
      continue;
    }
    const place = Math.min(from - 1, Math.max(0, centre - 0.5));
    const below = Math.floor(place);
    const above = Math.min(from - 1, below + 1);
    values[row * from + below] += 1 - (place - below);
    values[row * from + above] += place - below;
  }
  return tf.tensor2d(values, [to, from]);
}

/** The part in the middle that has the proportions of the new size, brought to that size. */
export function cropAndResample(images: tf.Tensor4D, size: [number, number], how: Interpolation): tf.Tensor4D {
  const [, height, width] = images.shape;
  const rows = Math.max(1, Math.min(height, Math.trunc((width * size[0]) / size[1])));
  const columns = Math.max(1, Math.min(width, Math.trunc((height * size[1]) / size[0])));
  return resample(crop(images, [rows, columns]), size, how);
}

/** The part in the middle of that size. */
export function crop(images: tf.Tensor4D, [rows, columns]: [number, number]): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const start = [0, Math.floor((height - rows) / 2), Math.floor((width - columns) / 2), 0];
  return tf.slice(images, start as [number, number, number, number], [batch, rows, columns, channels]);
}
