/** Softmax over any axis: TensorFlow.js (4.22) refuses all but the last ("not yet supported"). */
import * as tf from "@tensorflow/tfjs";
import { replaceExport } from "./exports";

type Softmax = typeof tf.softmax;

/** Replaces `tf.softmax`, `tf.logSoftmax` and the tensors' methods of these names. */
export function allowSoftmaxOverAnyAxis(): void {
  for (const name of ["softmax", "logSoftmax"] as const) {
    const any = overAnyAxis(tf[name] as Softmax);
    replaceExport("@tensorflow/tfjs-core", name, any);
    Object.assign(tf.Tensor.prototype, {
      [name](this: tf.Tensor, axis?: number) {
        return any(this, axis);
      },
    });
  }
}

/** The axis changes places with the last one, and back. */
function overAnyAxis(own: Softmax): Softmax {
  return ((logits: tf.Tensor | tf.TensorLike, axis = -1) => {
    const x = logits instanceof tf.Tensor ? logits : tf.tensor(logits as number[]);
    const place = axis < 0 ? axis + x.rank : axis;
    if (place === x.rank - 1 || place < 0 || place >= x.rank) return own(x, axis);
    const order = [...x.shape.keys()];
    [order[place], order[x.rank - 1]] = [x.rank - 1, place];
    return tf.tidy(() => tf.transpose(own(tf.transpose(x, order)), order));
  }) as Softmax;
}
