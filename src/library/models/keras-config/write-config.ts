/** A model's configuration as Keras 3 writes it in `config.json`. */
import { tf } from "../../engine/tf";
import { kerasClassOf } from "../weights/weights-layout";
import {
  type KerasObject,
  NOT_IN_KERAS,
  OURS_ALONE,
  RECURRENT,
  RENAMED,
  SHARED_LAYERS,
  snakeKey,
  TAKES_LIST,
} from "./layer-table";
import { snakeKeys, valueToKeras } from "./values-to-keras";

type Layer = tf.layers.Layer;
type Config = Readonly<Record<string, unknown>>;
type Use = Layer["inboundNodes"][number];

/** What is used of TensorFlow.js' container. */
interface Container {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly inputs: readonly tf.SymbolicTensor[];
  readonly outputs: readonly tf.SymbolicTensor[];
  /** `name_ib-index` of the uses of layers that belong to this model; a layer may be used in others too. */
  readonly containerNodes: ReadonlySet<string>;
}

/** The configuration of a Sequential or functional model that is built. Throws for layers that Keras cannot have. */
export function modelToKeras(model: tf.LayersModel): KerasObject {
  return isSequential(model) ? sequentialToKeras(model) : functionalToKeras(model as unknown as Container & Layer);
}

const isModel = (layer: object): layer is tf.LayersModel => layer instanceof tf.LayersModel;
const isSequential = (layer: object): layer is tf.Sequential => layer instanceof tf.Sequential;

/** TensorFlow.js marks the weights of a frozen model, and not always its layers. */
function isTrainable(layer: Layer): boolean {
  const { _trainableWeights: own = [] } = layer as unknown as { _trainableWeights?: tf.LayerVariable[] };
  return layer.trainable && (own.length === 0 || own.some(({ trainable }) => trainable));
}

function sequentialToKeras(model: tf.Sequential): KerasObject {
  const [input] = model.inputs;
  const layers = model.layers.filter((layer) => layer.getClassName() !== "InputLayer").map(layerToKeras);
  const first = inputLayer(model.inputNames[0], input);
  const config = {
    name: model.name,
    trainable: model.trainable,
    layers: [first, ...layers],
    build_input_shape: input.shape,
  };
  return { module: "keras", class_name: "Sequential", config, registered_name: null };
}

function inputLayer(name: string, { shape, dtype }: tf.SymbolicTensor): KerasObject {
  const config = { batch_shape: shape, dtype, sparse: false, ragged: false, name, optional: false };
  return { module: "keras.layers", class_name: "InputLayer", config, registered_name: null };
}

function functionalToKeras(model: Container & Pick<Layer, "trainable">): KerasObject {
  const places = usePlaces(model);
  const placeOf = ({ sourceLayer, nodeIndex = 0, outputTensorIndex }: Symbolic): Place => [
    sourceLayer.name,
    places.get(keyOf(sourceLayer, nodeIndex)) ?? 0,
    outputTensorIndex ?? 0,
  ];
  const layers = allLayers(model).map((layer) => ({
    ...layerToKeras(layer),
    name: layer.name,
    inbound_nodes: usesIn(model, layer).map((use) => nodeToKeras(layer, use, placeOf)),
  }));
  // At the ends, Keras counts a functional model within from 1, for itself.
  const endOf = (tensor: Symbolic): Place => {
    const [name, use, output] = placeOf(tensor);
    const { sourceLayer } = tensor;
    return [name, isModel(sourceLayer) && !isSequential(sourceLayer) ? use + 1 : use, output];
  };
  const several = (tensors: readonly tf.SymbolicTensor[]) =>
    tensors.length === 1 ? endOf(tensors[0] as Symbolic) : tensors.map((tensor) => endOf(tensor as Symbolic));
  const { name, trainable, inputs, outputs } = model;
  const config = { name, trainable, layers, input_layers: several(inputs), output_layers: several(outputs) };
  return { module: "keras.src.models.functional", class_name: "Functional", config, registered_name: "Functional" };
}

/** Its layers, and the inputs that no output depends on, which TensorFlow.js passes over. */
function allLayers({ layers, inputs }: Container): Layer[] {
  const known = new Set(layers);
  return [...inputs.map(({ sourceLayer }) => sourceLayer).filter((layer) => !known.has(layer)), ...layers];
}

type Symbolic = tf.SymbolicTensor & { readonly outputTensorIndex?: number };
type Place = [layer: string, use: number, output: number];

const keyOf = (layer: Layer, index: number): string => `${layer.name}_ib-${index}`;

/** The uses of a layer within the model. */
function usesIn(model: Container, layer: Layer): Use[] {
  return layer.inboundNodes.filter(
    ({ inboundLayers }, i) => inboundLayers.length > 0 && model.containerNodes.has(keyOf(layer, i)),
  );
}

/** Each use's number in the file; models within have a first use for themselves here, which Keras does not write. */
function usePlaces(model: Container): Map<string, number> {
  const places = new Map<string, number>();
  for (const layer of model.layers) {
    let next = 0;
    layer.inboundNodes.forEach(({ inboundLayers }, i) => {
      const counts = !isModel(layer) || inboundLayers.length > 0;
      if (counts && model.containerNodes.has(keyOf(layer, i))) places.set(keyOf(layer, i), next++);
    });
  }
  return places;
}

function nodeToKeras(layer: Layer, use: Use, placeOf: (tensor: Symbolic) => Place) {
  const tensors = use.inputTensors.map((tensor) => ({
    class_name: "__keras_tensor__",
    config: { shape: tensor.shape, dtype: tensor.dtype, keras_history: placeOf(tensor as Symbolic) },
  }));
  const kwargs = callOptions(layer, use);
  const name = kerasClassOf(layer);
  if (RECURRENT.has(name) && tensors.length > 1) {
    if (isMasked(use.inputTensors[0])) {
      throw new Error(
        `saveModel: layer '${layer.name}' is called with an initial state on a masked sequence, where Keras forgets the mask. ` +
          "Save the weights with saveWeights, and build the model in Python with mask=.",
      );
    }
    return { args: tensors.slice(0, 1), kwargs: { ...kwargs, initial_state: tensors.slice(1) } };
  }
  // Attention to itself: Keras wants query and value.
  if (name === "MultiHeadAttention") return { args: tensors.length === 1 ? [tensors[0], tensors[0]] : tensors, kwargs };
  const takesList = tensors.length > 1 && (TAKES_LIST.has(name) || !SHARED_LAYERS.has(name));
  return { args: takesList ? [tensors] : tensors, kwargs };
}

/** Whether a mask reaches the tensor: from an embedding or a masking layer, by way of layers that hand it on. */
function isMasked({ sourceLayer, nodeIndex = 0 }: tf.SymbolicTensor): boolean {
  const { maskZero } = sourceLayer as { maskZero?: boolean };
  if (maskZero === true || sourceLayer.getClassName() === "Masking") return true;
  const { inboundLayers, inputTensors } = sourceLayer.inboundNodes[nodeIndex];
  return sourceLayer.supportsMasking && inboundLayers.length > 0 && inputTensors.some(isMasked);
}

function callOptions(layer: Layer, { callArgs }: Use): Config {
  const given = Object.entries((callArgs as Config | null) ?? {}).filter(
    ([name, value]) => name !== "initialState" && value !== undefined && value !== null,
  );
  const bad = given.find(([, value]) => typeof value !== "boolean" && typeof value !== "number");
  if (bad) throw new Error(`saveModel: layer '${layer.name}' is called with '${bad[0]}', which cannot be saved.`);
  const { useCausalMask } = layer.getConfig();
  const options = Object.fromEntries(given.map(([name, value]) => [snakeKey(name), value]));
  return useCausalMask === true ? { ...options, use_causal_mask: true } : options;
}

/** A layer, and those within it. */
export function layerToKeras(layer: Layer): KerasObject {
  if (layer.name.includes("/")) {
    throw new Error(
      `saveModel: layer '${layer.name}' has a "/" in its name, which Keras refuses. Give it another name.`,
    );
  }
  if (isModel(layer)) return modelToKeras(layer);
  const name = kerasClassOf(layer);
  if (NOT_IN_KERAS[name]) throw new Error(`saveModel: layer '${layer.name}' cannot be saved: ${NOT_IN_KERAS[name]}.`);
  const config = configOf(layer, layer.getConfig());
  const trainable = isTrainable(layer);
  if (name === "InputLayer") return keras("InputLayer", { ...config, ragged: false, optional: false });
  // f(x) = x above θ and 0 below, under another name.
  if (name === "ThresholdedReLU") {
    const { theta, ...rest } = config;
    return keras("ReLU", { ...rest, threshold: theta, trainable });
  }
  if (SHARED_LAYERS.has(name)) return keras(name, { ...config, trainable });
  return {
    module: null,
    class_name: name,
    config: { ...snakeKeys(layer.getConfig()), trainable, dtype: "float32" },
    registered_name: registeredName(layer),
  };
}

const keras = (name: string, config: Config): KerasObject => ({
  module: "keras.layers",
  class_name: name,
  config: { ...config, dtype: config.dtype ?? "float32" },
  registered_name: null,
});

/** As `tf.serialization.registerClass` has it; Keras' decorator `register_keras_serializable` makes the same. */
function registeredName(layer: Layer): string {
  return tf.serialization.getRegisteredName(layer.constructor as never);
}

/** TensorFlow.js writes the settings of the cell among them. */
const OF_RNN = new Set("name trainable returnSequences returnState goBackwards stateful unroll cell".split(" "));

function configOf(layer: Layer, config: Config): Record<string, unknown> {
  const className = kerasClassOf(layer);
  const renamed = RENAMED[className] ?? {};
  if (className === "MultiHeadAttention" && config.useCausalMask === true && layer.inboundNodes.length === 0) {
    throw new Error(`saveModel: layer '${layer.name}' has useCausalMask, which Keras has in the layer's call alone.`);
  }
  const kept = Object.entries(config).filter(
    ([key]) => (key in renamed || !OURS_ALONE.has(key)) && (className !== "RNN" || OF_RNN.has(key)),
  );
  const slides = className === "BatchNormalization" && config.kind === "slides";
  const entries = kept
    .filter(([key]) => !(slides && key === "alpha"))
    .map(([key, value]) => [renamed[key] ?? snakeKey(key), heldOr(layer, key, value)]);
  const converted = Object.fromEntries(entries) as Record<string, unknown>;
  return slides ? { ...converted, momentum: 1 - (config.alpha as number) } : converted;
}

/** Layers that a wrapper holds come from the layer itself: their own configuration says whether they are trained. */
function heldLayers(layer: Layer, key: string): Layer | readonly Layer[] | undefined {
  const parts = layer as unknown as { layer?: Layer; cell?: Layer; cells?: readonly Layer[]; forwardLayer?: Layer };
  if (key === "layer") return parts.forwardLayer ?? parts.layer;
  if (key === "cell") return parts.cell;
  return key === "cells" ? parts.cells : undefined;
}

function heldOr(layer: Layer, key: string, value: unknown): unknown {
  const held = heldLayers(layer, key);
  if (held === undefined) return valueToKeras(layer.name, key, value);
  return Array.isArray(held) ? held.map(layerToKeras) : layerToKeras(held as Layer);
}
