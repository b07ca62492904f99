/** Data that stay on the engine as bytes and are gathered, batch by batch, by operations that can be recorded. */
import { tf } from "../tf";
import {
  attribute,
  type DataId,
  DT,
  isNative,
  nativeBackend,
  type NativeBackend,
  nativeId,
  type NativeTensor,
} from "./native";

/** Rows on the engine, made by {@link deviceData}. */
export interface DeviceData {
  readonly rows: number;
  /** Shape of one row. */
  readonly shape: readonly number[];
  /** Gives the memory back (the values stay the caller's). */
  dispose(): void;
}

interface Stored extends DeviceData {
  /** `[rows, numbers of a row]`. On the native engine bytes stay bytes, although TensorFlow.js takes them for int32. */
  readonly tensor: tf.Tensor;
  /** TensorFlow's number of the true element type. */
  readonly dtype: number;
}

/**
 * Puts rows of numbers on the engine. On the native engine the memory is shared, not copied: bytes stay bytes, and the
 * array must not be changed while the data are in use.
 *
 * @param values `rows × shape` numbers. @param shape shape of one row, empty for plain numbers.
 * @param place (native engine) where a recording finds them: when the data are gone, others of the same form may take it
 * @example const images = deviceData(pixels, [28, 28]);
 */
export function deviceData(
  values: Uint8Array | Int32Array | Float32Array,
  shape: readonly number[],
  place?: DataId,
): DeviceData {
  const size = tf.util.sizeFromShape([...shape]);
  const rows = values.length / size;
  if (!Number.isInteger(rows)) {
    throw new RangeError(
      `deviceData: ${values.length} numbers are no whole number of rows of shape [${shape.join(", ")}].`,
    );
  }
  const dtype = values instanceof Uint8Array ? DT.uint8 : values instanceof Int32Array ? DT.int32 : DT.float32;
  const tensor = tf.keep(store(values, [rows, size], dtype, place));
  const stored: Stored = { rows, shape, tensor, dtype, dispose: () => tensor.dispose() };
  return stored;
}

/**
 * Rows `indices` as float32 `[indices, ...shape]`, multiplied by `scale` (default 1).
 *
 * @param indices int32 vector; on the native engine numbers out of range end the call with TensorFlow's error.
 */
export function gatherRows(data: DeviceData, indices: tf.Tensor, scale = 1): tf.Tensor {
  const { tensor, dtype, shape } = data as Stored;
  return tf.tidy(() => {
    const gathered = isNative()
      ? nativeGather(tensor, dtype, indices)
      : tf.cast(tf.gather(tensor, indices as tf.Tensor1D), "float32");
    // The shape comes last: where a model flattens its samples, nothing of it is left in a recorded step.
    return tf.reshape(scale === 1 ? gathered : tf.mul(gathered, scale), [indices.size, ...shape]);
  });
}

/**
 * The rows of a tensor, which stays the caller's; its memory is shared.
 *
 * @param place (native engine) where a recording finds them, as in {@link deviceData}
 */
export function deviceView(tensor: tf.Tensor, place: DataId): tf.Tensor {
  if (!isNative()) return tf.keep(tensor.clone());
  const backend = nativeBackend();
  const handle = nativeId(backend, tensor);
  const { dtype } = backend.tensorMap.get(tensor.dataId);
  const [made] = backend.binding.executeOp("Identity", [attribute.type("T", dtype)], [handle], 1);
  return tf.keep(placed(backend, made, place, tensor.dtype));
}

/** A tensor whose data are found at `place`. */
function placed(backend: NativeBackend, made: NativeTensor, place: DataId, type: tf.DataType): tf.Tensor {
  backend.tensorMap.set(place, { ...made, values: null, refCount: 1 });
  return tf.engine().makeTensorFromTensorInfo({ dataId: place, shape: made.shape, dtype: type });
}

function store(
  values: Uint8Array | Int32Array | Float32Array,
  shape: number[],
  dtype: number,
  dataId: DataId | undefined,
): tf.Tensor {
  const type = dtype === DT.float32 ? "float32" : "int32";
  if (!isNative() || (dtype !== DT.uint8 && !dataId)) return tf.tensor(values as Float32Array, shape, type);
  const backend = nativeBackend();
  const made = { id: backend.binding.createTensor(shape, dtype, values), shape, dtype };
  if (!dataId) return backend.createOutputTensor(made);
  return placed(backend, made, dataId, type);
}

/** Data of rings, whose number of rows changes from call to call. */
const rings = new WeakSet<object>();

/** Whether the data are a ring's. */
export const isRing = (dataId: object): boolean => rings.has(dataId);

/** Rows on the native engine that are replaced by others again and again; what was recorded with them reads the new ones. */
export interface DeviceRing extends DeviceData {
  /** Puts other rows in the place of all, any number of them; `values` may be written to again after the next call. */
  refill(values: Uint8Array | Float32Array): void;
}

/** A ring that holds these rows at first. @param place where a recording finds them, see {@link deviceData} */
export function deviceRing(values: Uint8Array | Float32Array, shape: readonly number[], place?: DataId): DeviceRing {
  const data = deviceData(values, shape, place) as Stored;
  rings.add(data.tensor.dataId);
  const width = tf.util.sizeFromShape([...shape]);
  const refill = (others: Uint8Array | Float32Array) => {
    const backend = nativeBackend();
    const handle = nativeId(backend, data.tensor);
    // The tensor keeps its first shape: recordings are compared by it.
    backend.tensorMap.get(data.tensor.dataId).id = backend.binding.createTensor(
      [others.length / width, width],
      data.dtype,
      others,
    );
    backend.binding.deleteTensor(handle);
  };
  return { ...data, refill };
}

/** TensorFlow.js would declare the bytes int32, so both operations are called directly. */
function nativeGather(tensor: tf.Tensor, dtype: number, indices: tf.Tensor): tf.Tensor {
  const backend = nativeBackend();
  const types = [
    attribute.type("Tparams", dtype),
    attribute.type("Tindices", DT.int32),
    attribute.type("Taxis", DT.int32),
  ];
  const rows = backend.executeSingleOutput("GatherV2", types, [tensor, indices, tf.scalar(0, "int32")]);
  if (dtype === DT.float32) return rows;
  return backend.executeSingleOutput(
    "Cast",
    [attribute.type("SrcT", dtype), attribute.type("DstT", DT.float32)],
    [rows],
  );
}
