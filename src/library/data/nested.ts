/** Nested arrays of numbers as one flat array with a shape. */
import { show } from "dnn-lab-core/check";

/** Booleans count as 0 and 1; a typed array may stand for a row. */
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
    values.push(numberOf(name, entry, depth, values.length));
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

function numberOf(name: string, entry: unknown, depth: number, place: number): number {
  if (typeof entry === "number") return entry;
  if (typeof entry === "boolean" || typeof entry === "bigint") return Number(entry);
  const fix = entry === null || entry === undefined ? " Fill the gap, or leave the sample out." : "";
  throw new TypeError(
    `${name}: expected a number at depth ${depth}, found ${show(entry)} (number ${place} of all).${fix}`,
  );
}
