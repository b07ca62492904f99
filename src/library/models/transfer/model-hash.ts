/** A key for what a model computes. */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOfAll } from "dnn-lab-core/hash";
import { tf } from "../../engine/tf";
import { inputsOf, isModel, leafLayers } from "./graph";

type Symbolic = tf.SymbolicTensor;

/** Goes up when the library computes something else from the same configuration and weights. */
const VERSION = 2;

/**
 * SHA-256 of a model's layers, connections and weights, of the engine and of the versions that compute; names are left
 * out, so that two builds of one network agree. It tells models of pure layers apart (see `pure-layers.ts`).
 */
export function modelHash(model: tf.LayersModel): string {
  return hashOfAll("sha256", partsOf(model));
}

function* partsOf(model: tf.LayersModel): Generator<string | Uint8Array> {
  yield JSON.stringify([VERSION, tf.version.tfjs, tf.getBackend(), structure(model)]);
  for (const weight of leafLayers(model).flatMap(({ weights }) => weights)) {
    yield JSON.stringify([weight.shape, weight.dtype]);
    yield bytesOf(weight.read().dataSync());
  }
}

/** Layers with their configurations, and for each tensor between them which layer makes it of which tensors. */
function structure(model: tf.LayersModel): unknown {
  const layers = model.layers.map((layer) =>
    isModel(layer) ? structure(layer) : [layer.getClassName(), withoutNames(layer.getConfig())],
  );
  const places = new Map<tf.layers.Layer, number>(model.layers.map((layer, place) => [layer, place]));
  const numbers = new Map<string, number>();
  const tensors: unknown[] = [];
  const visit = (tensor: Symbolic): number => {
    const known = numbers.get(tensor.name);
    if (known !== undefined) return known;
    const inputs = inputsOf(tensor).map(visit);
    numbers.set(tensor.name, tensors.length);
    return tensors.push([places.get(tensor.sourceLayer), tensor.outputTensorIndex ?? 0, inputs]) - 1;
  };
  const inputs = model.inputs.map(visit);
  return { layers, inputs, outputs: model.outputs.map(visit), tensors };
}

/** Names are counted up with every layer that is made; whether a layer learns does not change what it computes. */
function withoutNames(config: unknown): unknown {
  if (Array.isArray(config)) return config.map(withoutNames);
  if (typeof config !== "object" || config === null) return config;
  const kept = Object.entries(config).filter(([key]) => key !== "name" && key !== "trainable");
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNames(value)]));
}
