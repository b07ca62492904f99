/** What the training part says about each column: mean, deviation, median, words. */
import { type CellRules, isMissing, numberIn, wordIn } from "./table-cells";
import type { Rows } from "./rows";
import type { ColumnSurvey } from "./survey";
import type { ColumnEncoding } from "./table-preprocessing";

/** What to do about gaps; see `csvDataset`. */
export type MissingPolicy = "error" | "drop" | "mean" | "median" | number;
export const MISSING_POLICIES = ["error", "drop", "mean", "median"] as const;

/** What words become; see `csvDataset`. */
export type Categories = "oneHot" | "index";
export const CATEGORIES = ["oneHot", "index"] as const;

export interface FitOptions extends CellRules {
  readonly missing: MissingPolicy;
  readonly missingIndicator: boolean;
  readonly scale: boolean;
  readonly maxCategories: number;
  readonly categories: Categories;
  /** Of all rows of the table: which become samples. */
  readonly keep: Uint8Array;
  /** Of the samples: which are for training. */
  readonly isTraining: Uint8Array;
}

/** What is gathered of a column. */
interface Gathered {
  count: number;
  mean: number;
  /** Sum of the squared distances from the mean (Welford, 1962). */
  squares: number;
  readonly values: number[];
  readonly words: Set<string>;
}

/** Goes through the rows once and fits each column on the training part. */
export async function columnEncodings(
  owner: string,
  rows: Rows,
  columns: readonly ColumnSurvey[],
  options: FitOptions,
): Promise<ColumnEncoding[]> {
  const places = columns.map(({ name }) => rows.header.indexOf(name));
  const found: Gathered[] = columns.map(() => ({ count: 0, mean: 0, squares: 0, values: [], words: new Set() }));
  let [row, sample] = [-1, -1];
  await rows.each(
    (cells) => {
      row++;
      if (!options.keep[row]) return;
      sample++;
      if (!options.isTraining[sample]) return;
      columns.forEach((column, i) => {
        const cell = cells[places[i]];
        if (isMissing(cell, options)) return;
        if (column.type === "category") found[i].words.add(wordIn(cell));
        else
          gather(found[i], numberIn(cell, column.type, options)!, options.missing === "median" && column.missing > 0);
      });
    },
    () => undefined,
  );
  return columns.map((column, i) => encoding(owner, column, found[i], options));
}

function gather(all: Gathered, value: number, keepsValues: boolean): void {
  all.count++;
  const distance = value - all.mean;
  all.mean += distance / all.count;
  all.squares += distance * (value - all.mean);
  if (keepsValues) all.values.push(value);
}

function encoding(
  owner: string,
  { name, type, missing: gaps }: ColumnSurvey,
  found: Gathered,
  options: FitOptions,
): ColumnEncoding {
  const { missing, missingIndicator, scale, maxCategories, categories } = options;
  const fills = gaps > 0 && missing !== "drop" && missing !== "error";
  const indicator = fills && missingIndicator ? { indicator: true } : {};
  if (type === "category") {
    if (found.words.size > maxCategories) {
      throw new Error(
        `${owner}: column '${name}' has ${found.words.size} different words, more than maxCategories (${maxCategories}). ` +
          'Leave it out of features, raise maxCategories, or pass categories: "index" for an embedding.',
      );
    }
    const vocabulary = [...found.words].sort((a, b) => (a < b ? -1 : 1));
    // As an index, a gap has the number of unknown words.
    if (categories === "index") return { name, type, vocabulary, index: true, ...(fills && { fill: 0 }) };
    return { name, type, vocabulary, ...(fills && { fill: 0 }), ...indicator };
  }
  if (found.count === 0)
    throw new Error(`${owner}: column '${name}' is empty in the training part. Leave it out of features.`);
  const fill = fills ? { fill: fillOf(missing, found) } : {};
  const isScaled = scale && type !== "boolean";
  const deviation = Math.sqrt(found.squares / found.count);
  // A column that never changes says nothing, and is 0.
  return { name, type, ...fill, ...indicator, ...(isScaled && { mean: found.mean, deviation: deviation || 1 }) };
}

function fillOf(missing: MissingPolicy, { mean, values }: Gathered): number {
  if (typeof missing === "number") return missing;
  if (missing !== "median") return mean;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
