/** A model as a frozen base and the head that learns, so that the base need be run only once over the data. */
import { tf } from "../../engine/tf";
import { BatchNormalization } from "../layers/batch-normalization";
import { checkBuilt } from "../built";
import { isRandomLayer } from "../weights/weights-layout";
import { inputsOf, isBatchNormalization, isModel, layersBelow, leafLayers } from "./graph";

type Layer = tf.layers.Layer;

/** What {@link splitFrozen} gives. */
export interface FrozenSplit {
  /** From the model's input to the last tensor that training does not change. */
  readonly base: tf.LayersModel;
  /** From there to the output. Both share their layers with the model. */
  readonly head: tf.LayersModel;
}

/**
 * The two parts of a model, or undefined when it has no such base: the head must be a chain of layers, and nothing below
 * it may learn or draw random numbers.
 *
 * @example
 * const parts = splitFrozen(addOnTop(freeze(base), [tf.layers.dense({ units: 10, activation: "softmax" })]));
 * const features = parts!.base.predict(images);
 */
export function splitFrozen(model: tf.LayersModel): FrozenSplit | undefined {
  checkBuilt("splitFrozen", model);
  const found = frozenBase(model);
  if (!found) return undefined;
  const { base, chain } = found;
  const input = tf.input({ shape: base.outputs[0].shape.slice(1) });
  const output = chain.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return { base, head: tf.model({ inputs: input, outputs: output, name: `${model.name}_head` }) };
}

/** A frozen base, and the layers above it, the lowest first. */
export interface FrozenBase {
  readonly base: tf.LayersModel;
  readonly chain: readonly Layer[];
}

/** The same as layers: a model of them would add a second use to each, which `layer.output` then refuses to choose from. */
export function frozenBase(model: tf.LayersModel): FrozenBase | undefined {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) return undefined;
  const chain: Layer[] = [];
  let tensor = model.outputs[0];
  while (![...layersBelow(tensor)].every(isFixed)) {
    const inputs = inputsOf(tensor);
    if (inputs.length !== 1) return undefined;
    chain.unshift(tensor.sourceLayer);
    tensor = inputs[0];
  }
  const hasWeights = [...layersBelow(tensor)].some(({ weights }) => weights.length > 0);
  if (chain.length === 0 || !hasWeights) return undefined;
  return { base: tf.model({ inputs: model.inputs, outputs: tensor }), chain };
}

/** Whether the layer's output for an input stays the same in training. */
function isFixed(layer: Layer): boolean {
  if (isModel(layer)) return leafLayers(layer).every(isFixed);
  // TensorFlow.js' own batch normalization follows the data even when it is frozen.
  if (isBatchNormalization(layer) && (!(layer instanceof BatchNormalization) || layer.learns())) return false;
  return layer.trainableWeights.length === 0 && !isRandomLayer(layer);
}
