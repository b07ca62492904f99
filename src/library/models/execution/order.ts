/** In which order the layers of a functional model run: Keras', so that a layer used twice sees its uses in the same order. */
import type { tf } from "../../engine/tf";

type Symbolic = tf.SymbolicTensor;
/** One use of a layer; TensorFlow.js does not export the class. */
export type LayerUse = tf.layers.Layer["inboundNodes"][number];

/** What is used of TensorFlow.js' container, which functional and Sequential models inherit from. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Symbolic[];
  readonly outputs: readonly Symbolic[];
}

interface Order {
  readonly uses: readonly LayerUse[];
  readonly needs: ReadonlyMap<number, number>;
}

const known = new WeakMap<Graph, Order>();

/** The uses of layers that the outputs depend on, those of input layers left out. */
export function usesInOrder(graph: Graph): readonly LayerUse[] {
  return orderOf(graph).uses;
}

/** How often each symbolic tensor is used, by its id; outputs for ever. */
export function usesOfTensors(graph: Graph): ReadonlyMap<number, number> {
  return orderOf(graph).needs;
}

function orderOf(graph: Graph): Order {
  const found = known.get(graph) ?? made(graph);
  known.set(graph, found);
  return found;
}

function made(graph: Graph): Order {
  const uses = sorted(graph);
  const needs = new Map<number, number>();
  for (const { inputTensors } of uses) for (const { id } of inputTensors) needs.set(id, (needs.get(id) ?? 0) + 1);
  for (const { id } of graph.outputs) needs.set(id, Infinity);
  return { uses, needs };
}

/**
 * By depth (the longest way to an output), the deepest first, and within a depth as Keras' `map_graph` meets them.
 * TensorFlow.js takes them as a search from the outputs comes back, which is another order where a layer is shared.
 */
function sorted(graph: Graph): LayerUse[] {
  const finished = finishedUses(graph);
  const members = new Set(finished);
  const depths = new Map<LayerUse, number>();
  const layerDepths = new Map<tf.layers.Layer, number>();
  for (const use of [...finished].reverse()) {
    const depth = Math.max(depths.get(use) ?? 0, layerDepths.get(use.outboundLayer) ?? 0);
    layerDepths.set(use.outboundLayer, depth);
    depths.set(use, depth);
    for (const below of usesBelow(use)) {
      if (members.has(below)) depths.set(below, Math.max(depth + 1, depths.get(below) ?? 0));
    }
  }
  // Equal depths stay in the order of the map.
  const all = [...depths].sort(([, a], [, b]) => b - a).map(([use]) => use);
  return all.filter(({ inboundLayers }) => inboundLayers.length > 0);
}

/** All uses, each after those that it depends on. */
function finishedUses({ outputs }: Graph): LayerUse[] {
  const finished = new Set<LayerUse>();
  const visit = (use: LayerUse): void => {
    if (finished.has(use)) return;
    usesBelow(use).forEach(visit);
    finished.add(use);
  };
  for (const output of outputs) visit(useOf(output));
  return [...finished];
}

function usesBelow({ inboundLayers, inputTensors }: LayerUse): LayerUse[] {
  // An input layer's use names its own tensor.
  return inboundLayers.length === 0 ? [] : inputTensors.map(useOf);
}

function useOf({ sourceLayer, nodeIndex }: Symbolic): LayerUse {
  return sourceLayer.inboundNodes[nodeIndex ?? 0];
}
