/** How the rows of a table become numbers: fitted on the training part, kept with the model, applied to every row alike. */
import { type Cell, type CellRules, type ColumnType, isMissing, numberIn, wordIn } from "./table-cells";

/** A column of the table and the numbers that it gives. */
export interface ColumnEncoding {
  /** Of the column. */
  readonly name: string;
  /** How its cells are read. */
  readonly type: ColumnType;
  /** Numbers and dates become (x − mean) / deviation; of the training part (default 0). */
  readonly mean?: number;
  /** The standard deviation beside it (default 1). */
  readonly deviation?: number;
  /** What stands in for a gap, before scaling; without it a gap is an error. */
  readonly fill?: number;
  /** Words of the training part, each a number 0 or 1; another word is 0 in all. */
  readonly vocabulary?: readonly string[];
  /** Whether a further number is 1 for a gap. */
  readonly indicator?: boolean;
}

/** Plain data, as it is saved with a model. */
export interface TablePreprocessing {
  /** What kind of preprocessing it is. */
  readonly kind: "table";
  /** The columns that are predicted from, in the order of their numbers. */
  readonly columns: readonly ColumnEncoding[];
  /** The column that is predicted; with names, classes by number. */
  readonly label: { readonly name: string; readonly classNames?: readonly string[] };
  /** How texts are read. */
  readonly cells: CellRules;
  /** Further plain data. */
  readonly [other: string]: unknown;
}

/** How many numbers a column gives. */
export function widthOf({ vocabulary, indicator }: ColumnEncoding): number {
  return (vocabulary?.length ?? 1) + (indicator ? 1 : 0);
}

/** A name for each number: `age`, `city=Ulm`, `age missing`. */
export function featureNames(columns: readonly ColumnEncoding[]): string[] {
  return columns.flatMap(({ name, vocabulary, indicator }) => [
    ...(vocabulary ? vocabulary.map((word) => `${name}=${word}`) : [name]),
    ...(indicator ? [`${name} missing`] : []),
  ]);
}

/** Writes a row's numbers; throws, naming column and line, for a cell that the column cannot have. */
export function encodeRow(
  owner: string,
  columns: readonly ColumnEncoding[],
  rules: CellRules,
  row: { readonly cellOf: (column: number) => Cell; readonly place: number },
  target: Float32Array,
  offset = 0,
): void {
  let at = offset;
  columns.forEach((column, i) => {
    encodeCell(owner, column, rules, row.cellOf(i), row.place, target, at);
    at += widthOf(column);
  });
}

function encodeCell(
  owner: string,
  column: ColumnEncoding,
  rules: CellRules,
  cell: Cell,
  place: number,
  target: Float32Array,
  at: number,
): void {
  const { name, type, mean = 0, deviation = 1, fill, vocabulary, indicator } = column;
  const gap = isMissing(cell, rules);
  if (indicator) target[at + widthOf(column) - 1] = gap ? 1 : 0;
  if (vocabulary) {
    if (gap && !indicator && fill === undefined) throw gapError(owner, name, place);
    const word = gap ? -1 : vocabulary.indexOf(wordIn(cell));
    if (word >= 0) target[at + word] = 1;
    return;
  }
  if (gap && fill === undefined) throw gapError(owner, name, place);
  const value = gap ? fill : numberIn(cell, type, rules);
  if (value === undefined) {
    throw new Error(`${owner}: column '${name}' has ${JSON.stringify(cell)} in line ${place}, which is no ${type}.`);
  }
  target[at] = (value - mean) / deviation;
}

function gapError(owner: string, name: string, place: number): Error {
  return new Error(
    `${owner}: column '${name}' has a gap in line ${place}, and the training data had none. Fill it, or leave the row out.`,
  );
}
