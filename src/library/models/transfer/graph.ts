/** A model's layers with the tensors between them, also where a layer is part of several models. */
import type { tf } from "../../engine/tf";

type Layer = tf.layers.Layer;
type Symbolic = tf.SymbolicTensor;

/** The tensors that went into the layer when it made `tensor`. */
export function inputsOf(tensor: Symbolic): readonly Symbolic[] {
  const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex ?? 0];
  // An input layer's node names its own tensor.
  return node && node.inboundLayers.length > 0 ? node.inputTensors : [];
}

/** Each layer of the model with its output there, inputs first. */
export function layerOutputs(model: tf.LayersModel): Map<Layer, Symbolic> {
  const found = new Map<Layer, Symbolic>();
  const visit = (tensor: Symbolic): void => {
    if (found.has(tensor.sourceLayer)) return;
    inputsOf(tensor).forEach(visit);
    found.set(tensor.sourceLayer, tensor);
  };
  model.outputs.forEach(visit);
  return found;
}

/** All layers that `tensor` depends on. */
export function layersBelow(tensor: Symbolic, found = new Set<Layer>()): Set<Layer> {
  if (found.has(tensor.sourceLayer)) return found;
  found.add(tensor.sourceLayer);
  for (const input of inputsOf(tensor)) layersBelow(input, found);
  return found;
}

/** Whether the layer is a model with layers of its own. */
export function isModel(layer: Layer): layer is tf.LayersModel {
  return Array.isArray((layer as Partial<tf.LayersModel>).layers);
}

/** The layers of a model that hold no others, in order; those of nested models in their place. */
export function leafLayers(model: tf.LayersModel): Layer[] {
  return model.layers.flatMap((layer) => (isModel(layer) ? leafLayers(layer) : [layer]));
}

export function isBatchNormalization(layer: Layer): boolean {
  return layer.getClassName() === "BatchNormalization";
}
