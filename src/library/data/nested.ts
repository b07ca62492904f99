/** Nested arrays of numbers as one flat array with a shape. */
import { show } from "dnn-lab-core/check";
import { asNumber, notANumber } from "./stored-numbers";

/** Numbers; true and false count as 1 and 0, a BigInt as the nearest number; a typed array may stand for a row. */
export type NestedNumbers = readonly (number | boolean | bigint | ArrayLike<number> | NestedNumbers)[];

export interface Flat {
  readonly values: readonly number[];
  /** Shape of the whole, the outermost array first. */
  readonly shape: readonly number[];
}

/** Flattens; throws when rows have different lengths or an entry is no number. `name` names the array in errors. */
export function flatten(name: string, nested: NestedNumbers): Flat {
  const shape = shapeAlongFirst(nested);
  const values: number[] = [];
  collect(name, nested, shape, 0, values);
  return { values, shape };
}

function shapeAlongFirst(nested: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let entry: unknown = nested; isRow(entry); entry = entry[0]) shape.push(entry.length);
  return shape;
}

function collect(name: string, entry: unknown, shape: readonly number[], depth: number, values: number[]): void {
  if (depth === shape.length) {
    const value = asNumber(entry);
    if (value === undefined) {
      // The rows are full but for the one that is being read.
      const sample = Math.floor(values.length / shape.slice(1).reduce((product, size) => product * size, 1));
      throw notANumber(name, entry, `depth ${depth}, sample ${sample}`);
    }
    values.push(value);
    return;
  }
  if (!isRow(entry) || entry.length !== shape[depth]) {
    throw new TypeError(
      `${name}: expected an array of ${shape[depth]} entries at depth ${depth}, as in the first row, found ${show(entry)}.`,
    );
  }
  for (let i = 0; i < entry.length; i++) collect(name, entry[i], shape, depth + 1, values);
}

const isRow = (entry: unknown): entry is ArrayLike<unknown> =>
  Array.isArray(entry) || (ArrayBuffer.isView(entry) && !(entry instanceof DataView));
