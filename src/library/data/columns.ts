/** What a caller gives as samples or labels, brought to one form: a typed array of rows with the shape of a row. */
import { checkNumber, show } from "dnn-lab-core/check";
import { tf } from "../engine/tf";
import { type Frame, frameNumbers, isFrame } from "./frame";
import { flatten, type NestedNumbers } from "./nested";
import { notifyOnce } from "./notice";
import type { Column, FeatureValues, LabelValues } from "./storage";

/** Any typed array of numbers. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Nested arrays of numbers, a typed array, a tensor, or a danfo DataFrame or Series; one entry a sample. */
export type ColumnValues = NestedNumbers | NumberArray | tf.Tensor | Frame;

export type AnyColumn = Column<FeatureValues | LabelValues>;

/** float32 holds whole numbers up to here without gaps. */
const EXACT = 2 ** 24;
const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * The column that some values make. Whole numbers become int32 where they fit, all else float32; large whole numbers
 * are rounded to it, with a notice.
 *
 * @param shape of one sample; needed for typed arrays of more than one number a sample
 */
export function toColumn(name: string, values: ColumnValues, shape?: readonly number[]): AnyColumn {
  shape?.forEach((size) => checkNumber(name, "a size in the shape", size, { integer: true, min: 1 }));
  if (values instanceof tf.Tensor) return fromTensor(name, values);
  if (isNumberArray(values)) {
    if (shape) return { values: stored(name, values), shape };
    throw new TypeError(`${name}: give the shape of one sample with a typed array, for example shape: [28, 28].`);
  }
  const nested = isFrame(values) ? frameNumbers(name, values) : values;
  if (!Array.isArray(nested)) {
    throw new TypeError(
      `${name} must be an array, a typed array, a tensor or a danfo frame, received ${show(nested)}.`,
    );
  }
  const flat = flatten(name, nested);
  return { values: stored(name, flat.values), shape: shape ?? flat.shape.slice(1) };
}

/** Whether values are a flat typed array, which says nothing of the shape of a sample. */
export function isNumberArray(values: unknown): values is NumberArray {
  return ArrayBuffer.isView(values) && !(values instanceof DataView);
}

function fromTensor(name: string, tensor: tf.Tensor): AnyColumn {
  const [rows, ...shape] = tensor.shape;
  if (rows === undefined) {
    throw new TypeError(`${name} must be a tensor with the samples along its first axis, received a scalar.`);
  }
  const { dtype } = tensor;
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new TypeError(`${name} must be a tensor of float32, int32 or bool, received ${dtype}. Use tensor.toFloat().`);
  }
  return { values: (tensor.dataSync() as Float32Array | Int32Array | Uint8Array).slice(), shape };
}

/** In one of the types that a data set keeps; the very array where it has one of them. */
function stored(name: string, values: NumberArray | readonly number[]): FeatureValues | LabelValues {
  if (values instanceof Uint8Array || values instanceof Int32Array || values instanceof Float32Array) return values;
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values);
  const numbers =
    values instanceof BigInt64Array || values instanceof BigUint64Array
      ? Array.from(values as BigInt64Array, Number)
      : values;
  let [isWhole, largest] = [true, 0];
  for (const value of numbers) {
    if (!Number.isInteger(value)) isWhole = false;
    else if (Math.abs(value) > largest) largest = Math.abs(value);
  }
  if (isWhole && largest <= LARGEST_INT32) return Int32Array.from(numbers);
  if (largest > EXACT) {
    notifyOnce(`${name}: whole numbers as large as ${largest} are rounded to float32, which has 24 binary digits.`);
  }
  return Float32Array.from(numbers);
}
