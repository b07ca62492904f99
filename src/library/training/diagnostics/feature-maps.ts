/** What the convolutional layers of a network make of a picture, and the filters that make it. */
import { checkOptions, list, show } from "dnn-lab-core/check";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../../models/built";
import { layerPlaces } from "../../models/weights/weights-layout";
import { mapLayer, onePicture, withOutputHeard } from "./map-layers";

/** Options of {@link featureMaps}. */
export interface FeatureMapsOptions {
  /** Names of the layers; those within a nested model too (default: the last that gives maps). */
  layers?: readonly string[];
}

/** The maps of one layer: `maps[channel][row][column]`. */
export interface LayerMaps {
  /** Name of the layer. */
  readonly layer: string;
  /** One map a channel, each of the same height and width. */
  readonly maps: readonly (readonly (readonly number[])[])[];
}

/** What {@link featureMaps} found. */
export interface FeatureMaps {
  /** One entry a layer, in the order that was asked for. */
  readonly layers: readonly LayerMaps[];
  /** The picture as the model got it, `[height][width][channels]`. */
  readonly image: readonly (readonly (readonly number[])[])[];
}

/**
 * What layers put out for one picture, after their activation, with all layers in inference mode. The picture must be
 * prepared as in training (scaled, resized). Draw it with `featureMapsFigure`.
 *
 * @param image `[height, width, channels]`, or this with a 1 before it: a tensor, which stays the caller's, or arrays.
 * @throws Error when a layer gives no maps `[height, width, channels]`, or is used more than once.
 * @example const { layers, image } = await featureMaps(pictureModel, picture);
 */
export async function featureMaps(
  model: tf.LayersModel,
  image: tf.Tensor | readonly (readonly (readonly number[])[])[],
  options: FeatureMapsOptions = {},
): Promise<FeatureMaps> {
  const owner = "featureMaps";
  const { layers: names } = checkOptions(owner, options, { layers: true });
  if (names !== undefined && (!Array.isArray(names) || names.length === 0)) {
    throw new TypeError(`${owner}: layers must be a list of one name or more, received ${show(names)}.`);
  }
  checkBuilt(owner, model);
  if (model.inputs.length !== 1)
    throw new Error(`${owner}: the model must have one input, not ${model.inputs.length}.`);
  const layers = [...new Set((names ?? [undefined]).map((name) => mapLayer(owner, model, name)))];
  await useEngine();
  const heard = new Map<string, tf.Tensor4D>();
  const heardFrom = (layer: tf.layers.Layer) => (output: tf.Tensor) => {
    if (heard.has(layer.name)) throw new Error(`${owner}: layer '${layer.name}' is used more than once.`);
    heard.set(layer.name, tf.keep(output.clone() as tf.Tensor4D));
    return output;
  };
  try {
    return tf.tidy(() => {
      const picture = onePicture(owner, image);
      const run = layers.reduce<() => unknown>(
        (inner, layer) => () => withOutputHeard(layer, heardFrom(layer), inner),
        () => model.apply(picture, { training: false }),
      );
      run();
      return {
        layers: layers.map(({ name }) => ({ layer: name, maps: channelsFirst(tf.squeeze(heard.get(name)!, [0])) })),
        image: tf.squeeze<tf.Tensor3D>(picture, [0]).arraySync(),
      };
    });
  } finally {
    tf.dispose([...heard.values()]);
  }
}

/**
 * The filters of a convolutional layer, as the kernel has them: `maps[filter][row][column]`, each the mean over the
 * layer's input channels (the first layer of grey pictures has one). Draw them with `featureMapsFigure`.
 *
 * @param layer Its name, one within a nested model too (default: the first convolution of the model).
 * @throws Error when there is no such convolution in two dimensions.
 * @example const { layer, maps } = filtersOf(pictureModel);
 */
export function filtersOf(model: tf.LayersModel, layer?: string): LayerMaps {
  const owner = "filtersOf";
  checkBuilt(owner, model);
  const found = convolution(owner, model, layer);
  return tf.tidy(() => {
    const kernel = found.getWeights()[0] as tf.Tensor4D;
    const isDepthwise = /depthwise/i.test(found.getClassName());
    // A depthwise kernel is [height, width, channels, multiplier]: a filter for each channel and multiplier.
    const [height, width] = kernel.shape;
    const filters = isDepthwise ? tf.reshape(kernel, [height, width, -1]) : tf.mean(kernel, 2);
    return { layer: found.name, maps: channelsFirst(filters as tf.Tensor3D) };
  });
}

/** `[height, width, channels]` as one picture a channel. */
function channelsFirst(maps: tf.Tensor3D): number[][][] {
  return tf.transpose(maps, [2, 0, 1]).arraySync();
}

function convolution(owner: string, model: tf.LayersModel, name: string | undefined): tf.layers.Layer {
  const convolutions = layerPlaces(model)
    .map(({ layer }) => layer)
    .filter((layer) => /^(Conv2D|DepthwiseConv2D)$/.test(layer.getClassName()));
  const found = name === undefined ? convolutions[0] : convolutions.find((layer) => layer.name === name);
  if (found) return found;
  if (convolutions.length === 0) throw new Error(`${owner}: the model has no convolution in two dimensions.`);
  const names = list(convolutions.map((layer) => layer.name));
  throw new Error(
    `${owner}: layer must be a convolution in two dimensions, received ${show(name)}; there are ${names}.`,
  );
}
