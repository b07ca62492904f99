/** What a caller gives as samples or labels, brought to one form: a typed array of rows with the shape of a row. */
import { checkNumber, show } from "dnn-lab-core/check";
import { tf } from "../engine/tf";
import { type Frame, frameNumbers, isFrame } from "./frame";
import { flatten, type NestedNumbers } from "./nested";
import { compact, isTypedNumbers, storedNumbers, type TypedNumbers } from "./stored-numbers";
import type { Column, FeatureValues, LabelValues } from "./storage";

/** Nested arrays of numbers, a typed array, a tensor, or a danfo DataFrame or Series; one entry a sample. */
export type ColumnValues = NestedNumbers | TypedNumbers | tf.Tensor | Frame;

export type AnyColumn = Column<FeatureValues | LabelValues>;

/**
 * The column that some values make. Whole numbers become int32 where they fit, all else float32.
 *
 * @param shape of one sample; needed for typed arrays of more than one number a sample
 */
export function toColumn(name: string, values: ColumnValues, shape?: readonly number[]): AnyColumn {
  shape?.forEach((size) => checkNumber(name, "a size in the shape", size, { integer: true, min: 1 }));
  if (values instanceof tf.Tensor) return fromTensor(name, values);
  if (isTypedNumbers(values)) {
    if (shape) return { values: storedNumbers(name, values), shape };
    throw new TypeError(`${name}: give the shape of one sample with a typed array, for example shape: [28, 28].`);
  }
  const nested = isFrame(values) ? frameNumbers(name, values) : values;
  if (!Array.isArray(nested)) {
    throw new TypeError(
      `${name} must be an array, a typed array, a tensor or a danfo frame, received ${show(nested)}.`,
    );
  }
  const flat = flatten(name, nested);
  return { values: compact(name, flat.values), shape: shape ?? flat.shape.slice(1) };
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
  return { values: storedNumbers(name, tensor.dataSync().slice()), shape };
}
