/**
 * Which layers are known to be pure: outside of training their output depends on their configuration, their weights and
 * their inputs alone. Only what such layers compute may be kept and used again.
 *
 * A list of what is known, by the identity of the code and not by names: a class of the user's own, one that a notebook's
 * cell has defined anew, or a method that was replaced may compute anything.
 */
import { tf } from "../../engine/tf";
import { BatchNormalization } from "../layers/batch-normalization";
import "../layers/multi-head-attention";
import "../layers/relu6";
import "../initialization/seeded";
import { isModel, leafLayers } from "./graph";

type Layer = tf.layers.Layer;
type Code = (...args: never[]) => unknown;

const PURE = [
  "InputLayer Dense Activation Flatten Reshape Permute RepeatVector Rescaling Resizing CenterCrop Embedding",
  "Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose SeparableConv2D DepthwiseConv2D",
  "Cropping2D UpSampling2D ZeroPadding2D",
  "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D",
  "GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D",
  "ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax",
  "Add Multiply Average Maximum Minimum Concatenate Dot",
  "BatchNormalization LayerNormalization MultiHeadAttention",
  "SimpleRNN GRU LSTM SimpleRNNCell GRUCell LSTMCell Bidirectional TimeDistributed",
].flatMap((names) => names.split(" "));

const { classNameMap } = tf.serialization.SerializationMap.getMap();

/** Class → the method that computes, as they were when the library was loaded. */
const KNOWN = new Map<unknown, Code>();
/** Activations that were there then; one given by the user as an object is not among them. */
const ACTIVATIONS = new Set<unknown>();

for (const name of PURE) know(classNameMap[name][0]);
// `tf.layers.reLU` makes the plain class, whose place in the registry ours has taken.
know(Object.getPrototypeOf(classNameMap.ReLU[0]));
for (const name of ["Model", "Sequential"]) know(classNameMap[name]?.[0] ?? tf.LayersModel);
for (const [entry] of Object.values(classNameMap)) {
  if (!isLayerClass(entry)) ACTIVATIONS.add(entry);
}

function know(entry: unknown): void {
  KNOWN.set(entry, (entry as { prototype: { call: Code } }).prototype.call);
}

function isLayerClass(entry: unknown): boolean {
  return (entry as { prototype: unknown }).prototype instanceof tf.layers.Layer;
}

/** The parts of a layer that are looked at. */
interface Parts {
  readonly call: Code;
  readonly _callHook?: unknown;
  readonly maskZero?: boolean;
  readonly stateful?: boolean;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly options?: { readonly dropout?: number };
  readonly activation?: object | null;
  readonly recurrentActivation?: object | null;
  readonly cell?: Layer;
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
}

/** Why a layer's outputs cannot be kept, in a few words; undefined when they can. */
export function whyNotPure(layer: Layer): string | undefined {
  const parts = layer as unknown as Parts;
  if (KNOWN.get(layer.constructor) !== parts.call) {
    return `'${layer.name}' (${layer.getClassName()}) may compute anything, since its code is not the library's`;
  }
  if (isModel(layer)) return firstReason(layer.layers);
  if (parts._callHook) return `'${layer.name}' has a call hook`;
  if (parts.maskZero) return `'${layer.name}' makes a mask`;
  if (parts.stateful) return `'${layer.name}' keeps states from batch to batch`;
  if ([parts.dropout, parts.recurrentDropout, parts.options?.dropout].some((rate) => (rate ?? 0) > 0)) {
    return `'${layer.name}' drops units at random`;
  }
  const unknown = [parts.activation, parts.recurrentActivation].find((one) => one && !isKnownActivation(one));
  if (unknown) return `the activation of '${layer.name}' is not the library's`;
  const held = [parts.cell, parts.layer, parts.forwardLayer, parts.backwardLayer];
  return firstReason(held.filter((one) => one !== undefined));
}

function firstReason(layers: readonly Layer[]): string | undefined {
  for (const layer of layers) {
    const reason = whyNotPure(layer);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function isKnownActivation(activation: object): boolean {
  return ACTIVATIONS.has(activation.constructor) && !Object.hasOwn(activation, "apply");
}

/** Whether nothing of the layer changes in training, and it is not random: it is frozen, or has nothing to learn. */
export function isFrozen(layer: Layer): boolean {
  if (isModel(layer)) return leafLayers(layer).every(isFrozen);
  if (layer instanceof BatchNormalization && layer.learns()) return false;
  return layer.trainableWeights.length === 0;
}

/** Whether a mask may begin in the layer, or in one that it holds. */
export function makesMask(layer: Layer): boolean {
  if (isModel(layer)) return leafLayers(layer).some(makesMask);
  const { maskZero, layer: held } = layer as unknown as Parts;
  if (layer.getClassName() === "Masking" || maskZero || (held && makesMask(held))) return true;
  return !KNOWN.has(layer.constructor) && layer.computeMask !== tf.layers.Layer.prototype.computeMask;
}
