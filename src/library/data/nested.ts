/** Nested arrays of numbers as one flat array with a shape. */
import { show } from "dnn-lab-core/check";

export type NestedNumbers = readonly (number | NestedNumbers)[];

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
  for (let entry: unknown = nested; Array.isArray(entry); entry = entry[0]) shape.push(entry.length);
  return shape;
}

function collect(name: string, entry: unknown, shape: readonly number[], depth: number, values: number[]): void {
  if (depth === shape.length) {
    if (typeof entry !== "number")
      throw new TypeError(`${name}: expected a number at depth ${depth}, found ${show(entry)}.`);
    values.push(entry);
    return;
  }
  if (!Array.isArray(entry) || entry.length !== shape[depth]) {
    throw new TypeError(
      `${name}: expected an array of ${shape[depth]} entries at depth ${depth}, as in the first row, found ${show(entry)}.`,
    );
  }
  for (const inner of entry) collect(name, inner, shape, depth + 1, values);
}
