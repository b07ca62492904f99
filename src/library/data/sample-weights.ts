/** How much each sample counts in the loss, or each step of it, or each of these for one output of several. */
import { checkNumber } from "dnn-lab-core/check";
import { tf } from "../engine/tf";
import { flatten, type NestedNumbers } from "./nested";
import { packColumns } from "./packed-columns";
import { type Column, type ColumnLayout, rowLength } from "./storage";

/** One number a sample, or rows of numbers, one for each step (pixel …) of its labels: `[samples]`, `[samples, steps]`. */
export type SampleWeightValues = ArrayLike<number> | NestedNumbers | tf.Tensor;

/** Weights, or weights by the names of a model's outputs; an output that is left out counts everything alike. */
export type SampleWeights = SampleWeightValues | Readonly<Record<string, SampleWeightValues>>;

/** What a storage keeps of them. */
export interface StoredWeights {
  readonly sampleWeights: Column<Float32Array>;
  readonly weightLayout?: ColumnLayout;
}

/**
 * The weights of `rows` by row of the storage; 1 for rows that are not among them.
 *
 * @throws RangeError when there is not one finite number, at least 0, for each row (and each step of it).
 */
export function weightsByRow(
  owner: string,
  weights: SampleWeights,
  rows: Int32Array,
  storageRows: number,
): StoredWeights {
  if (!isByOutput(weights)) return { sampleWeights: column(owner, "weights", weights, rows, storageRows) };
  const columns = Object.entries(weights).map(([name, each]) => {
    return [name, column(owner, `weights.${name}`, each, rows, storageRows)] as const;
  });
  if (columns.length === 0) throw new TypeError(`${owner}: no weights are given.`);
  const { column: packed, layout } = packColumns(Object.fromEntries(columns), storageRows);
  return { sampleWeights: packed as Column<Float32Array>, weightLayout: layout };
}

export function isByOutput(weights: SampleWeights): weights is Readonly<Record<string, SampleWeightValues>> {
  return typeof weights === "object" && Object.getPrototypeOf(weights) === Object.prototype && !("length" in weights);
}

function column(
  owner: string,
  name: string,
  weights: SampleWeightValues,
  rows: Int32Array,
  storageRows: number,
): Column<Float32Array> {
  const { values, shape } = numbersOf(`${owner}: ${name}`, weights, rows.length);
  const width = rowLength(shape);
  if (values.length !== rows.length * width) {
    throw new RangeError(
      `${owner}: expected ${rows.length} weights, one for each sample, received ${values.length / width}.`,
    );
  }
  const byRow = new Float32Array(storageRows * width).fill(1);
  rows.forEach((row, i) => {
    for (let step = 0; step < width; step++) {
      const place = i * width + step;
      const label = shape.length === 0 ? `${name}[${i}]` : `${name}[${i}] (number ${step})`;
      byRow[row * width + step] = checkNumber(owner, label, values[place], { min: 0 });
    }
  });
  return { values: byRow, shape };
}

function numbersOf(name: string, weights: SampleWeightValues, count: number): Column<ArrayLike<number>> {
  if (weights instanceof tf.Tensor) return { values: weights.dataSync(), shape: weights.shape.slice(1) };
  const first = (weights as ArrayLike<unknown>)[0];
  if (Array.isArray(first) || ArrayBuffer.isView(first)) {
    const { values, shape } = flatten(name, weights as NestedNumbers);
    return { values, shape: shape.slice(1) };
  }
  const values = weights as ArrayLike<number>;
  // A typed array does not say where a row ends, but the number of samples does.
  const steps = values.length / count;
  const isFlatRows = ArrayBuffer.isView(weights) && Number.isInteger(steps) && steps > 1;
  return { values, shape: isFlatRows ? [steps] : [] };
}
