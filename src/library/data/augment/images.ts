/** Transforms of images that draw nothing: size and the normalization that a network expects. */
import { checkNumber, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { imageTransform, type Transform } from "./transform";

/**
 * Resizes images bilinearly, as Keras' `layers.Resizing` and `tf.image.resize` do: pixels are areas whose centres are
 * aligned (half-pixel centres), without smoothing when an image shrinks.
 *
 * Slides' statements: transfer-resize.
 * @param size height and width, or one number for both.
 * @example resize(96)
 */
export function resize(size: number | readonly [height: number, width: number]): Transform {
  const [height, width] = sizes("resize", size);
  return imageTransform(
    `resize(${height}, ${width})`,
    (images) => tf.image.resizeBilinear(images, [height, width], false, true),
    ([, , channels]) => [height, width, channels],
  );
}

/** x · scale + offset. @example rescaleImages(1 / 127.5, -1)  // 0 … 255 → −1 … 1, for MobileNetV2 */
export function rescaleImages(scale: number, offset = 0): Transform {
  checkNumber("rescaleImages", "scale", scale);
  checkNumber("rescaleImages", "offset", offset);
  return imageTransform(`rescaleImages(${scale}, ${offset})`, (images) => tf.add(tf.mul(images, scale), offset));
}

/**
 * (x − mean) / standardDeviation for each channel, such as the data set's own.
 *
 * @example standardizeImages({ mean: [125.3, 123.0, 113.9], standardDeviation: [63.0, 62.1, 66.7] })
 */
export function standardizeImages(options: {
  mean: readonly number[];
  standardDeviation: readonly number[];
}): Transform {
  const owner = "standardizeImages";
  const { mean, standardDeviation } = options;
  if (!Array.isArray(mean) || !Array.isArray(standardDeviation) || mean.length !== standardDeviation.length) {
    throw new TypeError(
      `${owner}: mean and standardDeviation must be arrays with one number a channel, received ${show(mean)} and ` +
        `${show(standardDeviation)}.`,
    );
  }
  mean.forEach((value: number) => checkNumber(owner, "mean", value));
  standardDeviation.forEach((value: number) => checkNumber(owner, "standardDeviation", value, { above: 0 }));
  return imageTransform(`${owner}(${mean.join(" ")}; ${standardDeviation.join(" ")})`, (images) =>
    tf.div(tf.sub(images, tf.tensor1d([...mean])), tf.tensor1d([...standardDeviation])),
  );
}

/**
 * What Keras' `preprocess_input` does for a network, to pixels red, green, blue from 0 to 255.
 *
 * @example train.map(resize(96), preprocessInput("mobilenet_v2"))
 */
export function preprocessInput(network: "mobilenet_v2" | "resnet50"): Transform {
  if (network === "mobilenet_v2") return rescaleImages(1 / 127.5, -1);
  if (network !== "resnet50") {
    throw new TypeError(
      `preprocessInput: network must be one of 'mobilenet_v2', 'resnet50', received ${show(network)}.`,
    );
  }
  // Blue, green, red, minus ImageNet's means.
  return imageTransform('preprocessInput("resnet50")', (images) =>
    tf.sub(tf.reverse(images, -1), tf.tensor1d([103.939, 116.779, 123.68])),
  );
}

/** One number twice, or the pair. */
export function sizes(owner: string, size: number | readonly [number, number]): readonly [number, number] {
  const pair = typeof size === "number" ? ([size, size] as const) : size;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`${owner}: size must be a number or [height, width], received ${show(size)}.`);
  }
  pair.forEach((each: number) => checkNumber(owner, "size", each, { integer: true, min: 1 }));
  return pair as unknown as readonly [number, number];
}
