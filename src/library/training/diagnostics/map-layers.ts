/** The layers of a network that give maps `[height, width, channels]`, and what comes out of them for one picture. */
import { list, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { layerPlaces } from "../../models/weights/weights-layout";

type Layer = tf.layers.Layer;

/** The picture as a batch of one; a tensor stays the caller's. @throws TypeError when it is not one picture. */
export function onePicture(owner: string, image: unknown): tf.Tensor4D {
  const tensor = image instanceof tf.Tensor ? image : Array.isArray(image) ? tf.tensor(image) : undefined;
  const { shape } = tensor ?? {};
  if (tensor && shape?.length === 3) return tf.cast(tf.expandDims<tf.Tensor4D>(tensor, 0), "float32");
  if (tensor && shape?.length === 4 && shape[0] === 1) return tf.cast(tensor as tf.Tensor4D, "float32");
  const received = shape ? `the shape [${shape.join(", ")}]` : show(image);
  throw new TypeError(`${owner}: image must be one picture [height, width, channels], received ${received}.`);
}

/** The layer of this name, one within a nested model too; without a name the last that gives maps. */
export function mapLayer(owner: string, model: tf.LayersModel, name: string | undefined): Layer {
  const withMaps = layerPlaces(model)
    .map(({ layer }) => layer)
    .filter((layer) => !("layers" in layer) && layer.getClassName() !== "InputLayer" && givesMaps(layer));
  const found = name === undefined ? withMaps.at(-1) : withMaps.find((layer) => layer.name === name);
  if (found) return found;
  if (withMaps.length === 0) throw new Error(`${owner}: no layer of the model gives maps [height, width, channels].`);
  const names = list(withMaps.map((layer) => layer.name));
  throw new Error(`${owner}: layer must be one that gives maps, received ${show(name)}; there are ${names}.`);
}

/** A layer that is used twice has no one shape; that is said when the model runs. */
function givesMaps(layer: Layer): boolean {
  return layer.inboundNodes.some(({ outputShapes }) => [outputShapes].flat(2).length === 4);
}

/** Runs `body` with the layer's output handed through `hear`. */
export function withOutputHeard<T>(layer: Layer, hear: (output: tf.Tensor) => tf.Tensor, body: () => T): T {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => hear([call(inputs, kwargs)].flat()[0]);
  try {
    return body();
  } finally {
    delete (layer as Partial<Layer>).call;
  }
}
