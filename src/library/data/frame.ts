/** Tables of danfo.js as samples. */
import { show } from "dnn-lab-core/check";
import type { NestedNumbers } from "./nested";

/** A danfo DataFrame or Series, as far as it matters here. */
export interface Frame {
  /** Rows of a DataFrame, or the values of a Series. */
  readonly values: unknown;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Type of each column, in danfo's words. */
  readonly dtypes: readonly string[];
  /** `[rows, columns]`. */
  readonly shape: readonly number[];
}

/** Whether a value is a danfo DataFrame or Series (of whichever copy of the package). */
export function isFrame(value: unknown): value is Frame {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { columns, dtypes, shape, values } = value as Partial<Frame>;
  return [columns, dtypes, shape, values].every(Array.isArray);
}

/** Rows of numbers `[rows][columns]`, or numbers for a Series; throws for a text or a gap, naming row and column. */
export function frameNumbers(name: string, frame: Frame): NestedNumbers {
  const rows = frame.values as readonly unknown[];
  return rows.map((row, place) => {
    // A Series has plain values, whatever its shape says.
    if (!Array.isArray(row)) return numberOf(name, row, place, frame.columns[0]);
    return row.map((value: unknown, i) => numberOf(name, value, place, frame.columns[i]));
  });
}

function numberOf(name: string, value: unknown, row: number, column: string): number {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  const where = `${name}: column '${column}' of the frame has ${show(value)} in row ${row}`;
  if (value === undefined || value === null || Number.isNaN(value)) {
    throw new TypeError(`${where}. Fill the gap (frame.fillNa) or leave the row out (frame.dropNa).`);
  }
  throw new TypeError(`${where}, which is no number. Leave the column out, or encode it (danfo's LabelEncoder).`);
}
