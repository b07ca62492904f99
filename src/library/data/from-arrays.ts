/** Data sets from the caller's own arrays and tensors, checked when they are made. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { tf } from "../engine/tf";
import { Dataset } from "./dataset";
import { flatten, type NestedNumbers } from "./nested";
import { compact, isTypedNumbers, storedNumbers, type TypedNumbers } from "./numbers";
import { fingerprintOf, rowLength, type Column, type FeatureValues, type LabelValues } from "./storage";

/** What a data set of your own says about itself. */
export interface DescriptionOptions {
  /** Name in reports (default "arrays"). */
  name?: string;
  /** Name of each class; labels must then be whole numbers below their count. */
  classNames?: readonly string[];
  /** Number of classes, where they have no names; labels must then be whole numbers below it. */
  numClasses?: number;
}

/** Options of {@link datasetFromArrays}. */
export interface ArraysOptions extends DescriptionOptions {
  /**
   * One entry a sample: nested arrays of numbers (or true and false), or a flat typed array of any kind with its
   * `shape`. Bytes, int32 and float32 are shared, not copied; others become float32, whole numbers of labels int32.
   */
  features: TypedNumbers | NestedNumbers;
  /** One entry a sample: class numbers, targets, or nested arrays such as one-hot rows. */
  labels: TypedNumbers | NestedNumbers;
  /** Shape of one sample; needed for a typed array, else found from the nesting. */
  shape?: readonly number[];
  /** Shape of one label (default: a plain number for a typed array, else found from the nesting). */
  labelShape?: readonly number[];
}

/** Options of {@link datasetFromTensors}. */
export interface TensorsOptions extends DescriptionOptions {
  /** `[samples, ...shape of a sample]`; copied, it stays the caller's. */
  features: tf.Tensor;
  /** `[samples, ...shape of a label]`; copied, it stays the caller's. */
  labels: tf.Tensor;
}

type AnyColumn = Column<FeatureValues | LabelValues>;

const DESCRIPTION = ["name", "classNames", "numClasses"];

/**
 * A data set of the samples in `features` with their `labels`.
 *
 * Throws when their numbers differ, a value is NaN or infinite, rows have different lengths, or a label lies outside
 * the classes.
 *
 * @example
 * datasetFromArrays({ features: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0], numClasses: 2 }).batch(4)
 */
export function datasetFromArrays(options: ArraysOptions): Dataset {
  const owner = "datasetFromArrays";
  const known = ["features", "labels", "shape", "labelShape", ...DESCRIPTION];
  const { features, labels, shape, labelShape } = checkOptions(owner, options, known);
  const labelColumn = fromArray(
    `${owner}: labels`,
    labels,
    labelShape ?? (ArrayBuffer.isView(labels) ? [] : undefined),
  );
  return describedDataset(owner, fromArray(`${owner}: features`, features, shape), labelColumn, options);
}

/**
 * The same from tensors.
 *
 * @example datasetFromTensors({ features: tf.tensor2d([[0, 0], [0, 1]]), labels: tf.tensor1d([0, 1], "int32"), numClasses: 2 })
 */
export function datasetFromTensors(options: TensorsOptions): Dataset {
  const owner = "datasetFromTensors";
  const { features, labels } = checkOptions(owner, options, ["features", "labels", ...DESCRIPTION]);
  const featureColumn = fromTensor(`${owner}: features`, features);
  return describedDataset(owner, featureColumn, fromTensor(`${owner}: labels`, labels), options);
}

function fromArray(name: string, array: TypedNumbers | NestedNumbers, shape?: readonly number[]): AnyColumn {
  shape?.forEach((size) => checkNumber(name, "a size in the shape", size, { integer: true, min: 1 }));
  if (isTypedNumbers(array)) {
    if (shape) return { values: storedNumbers(name, array), shape };
    throw new TypeError(`${name}: give the shape of one sample with a typed array, for example shape: [28, 28].`);
  }
  if (!Array.isArray(array)) {
    throw new TypeError(`${name} must be an array of numbers or a typed array, received ${show(array)}.`);
  }
  const flat = flatten(name, array);
  return { values: compact(name, flat.values), shape: shape ?? flat.shape.slice(1) };
}

function fromTensor(name: string, tensor: tf.Tensor): AnyColumn {
  const [rows, ...shape] = tensor?.shape ?? [];
  if (rows === undefined || typeof tensor.dataSync !== "function") {
    throw new TypeError(`${name} must be a tensor with the samples along its first axis, received ${show(tensor)}.`);
  }
  if (tensor.dtype !== "float32" && tensor.dtype !== "int32" && tensor.dtype !== "bool") {
    throw new TypeError(
      `${name} must be a tensor of float32, int32 or bool, received ${tensor.dtype}. Use tensor.toFloat().`,
    );
  }
  return { values: storedNumbers(name, tensor.dataSync().slice()), shape };
}

function describedDataset(owner: string, features: AnyColumn, labels: AnyColumn, options: DescriptionOptions): Dataset {
  const rows = countRows(`${owner}: features`, features);
  const labelRows = countRows(`${owner}: labels`, labels);
  if (rows !== labelRows) {
    throw new RangeError(
      `${owner}: features hold ${rows} samples and labels ${labelRows}; give one label for each sample.`,
    );
  }
  checkFinite(`${owner}: features`, features);
  checkFinite(`${owner}: labels`, labels);
  checkClasses(owner, labels, options);
  const { values } = features;
  const floats = values instanceof Int32Array ? Float32Array.from(values) : values;
  const storage = { rows, features: { values: floats, shape: features.shape }, labels };
  const { name = "arrays", classNames = [] } = options;
  const info = { name, split: "all", source: "arrays" as const, classNames, comparable: true, notes: [] };
  return Dataset.fromStorage(storage, { ...info, fingerprint: fingerprintOf(storage) });
}

function countRows(name: string, { values, shape }: AnyColumn): number {
  const rows = values.length / rowLength(shape);
  if (Number.isInteger(rows)) return rows;
  throw new RangeError(`${name}: ${values.length} numbers do not divide into samples of shape [${shape.join(", ")}].`);
}

function checkFinite(name: string, { values, shape }: AnyColumn): void {
  if (!(values instanceof Float32Array)) return;
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place === -1) return;
  const sample = Math.floor(place / rowLength(shape));
  throw new RangeError(`${name}: sample ${sample} contains ${values[place]}; replace it or leave the sample out.`);
}

function checkClasses(owner: string, labels: AnyColumn, { classNames, numClasses }: DescriptionOptions): void {
  const count = numClasses ?? classNames?.length;
  if (count === undefined) return;
  checkNumber(owner, "numClasses", count, { integer: true, min: 1 });
  if (classNames && classNames.length !== count) {
    throw new RangeError(
      `${owner}: numClasses is ${count}, but there are ${classNames.length} classNames; leave one out.`,
    );
  }
  if (holdsRows(labels, count)) return;
  const place = labels.values.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= count);
  if (place === -1) return;
  const sample = Math.floor(place / rowLength(labels.shape));
  throw new RangeError(
    `${owner}: label ${labels.values[place]} of sample ${sample} is no class; with ${count} classes labels run from 0 to ${count - 1}.`,
  );
}

/** Rows of shares (one-hot, mixed), as wide as there are classes, and no class numbers. */
function holdsRows({ values, shape }: AnyColumn, classes: number): boolean {
  return shape.length > 0 && shape[shape.length - 1] === classes && values.every((value) => value >= 0 && value <= 1);
}
