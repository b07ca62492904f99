/**
 * Where Keras 3 keeps each variable of a model in a `.weights.h5` file: `layers/<class>[_<count>]/vars/<number>`,
 * by the class of a layer and not by its name, with nested models and cells as groups within.
 */
import type { tf } from "../../engine/tf";
import { RANDOM_LAYER_NAMES } from "../initialization/seeded-layers";
import { toSnakeCase } from "./snake-case";

type Layer = tf.layers.Layer;

/** A layer's place in the file. */
export interface LayerPlace {
  readonly layer: Layer;
  /** Group of the layer, such as `layers/dense_1`. */
  readonly path: string;
  /** The layer's own variables, in Keras' order; they are `path`/vars/0, 1, 2 … */
  readonly variables: readonly tf.LayerVariable[];
}

/** TensorFlow.js' class name → Keras' where they differ. */
const KERAS_CLASS: Record<string, string> = { Model: "Functional" };

/** Layers that hold other layers: attribute in TensorFlow.js → in Keras. */
const CHILDREN: Record<string, string> = {
  cell: "cell",
  forwardLayer: "forward_layer",
  backwardLayer: "backward_layer",
  layer: "layer",
};

/** The layers of a model and all that they hold, in the file's order. */
export function layerPlaces(model: tf.LayersModel): LayerPlace[] {
  return [...listPlaces(model.layers, "layers/", new Set())];
}

/** The same layers, each once, for who does not ask for their places; quick enough for each call of `fit`. */
export function layersWithin(model: tf.LayersModel): ReadonlySet<Layer> {
  const found = new Set<Layer>();
  const add = (layer: Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    const { layers, cells } = layer as { layers?: readonly Layer[]; cells?: readonly Layer[] };
    (layers ?? cells ?? childrenOf(layer).map(([, child]) => child)).forEach(add);
  };
  model.layers.forEach(add);
  return found;
}

function* listPlaces(layers: readonly Layer[], prefix: string, visited: Set<Layer>): Generator<LayerPlace> {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const name = uniqueName(toSnakeCase(kerasClassOf(layer)), counts);
    yield* places(layer, `${prefix}${name}`, visited);
  }
}

function* places(layer: Layer, path: string, visited: Set<Layer>): Generator<LayerPlace> {
  if (visited.has(layer)) return;
  visited.add(layer);
  const inner = (layer as Partial<tf.LayersModel>).layers;
  if (inner) {
    yield { layer, path, variables: [] };
    return yield* listPlaces(inner, `${path}/layers/`, visited);
  }
  const { cells } = layer as { cells?: readonly Layer[] };
  if (cells) {
    yield { layer, path, variables: [] };
    return yield* listPlaces(cells, `${path}/cells/`, visited);
  }
  const parts = (layer as { kerasParts?(): Record<string, tf.LayerVariable[]> }).kerasParts?.();
  if (parts) {
    for (const [name, variables] of Object.entries(parts)) yield { layer, path: `${path}/${name}`, variables };
    return;
  }
  const children = childrenOf(layer);
  const held = new Set(children.flatMap(([, child]) => child.weights));
  yield { layer, path, variables: kerasWeights(layer).filter((variable) => !held.has(variable)) };
  for (const [name, child] of children) yield* places(child, `${path}/${name}`, visited);
}

function childrenOf(layer: Layer): [name: string, child: Layer][] {
  const parts = layer as unknown as Record<string, Layer | undefined>;
  const children: [name: string, child: Layer][] = [];
  for (const attribute in CHILDREN) {
    const child = parts[attribute];
    if (Array.isArray(child?.weights)) children.push([CHILDREN[attribute], child as Layer]);
  }
  return children;
}

/** The variables of a layer that Keras has too; a layer with others of its own names them (`kerasWeights`). */
export function kerasWeights(layer: Layer): tf.LayerVariable[] {
  return (layer as { kerasWeights?(): tf.LayerVariable[] }).kerasWeights?.() ?? layer.weights;
}

/** Keras' class name of a layer. */
export function kerasClassOf(layer: Layer): string {
  const name = layer.getClassName();
  return KERAS_CLASS[name] ?? name;
}

/** Whether the layer draws random numbers in training. */
export function isRandomLayer(layer: Layer): boolean {
  return RANDOM_LAYER_NAMES.includes(layer.getClassName());
}

function uniqueName(name: string, counts: Map<string, number>): string {
  const count = counts.get(name);
  counts.set(name, (count ?? -1) + 1);
  return count === undefined ? name : `${name}_${count + 1}`;
}
