/** Hinge losses: outputs shall pass the right side of a margin. */
import { tf } from "../../engine/tf";
import { checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions, makeLoss } from "./loss";

/** Labels of 0 and 1 as −1 and 1; others stay. Decided for the whole batch, as in Keras. */
function signs(labels: tf.Tensor): tf.Tensor {
  const binary = tf.all(tf.logicalOr(tf.equal(labels, 0), tf.equal(labels, 1)));
  const isBinary = tf.cast(binary, "float32");
  // y + (y − 1) where binary: no branch, whose slope some engines do not have.
  return tf.add(labels, tf.mul(isBinary, tf.sub(labels, 1)));
}

const margin = (labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor => tf.relu(tf.sub(1, tf.mul(signs(labels), outputs)));

/**
 * Mean over the units of max(0, 1 − yŷ), for labels −1 and 1 (0 and 1 are turned into them).
 *
 * @example model.compile({ optimizer: adam(), loss: hinge() })
 */
export function hinge(options: LossOptions = {}): Loss {
  const values = (y: tf.Tensor, p: tf.Tensor) => tf.mean(margin(y, p), -1);
  return makeLoss({ name: "hinge", labels: "same", values }, checkLossOptions("hinge", options, LOSS_OPTIONS));
}

/**
 * Mean over the units of max(0, 1 − yŷ)², for labels as {@link hinge} takes them.
 *
 * @example model.compile({ optimizer: adam(), loss: squaredHinge() })
 */
export function squaredHinge(options: LossOptions = {}): Loss {
  const values = (y: tf.Tensor, p: tf.Tensor) => tf.mean(tf.square(margin(y, p)), -1);
  return makeLoss(
    { name: "squaredHinge", labels: "same", values },
    checkLossOptions("squaredHinge", options, LOSS_OPTIONS),
  );
}

/**
 * max(0, 1 + the largest output of a wrong class − that of the right one), for one-hot rows.
 *
 * @example model.compile({ optimizer: adam(), loss: categoricalHinge() })
 */
export function categoricalHinge(options: LossOptions = {}): Loss {
  const values = (y: tf.Tensor, p: tf.Tensor) => {
    const right = tf.sum(tf.mul(y, p), -1);
    const wrong = tf.max(tf.mul(tf.sub(1, y), p), -1);
    return tf.relu(tf.add(tf.sub(wrong, right), 1));
  };
  return makeLoss(
    { name: "categoricalHinge", labels: "same", values },
    checkLossOptions("categoricalHinge", options, LOSS_OPTIONS),
  );
}
