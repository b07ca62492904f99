/** One training at a time for a model, and one model for an optimizer. */
import type { tf } from "../../engine/tf";

const running = new WeakSet<tf.Variable>();
/** Optimizer → the weights of the model that it was used with first. */
const trained = new WeakMap<object, { readonly model: string; readonly weights: WeakSet<tf.Variable> }>();

const variables = (weights: readonly tf.LayerVariable[]): tf.Variable[] =>
  weights.map((weight) => weight.read() as tf.Variable);

/**
 * Runs a training of a model while no other one moves the same weights, since the two would mix.
 *
 * @throws Error when a training of the model, or of one that shares layers with it, is running.
 */
export async function whileTraining<T>(owner: string, model: tf.LayersModel, body: () => Promise<T>): Promise<T> {
  const weights = variables(model.trainableWeights);
  if (weights.some((weight) => running.has(weight))) {
    throw new Error(
      `${owner}: '${model.name}' is in training already (or shares trainable layers with a model that is). ` +
        "Await the first fit, then call the next.",
    );
  }
  for (const weight of weights) running.add(weight);
  try {
    return await body();
  } finally {
    for (const weight of weights) running.delete(weight);
  }
}

/**
 * Notes that a model is trained by its optimizer.
 *
 * @throws Error when the optimizer has trained another model: its step counter, schedule and slots belong to that one.
 */
export function claimOptimizer(owner: string, model: tf.LayersModel): void {
  const { optimizer } = model;
  const known = trained.get(optimizer);
  if (!known) {
    trained.set(optimizer, { model: model.name, weights: new WeakSet(variables(model.weights)) });
    return;
  }
  if (variables(model.trainableWeights).every((weight) => known.weights.has(weight))) return;
  throw new Error(
    `${owner}: the optimizer of '${model.name}' has trained other weights, those of '${known.model}'; its steps and moments ` +
      "belong to these. Compile each model with an optimizer of its own, and after adding layers with a new one.",
  );
}
