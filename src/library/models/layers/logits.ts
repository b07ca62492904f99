/**
 * The logits behind a softmax, for losses that are better computed from them: what Keras does when it trains.
 *
 * TensorFlow.js keeps no trace of how an output came about, so its softmax activation is replaced by one that notes its
 * input. The activation's results stay the same.
 */
import { tf } from "../../engine/tf";

/** Output of a softmax → its input; undefined while nobody asks. */
let noted: Map<number, tf.Tensor> | undefined;

/**
 * Runs `body`, and hands the logits of a softmax over the last axis that ran in it to `use`: `logitsOf(output)` gives
 * `[n, classes]`, or undefined for another kind of output. The logits are disposed of afterwards.
 *
 * @example withLogits(() => model.apply(x), (outputs, logitsOf) => loss(labels, logitsOf(outputs)))
 */
export function withLogits<Outputs, T>(
  body: () => Outputs,
  use: (outputs: Outputs, logitsOf: (output: tf.Tensor) => tf.Tensor2D | undefined) => T,
): T {
  const outer = noted;
  const own = (noted = new Map<number, tf.Tensor>());
  try {
    const outputs = body();
    noted = outer;
    return use(outputs, (output) => own.get(output.id) as tf.Tensor2D | undefined);
  } finally {
    noted = outer;
    tf.dispose([...own.values()]);
  }
}

/** An activation's `apply`, as TensorFlow.js calls it: sometimes without its object. */
function noticedSoftmax(x: tf.Tensor, axis = -1): tf.Tensor {
  const output = tf.softmax(x, axis);
  const isLast = axis === -1 || axis === x.rank - 1;
  // A clone shares the memory, and outlives what the layer or the model disposes of.
  if (noted && isLast && x.rank === 2) noted.set(output.id, tf.keep(tf.clone(x)));
  return output;
}

const layer = tf.layers.activation({ activation: "softmax" }) as unknown as { activation: object };
Object.defineProperty(Object.getPrototypeOf(layer.activation), "apply", { value: noticedSoftmax, writable: true });
