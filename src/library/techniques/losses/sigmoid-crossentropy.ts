/** The cross-entropy of a sigmoid, from its logits. */
import { tf } from "../../engine/tf";

/**
 * −(y ln σ(x) + (1 − y) ln(1 − σ(x))), element by element: max(x, 0) − xy + ln(1 + e^−|x|), which neither overflows nor
 * rounds to 0. Its slope is σ(x) − y everywhere; derived step by step it would be wrong at x = 0, where the slopes of
 * max and |x| are taken for 0.
 *
 * @param labels from 0 to 1. @param logits of the same shape.
 */
export function sigmoidCrossentropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const compute = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([x, labels]);
    const value = tf.add(tf.sub(tf.relu(x), tf.mul(x, labels)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, slope(saved[1], saved[0]));
    return { value, gradFunc };
  });
  return compute(logits);
}

/** σ(x) − y, without losing the digits of a sigmoid near 1. */
function slope(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const small = tf.exp(tf.neg(tf.abs(logits)));
  const tail = tf.div(small, tf.add(1, small));
  const positive = tf.cast(tf.greaterEqual(logits, 0), "float32");
  return tf.add(tf.sub(positive, labels), tf.mul(tail, tf.sub(1, tf.mul(2, positive))));
}
