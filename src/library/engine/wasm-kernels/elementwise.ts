/** Operations on single numbers that the backend gets wrong: for NaN, which must not be hidden, and at some edges. */
import * as tf from "@tensorflow/tfjs";
import { emptyTensor, type Kernel, replaceKernel, valuesOf } from "./wasm-kernel";

type Unary = { readonly x: tf.Tensor };

export function registerElementwise(): void {
  for (const name of ["Relu6", "ClipByValue", "Maximum", "Minimum"]) replaceKernel(name, keepingNaN);
  replaceKernel<Unary, object>(
    "Sign",
    () =>
      ({ inputs }) =>
        sign(inputs.x),
  );
  replaceKernel("Cast", cast);
  replaceKernel("Prelu", prelu);
}

/**
 * The backend's take some other number for NaN: a loss of clipped probabilities would look finite after the weights
 * have become NaN. Looking for one costs less than the operation.
 */
function keepingNaN(own: Kernel): Kernel {
  return (call) => {
    const result = own(call);
    const suspects = Object.values(call.inputs).filter((x) => x.dtype === "float32" && valuesOf(x).includes(NaN));
    return suspects.reduce<tf.Tensor>(
      (kept, x) => tf.where(tf.isNaN(tf.broadcastTo(x, kept.shape)), NaN, kept),
      result,
    );
  };
}

/** The backend's is 0 for numbers below about 10⁻⁷. */
function sign(x: tf.Tensor): tf.Tensor {
  const result = emptyTensor(x.shape, x.dtype);
  const [from, to] = [valuesOf(x), valuesOf(result)];
  for (let i = 0; i < to.length; i++) to[i] = Math.sign(from[i]);
  return result;
}

/** The backend's makes a truth value of a number's lowest byte. */
function cast(own: Kernel<Unary, { dtype: tf.DataType }>): Kernel<Unary, { dtype: tf.DataType }> {
  return (call) => {
    const { x } = call.inputs;
    if (call.attrs.dtype !== "bool" || x.dtype === "bool") return own(call);
    return tf.notEqual(x, tf.scalar(0, x.dtype as "float32" | "int32"));
  };
}

type PreluInputs = { readonly x: tf.Tensor; readonly alpha: tf.Tensor };

/** The backend's is right only where the slopes have the shape of the input's last axes. */
function prelu(own: Kernel<PreluInputs>): Kernel<PreluInputs> {
  return (call) => {
    const { x, alpha } = call.inputs;
    const last = x.shape.slice(x.rank - alpha.rank);
    if (alpha.rank <= x.rank && tf.util.arraysEqual(last, alpha.shape)) return own(call);
    return tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0)));
  };
}
