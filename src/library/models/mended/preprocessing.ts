/**
 * Preprocessing layers that compute otherwise in TensorFlow.js (4.22) than in Keras: `resizing` laid the corners of images
 * upon each other, took `cropToAspectRatio` for something else and told a shape without the batch; `centerCrop` cut one pixel beside the middle; bilinear
 * `upSampling2d` was shifted by half a pixel; `categoryEncoding` refused rows of several numbers.
 */
import { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";
import { crop, cropAndResample, type Interpolation, resample } from "./resampling";

interface Sized {
  readonly height: number;
  readonly width: number;
}
interface Resizing extends Sized {
  readonly interpolation: Interpolation;
  readonly cropToAspectRatio: boolean;
}
interface UpSampling {
  readonly size: [number, number];
  readonly interpolation: Interpolation;
  readonly dataFormat: string;
}
interface CategoryEncoding {
  readonly name: string;
  readonly numTokens: number;
  readonly outputMode: "oneHot" | "multiHot" | "count";
}
type Inputs = tf.Tensor | tf.Tensor[];

export function mendPreprocessing(): void {
  replaceMethod(registeredClass("Resizing"), "call", function (this: Resizing, inputs: Inputs) {
    const { height, width, interpolation, cropToAspectRatio } = this;
    const change = cropToAspectRatio ? cropAndResample : resample;
    return asBatch(inputs, (images) => change(images, [height, width], interpolation));
  });
  replaceMethod(
    registeredClass("Resizing"),
    "computeOutputShape",
    function (this: Sized, given: tf.Shape | tf.Shape[]) {
      const shape = (Array.isArray(given[0]) ? given[0] : given) as tf.Shape;
      return [...shape.slice(0, -3), this.height, this.width, shape.at(-1)];
    },
  );
  replaceMethod(registeredClass("CenterCrop"), "call", function (this: Sized, inputs: Inputs) {
    const size: [number, number] = [this.height, this.width];
    return asBatch(inputs, (images) => {
      const isLarge = images.shape[1] >= size[0] && images.shape[2] >= size[1];
      return isLarge ? crop(images, size) : cropAndResample(images, size, "bilinear");
    });
  });
  mendUpSampling();
  mendCategoryEncoding();
}

/** Images as float32, also a single one. */
function asBatch(inputs: Inputs, change: (images: tf.Tensor4D) => tf.Tensor4D): tf.Tensor {
  return tf.tidy(() => {
    const images = tf.cast([inputs].flat()[0], "float32");
    return images.rank === 3 ? tf.squeeze(change(tf.expandDims(images, 0)), [0]) : change(images as tf.Tensor4D);
  });
}

function mendUpSampling(): void {
  const target = registeredClass("UpSampling2D");
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: UpSampling, inputs: Inputs, options: object) {
    const { size, interpolation, dataFormat } = this;
    if (interpolation !== "bilinear") return call.call(this, inputs, options);
    return asBatch(inputs, (given) => {
      const first = dataFormat === "channelsFirst";
      const images = first ? tf.transpose(given, [0, 2, 3, 1]) : given;
      const larger = resample(images, [images.shape[1] * size[0], images.shape[2] * size[1]], "bilinear");
      return first ? tf.transpose(larger, [0, 3, 1, 2]) : larger;
    });
  });
}

function mendCategoryEncoding(): void {
  const target = registeredClass("CategoryEncoding");
  replaceMethod(target, "call", function (this: CategoryEncoding, inputs: Inputs) {
    return tf.tidy(() => encoded(this, tf.cast([inputs].flat()[0], "int32")));
  });
  replaceMethod(target, "computeOutputShape", function (this: CategoryEncoding, shape: tf.Shape) {
    const { outputMode, numTokens } = this;
    const places = outputMode === "oneHot" && shape.at(-1) !== 1 ? shape : shape.slice(0, -1);
    return [...(places.length > 0 ? places : shape), numTokens];
  });
}

function encoded({ name, numTokens, outputMode }: CategoryEncoding, numbers: tf.Tensor): tf.Tensor {
  const [least, most] = [tf.min(numbers).dataSync()[0], tf.max(numbers).dataSync()[0]];
  if (least < 0 || most >= numTokens) {
    throw new RangeError(
      `Layer '${name}' (categoryEncoding) takes whole numbers from 0 to ${numTokens - 1}, received ${least < 0 ? least : most}.`,
    );
  }
  const rows = tf.cast(tf.oneHot(numbers, numTokens), "float32");
  // A row of one number is the number.
  const axis = rows.rank - 2;
  if (outputMode === "oneHot") return numbers.rank > 1 && numbers.shape.at(-1) === 1 ? tf.squeeze(rows, [axis]) : rows;
  if (numbers.rank === 1) return rows;
  return outputMode === "count" ? tf.sum(rows, axis) : tf.max(rows, axis);
}
