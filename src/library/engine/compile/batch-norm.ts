/** Batch normalization's training step as one operation of TensorFlow, and its gradient as another. Native engine only. */
import { tf } from "../tf";
import { attribute, DT, nativeBackend, type OpAttribute } from "./native";

export interface NormalizedBatch {
  /** (x − mean) / √(variance + ε) · γ + β, the shape of `x`. */
  readonly output: tf.Tensor;
  /** Mean and biased variance of each channel over the batch, `[channels]`; no gradient flows through them. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

const KERNEL = "BatchNormTraining";
const GRADIENT_KERNEL = "BatchNormTrainingGrad";
/** y, mean, variance and three reserves, of which the first three are the operation's results. */
const OUTPUTS = 6;

/**
 * Normalizes each channel of a batch by the batch's own statistics (Ioffe and Szegedy, 2015).
 *
 * @param x `[batch, height, width, channels]` or `[batch, features]`, float32.
 * @param gamma scale `[channels]`, `beta` offset `[channels]`. @param epsilon added to the variance.
 * @example const { output, mean, variance } = batchNormTraining(x, gamma, beta, 1e-3);
 */
export function batchNormTraining(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): NormalizedBatch {
  const channels = x.shape[x.rank - 1];
  const samples = x.size / channels;
  return tf.tidy(() => {
    // A 2-D batch is one of images of one pixel.
    const image = x.rank === 4 ? x : tf.reshape(x, [samples, 1, 1, channels]);
    const inputs = { x: image, scale: gamma, offset: beta };
    const [y, mean, unbiased] = tf.engine().runKernel(KERNEL, inputs, { epsilon }) as tf.Tensor[];
    const variance = tf.mul(unbiased, (samples - 1) / samples);
    return { output: x.rank === 4 ? y : tf.reshape(y, x.shape), mean, variance };
  });
}

const attributesWith = (epsilon: number): OpAttribute[] => [
  attribute.type("T", DT.float32),
  attribute.type("U", DT.float32),
  attribute.float("epsilon", epsilon),
  attribute.string("data_format", "NHWC"),
  attribute.bool("is_training", true),
];

type KernelCall = Parameters<tf.KernelFunc>[0];

/** Runs one of the two operations; the inputs stand in the operation's order. */
function runFused(operation: string, { inputs, attrs }: KernelCall, outputs: number): tf.Tensor[] {
  const attributes = attributesWith((attrs as { epsilon: number }).epsilon);
  return nativeBackend().executeMultipleOutputs(
    operation,
    attributes,
    Object.values(inputs) as tf.TensorInfo[],
    outputs,
  );
}

tf.registerKernel({
  kernelName: KERNEL,
  backendName: "tensorflow",
  kernelFunc(call) {
    // Moving statistics, which the operation does not read when it trains.
    const none = tf.tensor1d([]);
    const results = runFused(
      "FusedBatchNormV3",
      { ...call, inputs: { ...call.inputs, mean: none, variance: none } },
      OUTPUTS,
    );
    none.dispose();
    return results;
  },
});

// A kernel of its own without a gradient: a gradient of the gradient then fails instead of being wrong.
tf.registerKernel({
  kernelName: GRADIENT_KERNEL,
  backendName: "tensorflow",
  kernelFunc: (call) => runFused("FusedBatchNormGradV3", call, 5),
});

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ["x", "scale"],
  outputsToSave: [false, false, false, true, true, true],
  gradFunc(dys, [x, scale, r1, r2, r3], attrs) {
    const inputs = { dy: (dys as tf.Tensor[])[0], x, scale, r1, r2, r3 };
    const [dx, dscale, doffset] = tf.engine().runKernel(GRADIENT_KERNEL, inputs, attrs) as tf.Tensor[];
    return { x: () => dx, scale: () => dscale, offset: () => doffset };
  },
});
