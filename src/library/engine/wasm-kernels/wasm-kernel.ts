/** What a kernel of ours sees of the WebAssembly backend, and how it takes its place in TensorFlow.js' registry. */
import * as tf from "@tensorflow/tfjs";

/** The parts of the backend that kernels touch; they are not in its public types. */
interface WasmBackend {
  /** Reserves memory; what stands there is arbitrary. */
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  /** The values in the backend's memory, no copy; void as soon as more memory is reserved, since that may grow. */
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array | Uint8Array;
}

/** One call of a kernel. */
export interface Call<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: unknown;
}

/**
 * Computes an operation. It may use operations of TensorFlow.js: they run inside a `tidy` and are not recorded for
 * gradients, since the operation as a whole is.
 */
export type Kernel<Inputs = Record<string, tf.Tensor>, Attributes = object> = (
  call: Call<Inputs, Attributes>,
) => tf.Tensor;

const BACKEND = "wasm";

function install<I, A>(kernelName: string, kernel: Kernel<I, A>, setupFunc?: tf.KernelConfig["setupFunc"]): void {
  const kernelFunc = (call: unknown): tf.Tensor => tf.tidy(() => kernel(call as Call<I, A>));
  tf.registerKernel({ kernelName, backendName: BACKEND, setupFunc, kernelFunc: kernelFunc as tf.KernelFunc });
}

/** Registers a kernel that the backend lacks; one that it has stays. */
export function addKernel<I, A>(kernelName: string, kernel: Kernel<I, A>): void {
  if (!tf.getKernel(kernelName, BACKEND)) install(kernelName, kernel);
}

/** Puts a kernel in the place of the backend's own, which it is given. */
export function replaceKernel<I, A>(kernelName: string, make: (own: Kernel<I, A>) => Kernel<I, A>): void {
  const { kernelFunc, setupFunc } = tf.getKernel(kernelName, BACKEND);
  const own: Kernel<I, A> = (call) =>
    tf.engine().makeTensorFromTensorInfo(kernelFunc(call as Parameters<tf.KernelFunc>[0]) as tf.TensorInfo);
  tf.unregisterKernel(kernelName, BACKEND);
  install(kernelName, make(own), setupFunc);
}

const backend = (): WasmBackend => tf.backend() as unknown as WasmBackend;

/** A tensor whose values are still arbitrary. */
export function emptyTensor(shape: readonly number[], dtype: tf.DataType = "float32"): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend().makeOutput(shape, dtype));
}

/** A tensor of zeros that is about to be written. */
export function zeroTensor(shape: readonly number[], dtype: tf.DataType = "float32"): tf.Tensor {
  const tensor = emptyTensor(shape, dtype);
  valuesOf(tensor).fill(0);
  return tensor;
}

/** The values of a tensor in the backend's memory, to read and to write. Take them after the last tensor is made. */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  // Numbers of the other element types are read and written alike.
  return backend().typedArrayFromHeap(tensor) as Float32Array;
}
