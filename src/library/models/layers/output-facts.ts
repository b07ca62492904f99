/**
 * What a model's outputs do not say themselves: the logits behind a softmax or a sigmoid, for losses that are better
 * computed from them, and the mask of the steps that count. Keras keeps both with its tensors.
 *
 * TensorFlow.js keeps no trace of how an output came about. So the layers that give the outputs are watched while the
 * model runs: their activations note what they were given, and `computeMask` what it has found. The results stay the same.
 */
import { tf } from "../../engine/tf";
import { methodOf, registeredClass } from "./layer-classes";

/** What is known about one output. */
export interface OutputFacts {
  /** `[n, ..., units]`, what its softmax or sigmoid was given; undefined for another kind of output. */
  readonly logits?: tf.Tensor;
  /** `[n, ...]`, true where a position counts; undefined when all do. */
  readonly mask?: tf.Tensor;
}

type Layer = tf.layers.Layer;

/** The methods that are watched. */
interface Watched {
  apply(...args: unknown[]): unknown;
  computeMask(...args: unknown[]): unknown;
}

class Notes {
  /** Output's id → tensors, all of which are this object's to dispose of. */
  readonly logits = new Map<number, tf.Tensor>();
  readonly masks = new Map<number, tf.Tensor>();

  facts(output: tf.Tensor): OutputFacts {
    return { logits: this.logits.get(output.id), mask: this.masks.get(output.id) };
  }

  /** A copy that outlives what the model disposes of; it shares the memory. */
  keep(notes: Map<number, tf.Tensor>, output: tf.Tensor, tensor: tf.Tensor): void {
    notes.get(output.id)?.dispose();
    notes.set(output.id, tf.keep(tf.clone(tensor)));
  }

  dispose(): void {
    tf.dispose([...this.logits.values(), ...this.masks.values()]);
  }
}

/** Where the activations of output layers write; undefined while no such layer runs. */
let active: Notes | undefined;

/**
 * Runs `body`, which applies the model, and hands its result to `use` with what is known about each output tensor. The
 * tensors of the facts are disposed of afterwards.
 *
 * @example withOutputFacts(model, () => model.apply(x), (y, factsOf) => loss(labels, y, factsOf(y).logits))
 */
export function withOutputFacts<Outputs, T>(
  model: tf.LayersModel,
  body: () => Outputs,
  use: (outputs: Outputs, factsOf: (output: tf.Tensor) => OutputFacts) => T,
): T {
  const notes = new Notes();
  const restore = outputLayers(model).map((layer) => watchLayer(layer, notes));
  try {
    let outputs: Outputs;
    try {
      outputs = body();
    } finally {
      for (const undo of restore) undo();
    }
    return use(outputs, (output) => notes.facts(output));
  } finally {
    notes.dispose();
  }
}

/** Whether a mask may reach an output: a layer of the model makes one. */
export function mayMask(model: tf.LayersModel): boolean {
  return model.layers.some((layer) => {
    const { layers, maskZero } = layer as { layers?: Layer[]; maskZero?: boolean };
    if (layers) return mayMask(layer as tf.LayersModel);
    return maskZero === true || !PASSING.has((layer as unknown as Watched).computeMask);
  });
}

/** How TensorFlow.js' own layers hand on the masks of their inputs. */
const PASSING = new Set<unknown>([
  (tf.layers.Layer.prototype as unknown as Watched).computeMask,
  ...["SimpleRNN", "Bidirectional", "Embedding", "Add", "Concatenate", "Dot"].map((name) =>
    methodOf(registeredClass(name), "computeMask"),
  ),
]);

/** The layers that give the outputs, those of nested models in their place. */
function outputLayers(model: tf.LayersModel): Layer[] {
  const inner = (model as { model?: tf.LayersModel }).model ?? model;
  const layers = (inner as unknown as { outputLayers?: Layer[] }).outputLayers ?? [];
  const all = layers.flatMap((layer) => ("layers" in layer ? outputLayers(layer as tf.LayersModel) : [layer]));
  return [...new Set(all)];
}

/** Watches one layer; returns what ends it. */
function watchLayer(layer: Layer, notes: Notes): () => void {
  const target = layer as unknown as Watched;
  const { apply, computeMask } = target;
  const own = (["apply", "computeMask"] as const).map(
    (name) => [name, Object.hasOwn(target, name) && target[name]] as const,
  );
  let output: tf.Tensor | undefined;
  target.apply = (...args) => {
    const outer = active;
    active = notes;
    output = undefined;
    try {
      const result = apply.apply(layer, args);
      output = result instanceof tf.Tensor ? result : undefined;
      return result;
    } finally {
      active = outer;
    }
  };
  target.computeMask = (...args) => {
    const mask = computeMask.apply(layer, args);
    const [first] = Array.isArray(mask) ? (mask as unknown[]) : [mask];
    // `apply` itself asks too, before there is an output, and without the masks of the inputs.
    if (output && first instanceof tf.Tensor) notes.keep(notes.masks, output, first);
    return mask;
  };
  return () => {
    // Somebody else may be watching the same layer.
    for (const [name, method] of own) {
      if (method) target[name] = method;
      else Reflect.deleteProperty(target, name);
    }
  };
}

/** An activation's `apply`, as TensorFlow.js calls it: sometimes without its object. */
function noticedSoftmax(x: tf.Tensor, axis = -1): tf.Tensor {
  const output = x.softmax(axis);
  if (active && (axis === -1 || axis === x.rank - 1)) active.keep(active.logits, output, x);
  return output;
}

function noticedSigmoid(x: tf.Tensor): tf.Tensor {
  const output = tf.sigmoid(x);
  if (active) active.keep(active.logits, output, x);
  return output;
}

function replaceActivation(activation: "softmax" | "sigmoid", apply: (x: tf.Tensor) => tf.Tensor): void {
  const layer = tf.layers.activation({ activation }) as unknown as { activation: object };
  Object.defineProperty(Object.getPrototypeOf(layer.activation), "apply", { value: apply, writable: true });
}

replaceActivation("softmax", noticedSoftmax);
replaceActivation("sigmoid", noticedSigmoid);
