/** Random changes of training images: each sample draws its own, anew at each step. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { statelessMask, statelessUniform, type Step } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import { randomTransform, type Transform } from "./transform";

/**
 * Mirrors each image left to right with probability 1/2 (`direction: "vertical"`: top to bottom; `"both"`: each way).
 * @example randomFlip()
 */
export function randomFlip(options: { direction?: "horizontal" | "vertical" | "both" } = {}): Transform {
  const { direction = "horizontal" } = checkOptions("randomFlip", options, { direction: true });
  const axes = { horizontal: [2], vertical: [1], both: [1, 2] }[direction];
  if (!axes)
    throw new TypeError(
      `randomFlip: direction must be one of 'horizontal', 'vertical', 'both', received ${show(direction)}.`,
    );
  return randomTransform(`randomFlip(${direction})`, ({ features, labels }, seed, step) => ({
    features: axes.reduce<tf.Tensor>(
      (images, axis) => flipSome(images, axis, seed(axis), step),
      features,
    ) as tf.Tensor4D,
    labels,
  }));
}

function flipSome(images: tf.Tensor, axis: number, seed: number, step: Step): tf.Tensor {
  const chosen = statelessMask([images.shape[0], 1, 1, 1], 0.5, seed, step);
  // images + chosen · (mirrored − images) would round; the masks are exactly 0 and 1.
  return tf.add(tf.mul(images, tf.sub(1, chosen)), tf.mul(tf.reverse(images, axis), chosen));
}

/**
 * Pads each image by `padding` pixels on all sides and cuts a piece of the old size out of it at a random place, for
 * CIFAR-10 usually 4 (He et al., 2015). Padded with zeros, or with the image mirrored at its edge.
 * @example randomCrop({ padding: 4, mode: "reflect" })
 */
export function randomCrop(options: { padding: number; mode?: "constant" | "reflect" }): Transform {
  const owner = "randomCrop";
  const { padding, mode = "constant" } = checkOptions(owner, options, { padding: true, mode: true });
  checkNumber(owner, "padding", padding, { integer: true, min: 1 });
  if (mode !== "constant" && mode !== "reflect") {
    throw new TypeError(`${owner}: mode must be one of 'constant', 'reflect', received ${show(mode)}.`);
  }
  return randomTransform(
    `randomCrop(${padding}, ${mode})`,
    ({ features, labels }, seed, step) => ({ features: cropped(features, padding, mode, seed, step), labels }),
    (shape) => {
      const most = Math.min(shape[0], shape[1]) - (mode === "reflect" ? 1 : 0);
      checkNumber(owner, "padding", padding, { max: most, fix: `The images are ${shape[0]} × ${shape[1]}.` });
      return shape;
    },
  );
}

/** Rows and then columns are picked by number: whole pixels, so exact. */
function cropped(
  images: tf.Tensor4D,
  padding: number,
  mode: "constant" | "reflect",
  seed: (use: number) => number,
  step: Step,
): tf.Tensor4D {
  const [samples, height, width, channels] = images.shape;
  const pair: [number, number] = [padding, padding];
  const around: [number, number][] = [[0, 0], pair, pair, [0, 0]];
  const padded = mode === "reflect" ? tf.mirrorPad(images, around, "reflect") : tf.pad(images, around);
  const tall = height + 2 * padding;
  const wide = width + 2 * padding;
  const rows = pick(padded.reshape([samples * tall, wide * channels]), samples, tall, height, padding, seed(0), step);
  const turned = tf.transpose(rows.reshape([samples, height, wide, channels]), [0, 2, 1, 3]);
  const columns = pick(
    turned.reshape([samples * wide, height * channels]),
    samples,
    wide,
    width,
    padding,
    seed(1),
    step,
  );
  return tf.transpose(columns.reshape([samples, width, height, channels]), [0, 2, 1, 3]) as tf.Tensor4D;
}

/** Of each sample's `available` lines, `wanted` from a random first one (0 to 2 · padding) on. */
function pick(
  lines: tf.Tensor,
  samples: number,
  available: number,
  wanted: number,
  padding: number,
  seed: number,
  step: Step,
): tf.Tensor {
  const first = tf.floor(tf.mul(statelessUniform([samples, 1], seed, step), 2 * padding + 1));
  const start = tf.add(first, tf.mul(tf.range(0, samples).expandDims(1), available));
  const numbers = tf.add(start, tf.range(0, wanted).expandDims(0));
  return tf.gather(lines, tf.cast(numbers.reshape([-1]), "int32") as tf.Tensor1D);
}

/**
 * Blanks a square of `size` pixels at a random place of each image; it may reach over the edge (DeVries and Taylor,
 * "Improved Regularization of Convolutional Neural Networks with Cutout", 2017, arXiv:1708.04552).
 * @param options.fill value of the blanked pixels (default 0; the mean of the data is usual after normalization).
 * @example cutout({ size: 8 })
 */
export function cutout(options: { size: number; fill?: number }): Transform {
  const { size, fill = 0 } = checkOptions("cutout", options, { size: true, fill: true });
  checkNumber("cutout", "size", size, { integer: true, min: 1 });
  checkNumber("cutout", "fill", fill);
  return randomTransform(`cutout(${size}, ${fill})`, ({ features, labels }, seed, step) => {
    const [samples, height, width] = features.shape;
    const inRows = within(samples, height, size, seed(0), step).reshape([samples, height, 1, 1]);
    const inColumns = within(samples, width, size, seed(1), step).reshape([samples, 1, width, 1]);
    const blank = tf.mul(inRows, inColumns);
    const kept = tf.mul(features, tf.sub(1, blank));
    return { features: (fill === 0 ? kept : tf.add(kept, tf.mul(blank, fill))) as tf.Tensor4D, labels };
  });
}

/** 1 at the `size` places around a random centre of each sample, else 0: [samples, length]. */
function within(samples: number, length: number, size: number, seed: number, step: Step): tf.Tensor {
  const centre = tf.floor(tf.mul(statelessUniform([samples, 1], seed, step), length));
  const first = tf.sub(centre, Math.floor(size / 2));
  const places = tf.range(0, length).expandDims(0);
  const after = tf.cast(tf.greaterEqual(places, first), "float32");
  return tf.mul(after, tf.cast(tf.less(places, tf.add(first, size)), "float32"));
}
