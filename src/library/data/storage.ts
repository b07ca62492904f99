/** Samples as they lie in memory: typed arrays of rows, pixels still bytes. */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOf } from "dnn-lab-core/hash";

/** Pixels as bytes, or numbers. */
export type FeatureValues = Uint8Array | Float32Array;
/** Class numbers or targets. */
export type LabelValues = Uint8Array | Int32Array | Float32Array;

/** Rows of one shape, one after another. */
export interface Column<Values> {
  /** All rows, one after another. */
  readonly values: Values;
  /** Shape of one row; empty for a plain number. */
  readonly shape: readonly number[];
}

export interface Storage {
  readonly rows: number;
  readonly features: Column<FeatureValues>;
  readonly labels: Column<LabelValues>;
  /** How much each row counts in the loss; undefined when all count alike. */
  readonly sampleWeights?: Column<Float32Array>;
  /** Of features that are several columns side by side: their names and shapes. */
  readonly featureLayout?: ColumnLayout;
  /** The same of labels. */
  readonly labelLayout?: ColumnLayout;
  /** The same of the weights, which may differ between outputs. */
  readonly weightLayout?: ColumnLayout;
}

/** Name → shape of one row, in the order in which columns lie in a row. */
export type ColumnLayout = Readonly<Record<string, readonly number[]>>;

/** Numbers in one row of that shape. */
export function rowLength(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Copies the rows, in that order, into float32 and multiplies them by `scale`. */
export function gather(
  { values, shape }: Column<FeatureValues | LabelValues>,
  rows: Int32Array,
  scale = 1,
): Float32Array {
  const width = rowLength(shape);
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    gathered.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  }
  if (scale !== 1) for (let i = 0; i < gathered.length; i++) gathered[i] *= scale;
  return gathered;
}

/** Those rows alone, in that order. */
export function selectRows<Values extends FeatureValues | LabelValues>(
  { values, shape }: Column<Values>,
  rows: Int32Array,
): Column<Values> {
  const width = rowLength(shape);
  const selected = new (values.constructor as new (length: number) => Values)(rows.length * width);
  rows.forEach((row, i) => selected.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { values: selected, shape };
}

/** The rows of a storage with these numbers, in this order; the storage itself when these are all rows as they lie. */
export function partOf(storage: Storage, rows: Int32Array): Storage {
  if (rows.length === storage.rows && rows.every((row, i) => row === i)) return storage;
  const { features, labels, sampleWeights } = storage;
  return {
    ...storage,
    rows: rows.length,
    features: selectRows(features, rows),
    labels: selectRows(labels, rows),
    ...(sampleWeights && { sampleWeights: selectRows(sampleWeights, rows) }),
  };
}

/** SHA-256 over the bytes of the features, then of the labels. */
export function fingerprintOf({ features, labels }: Storage): string {
  return hashOf("sha256", bytesOf(features.values), bytesOf(labels.values));
}

/** The rows of several storages of one kind, one after another; a single one is returned as it is. */
export function concatenate(storages: readonly Storage[]): Storage {
  if (storages.length === 1) return storages[0];
  return {
    rows: storages.reduce((sum, { rows }) => sum + rows, 0),
    features: { ...storages[0].features, values: joinArrays(storages.map(({ features }) => features.values)) },
    labels: { ...storages[0].labels, values: joinArrays(storages.map(({ labels }) => labels.values)) },
  };
}

function joinArrays<Values extends FeatureValues | LabelValues>(arrays: readonly Values[]): Values {
  const Kind = arrays[0].constructor as new (length: number) => Values;
  const whole = new Kind(arrays.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const array of arrays) {
    whole.set(array, filled);
    filled += array.length;
  }
  return whole;
}
