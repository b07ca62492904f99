/** Weights (moving statistics among them), states of stateful layers and seeds of a model, out and in. */
import { tf } from "../../engine/tf";
import { layerSeed, reseedLayer } from "../../models/layers/training-step";
import { layerPlaces } from "../../models/weights/weights-layout";
import type { WeightsState } from "./run-state";
import type { StoredTensor, TypedArray } from "./tensors";

export function readTensor(tensor: tf.Tensor): StoredTensor {
  return { shape: tensor.shape, values: tensor.dataSync() as TypedArray };
}

export function makeTensor({ values, shape }: StoredTensor, dtype: tf.DataType): tf.Tensor {
  return tf.tensor(values as Float32Array, [...shape], dtype);
}

/** Named for the reader of a file; the order is what counts, since TensorFlow.js numbers its names anew. */
export function weightsState(model: tf.LayersModel): WeightsState {
  return Object.fromEntries(variablesOf(model).map(([name, value], i) => [`${i} ${name}`, readTensor(value)]));
}

/** The weights, then the states of stateful recurrent layers. */
function variablesOf(model: tf.LayersModel): [name: string, variable: tf.Variable][] {
  const states = layerPlaces(model).flatMap(({ layer }) => {
    const { states_: own } = layer as { states_?: readonly tf.Variable[] | null };
    return layer.stateful ? (own ?? []) : [];
  });
  return [
    ...model.weights.map((weight): [string, tf.Variable] => [weight.name, weight.read() as tf.Variable]),
    ...states.map((variable): [string, tf.Variable] => [variable.name, variable]),
  ];
}

export function restoreWeights(model: tf.LayersModel, state: WeightsState): void {
  const saved = Object.values(state);
  tf.tidy(() =>
    variablesOf(model).forEach(([, variable], i) => {
      // Checkpoints of version 0.1 have no states.
      if (i < saved.length) variable.assign(makeTensor(saved[i], variable.dtype));
    }),
  );
}

export function seedsOf(model: tf.LayersModel): (number | null)[] {
  return layerPlaces(model).map(({ layer }) => layerSeed(layer) ?? null);
}

export function restoreSeeds(model: tf.LayersModel, seeds: readonly (number | null)[]): void {
  layerPlaces(model).forEach(({ layer }, i) => {
    const seed = seeds[i];
    if (typeof seed === "number") reseedLayer(layer, seed);
  });
}
