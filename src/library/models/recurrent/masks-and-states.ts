/**
 * What recurrent layers remember from call to call, put where a recorded step can repeat it.
 *
 * TensorFlow.js (4.22) keeps the dropout masks of a call until the next one (a cell in `tf.layers.rnn` for ever), and
 * the states of a stateful layer as tensors that pile up in training. Here masks end with their call, and states are
 * variables.
 */
import { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";

type Mask = tf.Tensor | tf.Tensor[] | null;

interface Cell {
  dropoutMask?: Mask;
  recurrentDropoutMask?: Mask;
  /** Of stacked cells. */
  readonly cells?: readonly Cell[];
  readonly stateSize: number | number[];
}

interface Recurrent {
  readonly name: string;
  readonly cell: Cell;
  readonly stateful: boolean;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
  readonly inputSpec: readonly { readonly shape?: readonly (number | null)[] }[];
  states_: tf.Variable[] | null;
}

interface CallOptions {
  /** `[batch, steps]`. */
  readonly mask?: tf.Tensor | null;
  readonly initialState?: tf.Tensor[] | null;
}

/** Changes the class that all recurrent layers inherit from. */
export function mendRecurrentLayers(): void {
  const target = registeredClass("RNN");
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: Recurrent, inputs: tf.Tensor, options: CallOptions) {
    forgetMasks(this.cell);
    try {
      const result = call.call(this, inputs, options) as tf.Tensor | tf.Tensor[];
      return startsFromZero(this, options) ? result : withoutOutputBeforeFirstStep(this, result, options.mask!);
    } finally {
      forgetMasks(this.cell);
    }
  });
  replaceMethod(target, "resetStates", resetStates);
  const dispose = methodOf(target, "dispose");
  replaceMethod(target, "dispose", function (this: Recurrent) {
    if (this.stateful) tf.dispose(this.states_ ?? []);
    this.states_ = null;
    return dispose.call(this);
  });
}

function startsFromZero({ stateful }: Recurrent, { mask, initialState }: CallOptions = {}): boolean {
  return !mask || (!stateful && !initialState);
}

/** A masked step repeats the output before it. Before the first step that counts there is none: zeros, not the state. */
function withoutOutputBeforeFirstStep(
  { returnSequences, goBackwards }: Recurrent,
  result: tf.Tensor | tf.Tensor[],
  mask: tf.Tensor,
): tf.Tensor | tf.Tensor[] {
  const [output, ...states] = [result].flat();
  return tf.tidy(() => {
    const counts = tf.cast(mask, "float32");
    const seen = tf.cumsum(goBackwards ? tf.reverse(counts, 1) : counts, 1);
    const ofOutput = returnSequences ? tf.expandDims(seen, -1) : tf.sum(counts, 1, true);
    const begun = tf.mul(output, tf.cast(tf.greater(ofOutput, 0), "float32"));
    return states.length > 0 ? [begun, ...states] : begun;
  });
}

function forgetMasks(cell: Cell): void {
  for (const one of cell.cells ?? [cell]) {
    tf.dispose([one.dropoutMask ?? [], one.recurrentDropoutMask ?? []]);
    if (one.dropoutMask) one.dropoutMask = null;
    if (one.recurrentDropoutMask) one.recurrentDropoutMask = null;
  }
}

/**
 * Sets the states of a stateful layer: to zeros, or to `states` (one tensor `[batch, units]` for each).
 *
 * @throws Error when the layer is not stateful, does not know its batch size, or the states do not fit.
 */
function resetStates(this: Recurrent, states?: tf.Tensor | tf.Tensor[] | null): void {
  if (!this.stateful) throw new Error(`Layer '${this.name}' is not stateful; it has no states to reset.`);
  const shapes = stateShapes(this);
  this.states_ ??= shapes.map((shape, i) =>
    tf.tidy(() => tf.variable(tf.zeros(shape), false, variableName(this.name, i))),
  );
  const values = states === undefined || states === null ? undefined : [states].flat();
  const found = values?.map(({ shape }) => shape);
  if (found && JSON.stringify(found) !== JSON.stringify(shapes)) {
    throw new Error(
      `Layer '${this.name}' is stateful with states of shape ${JSON.stringify(shapes)}, received ${JSON.stringify(found)}. ` +
        "All batches must have the batch size of the layer's batchInputShape.",
    );
  }
  tf.tidy(() => this.states_?.forEach((variable, i) => variable.assign(values?.[i] ?? tf.zeros(variable.shape))));
}

function stateShapes({ name, cell, inputSpec }: Recurrent): number[][] {
  const batchSize = inputSpec[0].shape?.[0];
  if (typeof batchSize !== "number") {
    throw new Error(
      `Layer '${name}' is stateful and does not know its batch size. Give the first layer a batchInputShape, such as ` +
        "[16, steps, features].",
    );
  }
  return [cell.stateSize].flat().map((size) => [batchSize, size]);
}

let made = 0;

/** Names of variables are unique in the engine. */
function variableName(layer: string, index: number): string {
  return `${layer}/state${index}_${made++}`;
}
