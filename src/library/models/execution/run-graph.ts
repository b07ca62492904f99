/**
 * Runs a functional model on tensors, as Keras does. TensorFlow.js' executor (4.22) hands one set of call options from
 * layer to layer: a mask, or the initial state of a recurrent layer, then reaches all layers that come later; what
 * `apply` was given when the model was made is forgotten; and masks neither enter nor leave nested models.
 */
import { tf } from "../../engine/tf";
import { type Mask, outputMasks } from "./masks";
import { type Graph, type LayerUse, usesInOrder, usesOfTensors } from "./order";

type Layer = tf.layers.Layer;
type Options = Readonly<Record<string, unknown>>;

export interface GraphResults {
  readonly outputs: tf.Tensor[];
  /** One for each output. */
  readonly masks: Mask[];
}

interface Known {
  readonly value: tf.Tensor;
  readonly mask: Mask;
}

/** A nested model that is being called, and the masks of its outputs once it has run. */
let nested: { readonly model: object; masks?: Mask[] } | undefined;

/**
 * The outputs for `inputs`, with their masks. Outside of training each tensor is disposed of after its last use.
 *
 * @param options what the model was called with: `training`, and whatever its layers understand
 */
export function runGraph(
  graph: Graph,
  inputs: readonly tf.Tensor[],
  masks: readonly Mask[],
  options: Options,
): GraphResults {
  const known = new Map<number, Known>();
  graph.inputs.forEach(({ id }, i) => known.set(id, { value: inputs[i], mask: masks[i] }));
  const uses = usesInOrder(graph);
  const releaser = options.training === true ? undefined : new Releaser(usesOfTensors(graph));
  for (const use of uses) {
    const from = use.inputTensors.map(({ id }) => known.get(id) as Known);
    const made = runLayer(use, from, options);
    use.outputTensors.forEach(({ id }, i) => known.set(id, { value: made.outputs[i], mask: made.masks[i] }));
    releaser?.made(use, made.outputs);
    releaser?.used(from);
  }
  const results = graph.outputs.map(({ id }) => known.get(id) as Known);
  return { outputs: results.map(({ value }) => value), masks: results.map(({ mask }) => mask) };
}

/** What a model does when it is called: the function for `call` of TensorFlow.js' container. */
export function callGraph(graph: Graph, inputs: tf.Tensor | tf.Tensor[], options: Options = {}): tf.Tensor[] {
  const caller = nested?.model === graph ? nested : undefined;
  nested = undefined;
  const { mask, ...others } = options;
  const results = tf.tidy(() => {
    const { outputs, masks } = runGraph(graph, [inputs].flat(), [mask as Mask | Mask[]].flat(), others);
    // What is not handed on is disposed of here.
    return { outputs, masks: caller ? masks : [] } as unknown as tf.TensorContainer;
  }) as unknown as GraphResults;
  if (caller) caller.masks = results.masks;
  return results.outputs;
}

function runLayer(use: LayerUse, from: readonly Known[], options: Options): GraphResults {
  const layer = use.outboundLayer;
  const values = from.map(({ value }) => value);
  const masks = from.map(({ mask }) => mask);
  // As in Keras 3, what the model is called with goes before what the layer was given when the model was made.
  const own = { ...givenOptions(layer, use.callArgs as Options | null), ...options, ...maskOption(layer, masks) };
  const inner = modelWithin(layer);
  const call: typeof nested = inner && { model: inner };
  nested = call;
  try {
    const outputs = [layer.apply(values, own)].flat() as tf.Tensor[];
    return { outputs, masks: call ? (call.masks ?? []) : outputMasks(layer, values, masks, outputs) };
  } finally {
    nested = undefined;
  }
}

/** What `apply` was given when the model was made; the state of a recurrent layer is among the inputs. */
function givenOptions(layer: Layer, given: Options | null): Options {
  const entries = Object.entries(given ?? {}).filter(([name]) => name !== "initialState");
  const symbolic = entries.find(([, value]) => [value].flat().some((each) => each instanceof tf.SymbolicTensor));
  if (symbolic) {
    throw new Error(
      `Layer '${layer.name}' was given '${symbolic[0]}' as a symbolic tensor; only its inputs can be such. ` +
        "Masks come from embedding({ maskZero: true }) and masking().",
    );
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** A mask for one input, a list for several; recurrent layers have their states beside the sequence. */
function maskOption(layer: Layer, masks: readonly Mask[]): Options {
  if (!masks.some((mask) => mask)) return {};
  const isOne = masks.length === 1 || "returnSequences" in layer;
  return { mask: isOne ? masks[0] : masks };
}

/** The functional model that a layer runs, when it is a model. */
export function modelWithin(layer: object): Graph | undefined {
  if (!(layer instanceof tf.LayersModel)) return undefined;
  return (layer as { model?: Graph }).model ?? (layer as Graph);
}

/** Disposes of each tensor after its last use. */
class Releaser {
  /** Uses that are still to come; outputs of the graph are never used up. */
  private readonly left = new Map<tf.Tensor, number>();

  constructor(private readonly needs: ReadonlyMap<number, number>) {}

  /** One tensor may stand for several: the output of an LSTM and its state. */
  made({ outputTensors }: LayerUse, outputs: readonly tf.Tensor[]): void {
    outputTensors.forEach(({ id, sourceLayer }, i) => {
      const isOwned = sourceLayer.stateful || outputs[i] instanceof tf.Variable;
      const needs = isOwned ? Infinity : (this.needs.get(id) ?? Infinity);
      this.left.set(outputs[i], (this.left.get(outputs[i]) ?? 0) + needs);
    });
  }

  used(from: readonly Known[]): void {
    for (const { value } of from) {
      const left = this.left.get(value);
      if (left === undefined) continue;
      this.left.set(value, left - 1);
      if (left === 1) value.dispose();
    }
  }
}
