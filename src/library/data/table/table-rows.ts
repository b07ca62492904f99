/** What a table is to those who go through it. */
import type { Cell } from "./table-cells";

/** A row and where it stands: its line in a file, or its number from 1. */
export type Visit = (cells: readonly Cell[], place: number) => void;

export interface Rows {
  readonly name: string;
  readonly header: readonly string[];
  /** Calls `visit` with each row, in order. Rows of another length than the header are told to `bad`. */
  each(visit: Visit, bad: (found: number, place: number) => void): Promise<void>;
}
