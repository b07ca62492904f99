/** What the networks for images share: their options, their input, their top. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";

/** How images become vectors at the end: the mean or the largest value of each channel, or not at all. */
export type Pooling = "avg" | "max" | null;

/** Options of Keras' applications, with Keras' meanings. */
export interface ImageModelOptions {
  /** `[height, width, 3]`; default [224, 224, 3]. At least 32 pixels each way; `null` leaves a size open. */
  inputShape?: readonly [number | null, number | null, number];
  /** With the dense layer that classifies (default true); false for transfer learning. */
  includeTop?: boolean;
  /**
   * `"imagenet"` (default): the published weights, from `DNN_LAB_MODELS`, the cache or the official place; `null`: random
   * ones; else the path of a weights file.
   */
  weights?: string | null;
  /** Without top: `"avg"` or `"max"` pools each feature map to one number; `null` (default) leaves the maps. */
  pooling?: Pooling;
  /** Classes of the top (default 1000). */
  classes?: number;
  /** Activation of the top (default `"softmax"`); `null` gives logits. */
  classifierActivation?: "softmax" | "sigmoid" | null;
  /** Name of the model (default Keras'). */
  name?: string;
}

export type CheckedImageModel = Required<Omit<ImageModelOptions, "name">> & { readonly name: string | undefined };

export const IMAGE_MODEL_OPTIONS: OptionNames<ImageModelOptions> = {
  inputShape: true,
  includeTop: true,
  weights: true,
  pooling: true,
  classes: true,
  classifierActivation: true,
  name: true,
};
const SMALLEST = 32;

/** The options with their defaults; throws for what no network could be built from. `names` are those of all options. */
export function checkImageModel<T extends ImageModelOptions>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): CheckedImageModel {
  const {
    inputShape = [224, 224, 3],
    includeTop = true,
    weights = "imagenet",
    ...rest
  } = checkOptions<ImageModelOptions>(owner, options, names);
  const { pooling = null, classes = 1000, classifierActivation = "softmax", name } = rest;
  checkShape(owner, inputShape);
  checkBoolean(owner, "includeTop", includeTop);
  checkNumber(owner, "classes", classes, { integer: true, min: 1 });
  if (pooling !== null) checkOneOf(owner, "pooling", pooling, ["avg", "max"]);
  if (classifierActivation !== null) {
    checkOneOf(owner, "classifierActivation", classifierActivation, ["softmax", "sigmoid"]);
  }
  if (weights !== null && typeof weights !== "string") {
    throw new TypeError(`${owner}: weights must be "imagenet", null or the path of a file, received ${show(weights)}.`);
  }
  if (weights === "imagenet" && includeTop && classes !== 1000) {
    throw new RangeError(
      `${owner}: the ImageNet weights with top have 1000 classes, received classes: ${classes}. ` +
        "Use includeTop: false and a head of your own, or weights: null.",
    );
  }
  return { inputShape, includeTop, weights, pooling, classes, classifierActivation, name };
}

function checkShape(owner: string, shape: unknown): void {
  const fits =
    Array.isArray(shape) &&
    shape.length === 3 &&
    shape.slice(0, 2).every((size) => size === null || (Number.isInteger(size) && size >= SMALLEST)) &&
    Number.isInteger(shape[2]) &&
    shape[2] > 0;
  if (fits) return;
  throw new RangeError(
    `${owner}: inputShape must be [height, width, channels] with at least ${SMALLEST} pixels each way, received ` +
      `${show(shape)}.`,
  );
}

/** Adds the top, or the pooling, and makes the model. @param poolName Keras' names of the pooling layers, if it gives any */
export function finishImageModel(
  input: tf.SymbolicTensor,
  features: tf.SymbolicTensor,
  options: CheckedImageModel,
  { name, poolNames = {} }: { name: string; poolNames?: { avg?: string; max?: string } },
): tf.LayersModel {
  const { includeTop, pooling, classes, classifierActivation } = options;
  const pool = includeTop ? "avg" : pooling;
  let x = features;
  if (pool === "avg") x = apply(tf.layers.globalAveragePooling2d({ name: poolNames.avg }), x);
  if (pool === "max") x = apply(tf.layers.globalMaxPooling2d({ name: poolNames.max }), x);
  if (includeTop) {
    const activation = classifierActivation ?? "linear";
    x = apply(tf.layers.dense({ units: classes, activation, name: "predictions" }), x);
  }
  return tf.model({ inputs: input, outputs: x, name: options.name ?? name });
}

/** Applies a layer to one symbolic tensor. */
export function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}
