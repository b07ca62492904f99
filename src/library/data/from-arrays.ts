/** Data sets from the caller's own arrays and tensors, checked when they are made. */
import { checkKeys, checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../engine/tf";
import { type AnyColumn, type ColumnValues, toColumn } from "./columns";
import { Dataset } from "./dataset";
import { isFrame } from "./frame";
import { isTypedNumbers } from "./stored-numbers";
import { packColumns } from "./packed-columns";
import { type SampleWeights, weightsByRow } from "./sample-weights";
import { type ColumnLayout, fingerprintOf, rowLength, type Storage } from "./storage";

/** What a data set of your own says about itself. */
export interface DescriptionOptions {
  /** Name in reports (default "arrays"). */
  name?: string;
  /** Name of each class; labels must then be whole numbers below their count. */
  classNames?: readonly string[];
  /** Number of classes, where they have no names; labels must then be whole numbers below it. */
  numClasses?: number;
}

/** Columns by the names of a model's inputs or outputs. */
export type NamedValues = Readonly<Record<string, ColumnValues>>;

/** Options of {@link datasetFromArrays}. */
export interface ArraysOptions extends DescriptionOptions {
  /**
   * One entry a sample: nested arrays of numbers, a flat typed array (bytes, int32 and float32 are shared, not copied)
   * with its `shape`, a tensor, or a danfo DataFrame; or several of these by the names of a model's inputs.
   */
  features: ColumnValues | NamedValues;
  /** One entry a sample: class numbers, targets, or nested arrays such as one-hot rows; or several by outputs' names. */
  labels: ColumnValues | NamedValues;
  /** Shape of one sample, by name where there are several; needed for a typed array, else found from the nesting. */
  shape?: readonly number[] | Readonly<Record<string, readonly number[]>>;
  /** Shape of one label (default: a plain number for a typed array, else found from the nesting). */
  labelShape?: readonly number[] | Readonly<Record<string, readonly number[]>>;
  /** How much each sample, or each step of it, counts in the loss (default all alike), as `withSampleWeights`. */
  sampleWeight?: SampleWeights;
}

/** Options of {@link datasetFromTensors}. */
export interface TensorsOptions extends DescriptionOptions {
  /** `[samples, ...shape of a sample]`; copied, it stays the caller's. Several by the names of a model's inputs. */
  features: tf.Tensor | Readonly<Record<string, tf.Tensor>>;
  /** `[samples, ...shape of a label]`; copied, it stays the caller's. Several by the names of a model's outputs. */
  labels: tf.Tensor | Readonly<Record<string, tf.Tensor>>;
  /** `[samples]`, or numbers: how much each sample counts in the loss (default all alike), as `withSampleWeights`. */
  sampleWeight?: SampleWeights;
}

const DESCRIPTION: OptionNames<DescriptionOptions> = { name: true, classNames: true, numClasses: true };

/**
 * A data set of the samples in `features` with their `labels`.
 *
 * Columns may have names, those of the inputs and outputs of a model that has several: `features: { image, meta }`.
 *
 * Throws when their numbers differ, a value is NaN or infinite, rows have different lengths, or a label lies outside
 * the classes.
 *
 * @example
 * datasetFromArrays({ features: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0], numClasses: 2 }).batch(4)
 */
export function datasetFromArrays(options: ArraysOptions): Dataset {
  const owner = "datasetFromArrays";
  const names = {
    features: true,
    labels: true,
    shape: true,
    labelShape: true,
    sampleWeight: true,
    ...DESCRIPTION,
  } as const;
  const { features, labels, shape, labelShape } = checkOptions(owner, options, names);
  const samples = columnsOf(`${owner}: features`, features, shape);
  return describedDataset(owner, samples, columnsOf(`${owner}: labels`, labels, labelShape, []), options);
}

/**
 * The same from tensors.
 *
 * @example datasetFromTensors({ features: tf.tensor2d([[0, 0], [0, 1]]), labels: tf.tensor1d([0, 1], "int32"), numClasses: 2 })
 */
export function datasetFromTensors(options: TensorsOptions): Dataset {
  const owner = "datasetFromTensors";
  const { features, labels, ...rest } = checkOptions(owner, options, {
    features: true,
    labels: true,
    sampleWeight: true,
    ...DESCRIPTION,
  });
  for (const [name, given] of Object.entries({ features, labels })) checkTensors(`${owner}: ${name}`, given);
  return describedDataset(
    owner,
    columnsOf(`${owner}: features`, features),
    columnsOf(`${owner}: labels`, labels),
    rest,
  );
}

function checkTensors(name: string, given: unknown): void {
  const all: unknown[] = isNamed(given) ? Object.values(given) : [given];
  const other = all.find((one) => !(one instanceof tf.Tensor));
  if (all.length > 0 && other === undefined) return;
  throw new TypeError(`${name} must be a tensor with the samples along its first axis, received ${show(other)}.`);
}

/** Features or labels as one column, and the names of the parts when there are several. */
interface Columns {
  readonly column: AnyColumn;
  readonly layout?: ColumnLayout;
}

/** Whether values stand under names, in a plain object. */
export function isNamed(values: unknown): values is NamedValues {
  if (typeof values !== "object" || values === null || isFrame(values)) return false;
  return [Object.prototype, null].includes(Object.getPrototypeOf(values) as null);
}

function columnsOf(
  name: string,
  values: ColumnValues | NamedValues,
  shape?: ArraysOptions["shape"],
  plainShape?: readonly number[],
): Columns {
  if (!isNamed(values)) {
    if (shape !== undefined && !Array.isArray(shape)) {
      throw new TypeError(`${name}: the shape has names, the values have none; give the shape as an array.`);
    }
    const known = (shape as readonly number[] | undefined) ?? (isTypedNumbers(values) ? plainShape : undefined);
    return { column: toColumn(name, values, known) };
  }
  const shapes = (shape ?? {}) as Readonly<Record<string, readonly number[]>>;
  checkKeys(`${name}: shape`, shapes, Object.keys(values));
  const columns = Object.fromEntries(
    Object.entries(values).map(([key, each]) => {
      const known = shapes[key] ?? (isTypedNumbers(each) ? plainShape : undefined);
      return [key, toColumn(`${name}.${key}`, each, known)];
    }),
  );
  const entries = Object.entries(columns);
  if (entries.length === 0) throw new TypeError(`${name} names no columns.`);
  const rows = entries.map(([key, column]) => countRows(`${name}.${key}`, column));
  const other = rows.findIndex((count) => count !== rows[0]);
  if (other !== -1) {
    throw new RangeError(
      `${name}: '${entries[0][0]}' holds ${rows[0]} samples and '${entries[other][0]}' ${rows[other]}; give as many of each.`,
    );
  }
  return packColumns(columns, rows[0]);
}

function describedDataset(
  owner: string,
  { column: features, layout: featureLayout }: Columns,
  { column: labels, layout: labelLayout }: Columns,
  options: DescriptionOptions & Pick<ArraysOptions, "sampleWeight">,
): Dataset {
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
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const { sampleWeight } = options;
  const storage: Storage = {
    rows,
    features: { values: floats, shape: features.shape },
    labels,
    ...(featureLayout && { featureLayout }),
    ...(labelLayout && { labelLayout }),
    ...(sampleWeight && weightsByRow(`${owner}: sampleWeight`, sampleWeight, all, rows)),
  };
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
