/** Slices with strides: the backend's own gives whole numbers and truth values as if their bits were those of a float32. */
import * as tf from "@tensorflow/tfjs";
import { emptyTensor, replaceKernel, valuesOf } from "./wasm-kernel";

type Inputs = { readonly x: tf.Tensor };

export function registerStridedSlice(): void {
  replaceKernel<Inputs, object>("StridedSlice", (own) => (call) => {
    const { x } = call.inputs;
    if (x.dtype === "float32") return own(call);
    const numbers = x.dtype === "bool" ? tf.cast(x, "int32") : x;
    const bits = own({ ...call, inputs: { x: numbers } });
    if (bits.dtype === "int32") return tf.cast(bits, x.dtype);
    const slice = emptyTensor(bits.shape, "int32");
    const { buffer, byteOffset, length } = valuesOf(bits);
    valuesOf(slice).set(new Int32Array(buffer, byteOffset, length));
    return x.dtype === "bool" ? tf.cast(slice, "bool") : slice;
  });
}
