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
  /** Whether the column is one number instead: the place of its word in `vocabulary`, from 1; 0 for a gap or another word. */
  readonly index?: boolean;
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
export function widthOf({ vocabulary, index, indicator }: ColumnEncoding): number {
  return (index ? 1 : (vocabulary?.length ?? 1)) + (indicator ? 1 : 0);
}

/** The column of all numbers that are no places of words, where words are indices. */
export const NUMBERS = "numbers";

/** Names and shapes of a sample's parts, where words are indices: numbers, then each column of words. */
export function layoutOf(columns: readonly ColumnEncoding[]): Readonly<Record<string, readonly number[]>> | undefined {
  const indices = columns.filter(({ index }) => index);
  if (indices.length === 0) return undefined;
  const numbers = columns.reduce((sum, column) => sum + (column.index ? 0 : widthOf(column)), 0);
  return {
    ...(numbers > 0 && { [NUMBERS]: [numbers] }),
    ...Object.fromEntries(indices.map(({ name }) => [name, [1]])),
  };
}

/** Rows of samples taken apart as `layoutOf` says. */
export function partsOf(
  values: Float32Array,
  layout: Readonly<Record<string, readonly number[]>>,
): Record<string, Float32Array> {
  const widths = Object.entries(layout).map(([name, [width]]) => [name, width] as const);
  const whole = widths.reduce((sum, [, width]) => sum + width, 0);
  const rows = values.length / whole;
  let from = 0;
  const parts = widths.map(([name, width]) => {
    const part = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      part.set(values.subarray(row * whole + from, row * whole + from + width), row * width);
    }
    from += width;
    return [name, part] as const;
  });
  return Object.fromEntries(parts);
}

/** Vocabulary → word → its place. */
const places = new WeakMap<readonly string[], Map<string, number>>();

function placeOf(word: string, vocabulary: readonly string[]): number {
  const known = places.get(vocabulary) ?? new Map(vocabulary.map((each, i) => [each, i]));
  places.set(vocabulary, known);
  return known.get(word) ?? -1;
}

/** A name for each number: `age`, `city=Ulm`, `age missing`. */
export function featureNames(columns: readonly ColumnEncoding[]): string[] {
  return columns.flatMap(({ name, vocabulary, index, indicator }) => [
    ...(vocabulary && !index ? vocabulary.map((word) => `${name}=${word}`) : [name]),
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
  const { name, type, mean = 0, deviation = 1, fill, vocabulary, index, indicator } = column;
  const gap = isMissing(cell, rules);
  if (indicator) target[at + widthOf(column) - 1] = gap ? 1 : 0;
  if (vocabulary) {
    if (gap && !indicator && fill === undefined) throw gapError(owner, name, place);
    const word = gap ? -1 : placeOf(wordIn(cell), vocabulary);
    if (index) target[at] = word + 1;
    else if (word >= 0) target[at + word] = 1;
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
