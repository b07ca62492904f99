/** The cross-entropy of a softmax, from its logits: one operation of TensorFlow that gives the gradient as well. */
import { tf } from "../tf";
import { attribute, DT, isNative, nativeBackend } from "./native";

const KERNEL = "SoftmaxCrossentropy";

/**
 * −log softmax(logits)[label] of each sample, `[n]`; it stays exact where a softmax rounds to 0 or 1. The gradient with
 * respect to the logits is softmax(logits) − one-hot(label).
 *
 * @param logits `[n, classes]`, float32. @param labels class numbers `[n]` (or `[n, 1]`), from 0.
 * @throws Error on the native engine when a label is no class number below `classes`.
 * @example const losses = sparseSoftmaxCrossentropy(logits, labels);
 */
export function sparseSoftmaxCrossentropy(logits: tf.Tensor2D, labels: tf.Tensor): tf.Tensor1D {
  const classes = tf.cast(tf.reshape(labels, [-1]), "int32") as tf.Tensor1D;
  if (isNative()) return fused(logits, classes);
  return composed(logits, tf.oneHot(classes, logits.shape[1]));
}

/**
 * −Σ target · log softmax(logits) of each sample, `[n]`, for targets that are probabilities (one-hot rows, mixed ones).
 *
 * @param logits `[n, classes]`, float32. @param targets `[n, classes]`; each row sums to 1.
 * @example const losses = softmaxCrossentropy(logits, oneHotLabels);
 */
export function softmaxCrossentropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  return isNative() ? fused(logits, targets) : composed(logits, targets);
}

function fused(logits: tf.Tensor2D, labels: tf.Tensor): tf.Tensor1D {
  const [losses] = tf.engine().runKernel(KERNEL, { logits, labels: labels as never }) as tf.Tensor[];
  return losses as tf.Tensor1D;
}

function composed(logits: tf.Tensor2D, targets: tf.Tensor): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(tf.cast(targets, "float32"), tf.logSoftmax(logits)), -1) as tf.Tensor1D);
}

tf.registerKernel({
  kernelName: KERNEL,
  backendName: "tensorflow",
  kernelFunc({ inputs }) {
    const { logits, labels } = inputs as Record<"logits" | "labels", tf.TensorInfo>;
    const isSparse = labels.dtype === "int32";
    const attributes = [attribute.type("T", DT.float32), ...(isSparse ? [attribute.type("Tlabels", DT.int32)] : [])];
    const operation = isSparse ? "SparseSoftmaxCrossEntropyWithLogits" : "SoftmaxCrossEntropyWithLogits";
    return nativeBackend().executeMultipleOutputs(operation, attributes, [logits, labels], 2);
  },
});

tf.registerGradient({
  kernelName: KERNEL,
  outputsToSave: [false, true],
  // Labels are given: nothing is learned through them.
  gradFunc: (dys, [slopes]) => ({
    logits: () => tf.mul(tf.expandDims((dys as tf.Tensor[])[0], -1), slopes),
    labels: () => tf.zeros([]),
  }),
});
