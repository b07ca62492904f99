/**
 * The parts of tfjs-node's backend that recording and replaying touch. They are not in its public types; this file
 * names each of them once, so that an upgrade that changes one fails here.
 */
import { tf } from "../tf";

/** One attribute of an operation as tfjs-node passes it to the binding. `type` is a `TF_ATTR_…` number. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | readonly number[] | readonly boolean[];
}

/** What the binding tells about a tensor it has made; `id` is its handle. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** tfjs-node's native module: TensorFlow's C API, tensors by handle. */
export interface NativeBinding {
  executeOp(name: string, attributes: readonly OpAttribute[], inputs: number[], outputs: number): NativeTensor[];
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView | Uint8Array[]): number;
  /** {@link createTensor} where that only pretends (dry-run.ts). */
  createInEarnest?: NativeBinding["createTensor"];
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayBufferView;
  runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): NativeTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
}

/** What the backend stores about a tensor's data: values still in JavaScript, or the handle of a native tensor. */
export interface NativeTensorData {
  /** −1 while the values have not been sent to the engine. */
  id: number;
  values: ArrayBufferView | null;
  readonly shape: number[];
  readonly dtype: number;
}

export type DataId = object;

export interface NativeBackend {
  binding: NativeBinding;
  readonly tensorMap: {
    has(id: DataId): boolean;
    get(id: DataId): NativeTensorData;
    set(id: DataId, data: NativeTensorData & { refCount: number }): void;
  };
  /** How many tensors share the data. */
  refCount(id: DataId): number;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(tensor: NativeTensor): tf.Tensor;
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  move(id: DataId, values: ArrayBufferView, shape: number[], dtype: tf.DataType, refCount: number): void;
  readSync(id: DataId): ArrayBufferView;
  read(id: DataId): Promise<ArrayBufferView>;
}

/** TensorFlow's numbers for the element types that occur here (`DataType` in types.proto). */
export const DT = { float32: 1, int32: 3, uint8: 4, string: 7, int64: 9, bool: 10, uint64: 23 } as const;

/** TensorFlow's numbers for attribute kinds (`TF_AttrType` in c_api.h). */
export const ATTR = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** True when the engine in use is TensorFlow's native library. */
export function isNative(): boolean {
  return tf.getBackend() === "tensorflow";
}

/** The native backend; throws when another engine is in use. */
export function nativeBackend(): NativeBackend {
  if (!isNative())
    throw new Error(`This needs the native TensorFlow engine; the engine in use is '${tf.getBackend()}'.`);
  return tf.backend() as unknown as NativeBackend;
}

/** The handle of a tensor's data, sending the values to the engine first when they are still in JavaScript. */
export function nativeId(backend: NativeBackend, tensor: tf.TensorInfo): number {
  return backend.getInputTensorIds([tensor])[0];
}

/** Shorthands for attribute records. */
export const attribute = {
  type: (name: string, value: number): OpAttribute => ({ name, type: ATTR.type, value }),
  int: (name: string, value: number | readonly number[]): OpAttribute => ({ name, type: ATTR.int, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: ATTR.float, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: ATTR.bool, value }),
  string: (name: string, value: string): OpAttribute => ({ name, type: ATTR.string, value }),
};
