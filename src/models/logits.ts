/**
 * The logits behind a softmax, for losses that are better computed from them: what Keras does when it trains.
 *
 * TensorFlow.js keeps no trace of how an output came about, so its softmax activation is replaced by one that notes its
 * input. The activation's results stay the same.
 */
import { tf } from "../engine/tf";

interface Notes {
  /** Output of a softmax → its input. */
  readonly logits: Map<number, tf.Tensor>;
  /** Tensors with a smaller id were there before: they belong to somebody else. */
  readonly firstId: number;
}

/** Undefined while nobody asks. */
let notes: Notes | undefined;

/**
 * Runs `body`, and hands the logits of a softmax over the last axis that ran in it to `use`: `logitsOf(output)` gives
 * `[n, classes]`, or undefined for another kind of output (and where the logits are the given input itself). The logits are disposed of afterwards.
 *
 * @example withLogits(() => model.apply(x), (outputs, logitsOf) => loss(labels, logitsOf(outputs)))
 */
export function withLogits<Outputs, T>(
  body: () => Outputs,
  use: (outputs: Outputs, logitsOf: (output: tf.Tensor) => tf.Tensor2D | undefined) => T,
): T {
  const outer = notes;
  const { logits } = (notes = { logits: new Map<number, tf.Tensor>(), firstId: nextTensorId() });
  try {
    const outputs = body();
    notes = outer;
    return use(outputs, (output) => logits.get(output.id) as tf.Tensor2D | undefined);
  } finally {
    notes = outer;
    tf.dispose([...logits.values()]);
  }
}

/** The number that the next tensor will have passed; TensorFlow.js' types hide it. */
const nextTensorId = (): number => (tf.engine() as unknown as { nextTensorId(): number }).nextTensorId();

/** An activation's `apply`, as TensorFlow.js calls it: sometimes without its object. */
function noticedSoftmax(x: tf.Tensor, axis = -1): tf.Tensor {
  const output = tf.softmax(x, axis);
  const isLast = axis === -1 || axis === x.rank - 1;
  // Kept, or the layer would dispose of it.
  if (notes && isLast && x.rank === 2 && !x.kept && x.id > notes.firstId) notes.logits.set(output.id, tf.keep(x));
  return output;
}

const layer = tf.layers.activation({ activation: "softmax" }) as unknown as { activation: object };
Object.defineProperty(Object.getPrototypeOf(layer.activation), "apply", { value: noticedSoftmax, writable: true });
