/**
 * Gradients that TensorFlow.js (4.22) gets wrong: the largest number of several equal ones (the steps of padding, or what
 * a ReLU has cut off) got the whole error each, where TensorFlow shares it among them; and `maximum`, `minimum` and
 * `squaredDifference` failed for tensors of different shapes.
 */
import * as tf from "@tensorflow/tfjs";

type Gradients = Record<string, () => tf.Tensor>;
type GradientFunction = (dy: tf.Tensor, saved: tf.Tensor[], attributes: object) => Gradients;

/** Registers the right ones. */
export function mendWrongGradients(): void {
  for (const kernelName of ["Max", "Min"]) {
    replace({ kernelName, inputsToSave: ["x"], outputsToSave: [true], gradFunc: extreme as unknown as tf.GradFunc });
  }
  pairwise("Maximum", tf.greaterEqual, tf.less);
  pairwise("Minimum", tf.lessEqual, tf.greater);
  const difference: GradientFunction = (dy, [a, b]) => {
    const twice = () => tf.mul(tf.mul(dy, 2), tf.sub(a, b));
    return { a: () => summedTo(a, twice()), b: () => summedTo(b, tf.neg(twice())) };
  };
  replace({ kernelName: "SquaredDifference", inputsToSave: ["a", "b"], gradFunc: difference as tf.GradFunc });
}

function replace(config: tf.GradConfig): void {
  if (tf.getGradient(config.kernelName)) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

function extreme(dy: tf.Tensor, [x, y]: tf.Tensor[], { reductionIndices }: { reductionIndices: number | number[] }) {
  const axes = tf.util.parseAxisParam(reductionIndices, x.shape);
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return {
    x: () => {
      const chosen = tf.cast(tf.equal(x, tf.reshape(y, shape)), "float32");
      return tf.mul(chosen, tf.div(tf.reshape(dy, shape), tf.sum(chosen, axes, true)));
    },
  };
}

type Comparison = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Of equal numbers the first one gets the error, as in TensorFlow. */
function pairwise(kernelName: string, first: Comparison, second: Comparison): void {
  const gradFunc: GradientFunction = (dy, [a, b]) => ({
    a: () => summedTo(a, tf.mul(dy, tf.cast(first(a, b), "float32"))),
    b: () => summedTo(b, tf.mul(dy, tf.cast(second(a, b), "float32"))),
  });
  replace({ kernelName, inputsToSave: ["a", "b"], gradFunc: gradFunc as tf.GradFunc });
}

/** The gradient of a tensor that was spread over a larger shape: the sum over what it was spread to. */
function summedTo({ shape }: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  const axes = tf.backend_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}
