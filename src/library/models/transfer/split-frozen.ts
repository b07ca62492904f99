/** A model as a frozen base and the head that learns, so that the base need be run only once over the data. */
import { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { isRandomLayer } from "../weights/weights-layout";
import { inputsOf, isModel, layersBelow, leafLayers } from "./graph";
import { isFrozen, whyNotPure } from "./pure-layers";

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

/**
 * The same as layers: a model of them would add a second use to each, which `layer.output` then refuses to choose from.
 *
 * @param belongs whether a layer may be part of the base (default: it is frozen and not random).
 */
function frozenBase(model: tf.LayersModel, belongs: (layer: Layer) => boolean = isFixed): FrozenBase | undefined {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) return undefined;
  const chain: Layer[] = [];
  let tensor = model.outputs[0];
  while (![...layersBelow(tensor)].every(belongs)) {
    const inputs = inputsOf(tensor);
    if (inputs.length !== 1) return undefined;
    chain.unshift(tensor.sourceLayer);
    tensor = inputs[0];
  }
  const hasWeights = [...layersBelow(tensor)].some(({ weights }) => weights.length > 0);
  if (chain.length === 0 || !hasWeights) return undefined;
  return { base: tf.model({ inputs: model.inputs, outputs: tensor }), chain };
}

/** What may be kept of a model's frozen base. */
export interface PureBase {
  /** Its layers up to the first one that is not known to be pure; undefined when there are none. */
  readonly found: FrozenBase | undefined;
  /** Why not all of the frozen base is in it; undefined when all is. */
  readonly limit: string | undefined;
}

/** The part of a frozen base whose outputs can be kept. */
export function pureBase(model: tf.LayersModel): PureBase {
  const frozen = frozenBase(model);
  if (!frozen) return { found: undefined, limit: undefined };
  const found = frozenBase(model, (layer) => isFixed(layer) && whyNotPure(layer) === undefined);
  if (found?.chain.length === frozen.chain.length) return { found, limit: undefined };
  const reasons = [...layersBelow(frozen.base.outputs[0])].map(whyNotPure);
  return { found, limit: reasons.reverse().find((reason) => reason !== undefined) };
}

/** Whether the layer's output for an input stays the same in training, for all that is known of its weights. */
export function isFixed(layer: Layer): boolean {
  if (isModel(layer)) return leafLayers(layer).every(isFixed);
  return isFrozen(layer) && !isRandomLayer(layer);
}
