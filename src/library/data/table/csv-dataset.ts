/** Data sets from tables: CSV files of any size, danfo frames, records. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { nextSeed } from "dnn-lab-core/random";
import { basename } from "../../platform";
import type { Dataset } from "../dataset";
import { datasetFromArrays } from "../from-arrays";
import {
  COLUMN_TYPES,
  type Cell,
  type CellRules,
  type ColumnType,
  isMissing,
  MISSING_VALUES,
  numberIn,
  wordIn,
} from "./table-cells";
import { type RowSplit, splitRows } from "./row-splits";
import { type Rows, rowsOf, type TableSource } from "./rows";
import { checkColumns, type ColumnSurvey, survey, type Survey } from "./survey";
import { CATEGORIES, type Categories, columnEncodings, MISSING_POLICIES, type MissingPolicy } from "./fit-columns";
import {
  type ColumnEncoding,
  encodeRow,
  featureNames,
  layoutOf,
  NUMBERS,
  partsOf,
  type TablePreprocessing,
  widthOf,
} from "./table-preprocessing";
import { tableSummary, type TableSummary } from "./table-summary";

/** Options of {@link csvDataset}. */
export interface CsvDatasetOptions {
  /** The column to predict: numbers as they are; words and truth values become class numbers. */
  label: string;
  /** Columns to predict from (default: all others). */
  features?: readonly string[];
  /** Types of columns where they are not what their cells look like, such as `{ zip: "category" }`. */
  types?: Readonly<Record<string, ColumnType>>;
  /** The classes in the order of their numbers (default: those of the label, sorted). */
  classNames?: readonly string[];
  /**
   * What to do about gaps in features: `"error"` (default), `"drop"` the row, or put in the `"mean"` or `"median"` of the
   * training part, or a number. Words that are missing are none of the column's words. Rows without a label are an error
   * or dropped.
   */
  missing?: MissingPolicy;
  /** Whether a column with gaps gets a further number that is 1 for a gap (default false). */
  missingIndicator?: boolean;
  /** Texts that stand for a gap (default: the empty text, NA, N/A, NaN, null …). */
  missingValues?: readonly string[];
  /** Whether numbers and dates are brought to mean 0 and deviation 1, as measured on the training part (default true). */
  scale?: boolean;
  /** Share of the rows for validation; at least 0, less than 1 (default 0.2). */
  validationSplit?: number;
  /** Share of the rows for a test; at least 0, less than 1 (default 0). */
  testSplit?: number;
  /** Of the split; default: the next of the library's global stream (`setRandomSeed`). */
  seed?: number;
  /** Whether each class has the same share in all parts (default false). */
  stratify?: boolean;
  /** A column whose equal cells must not be divided, such as a patient's number; it is no feature unless named as one. */
  group?: string;
  /** What stands between fields (default: found from the file). */
  delimiter?: string;
  /** What stands between whole and decimal places (default "."). */
  decimal?: "." | ",";
  /** What to do about lines with too many or too few fields: `"error"` (default) or `"skip"`. */
  badRows?: "error" | "skip";
  /** Words that a column may have at most (default 100; 10,000 with `categories: "index"`). */
  maxCategories?: number;
  /**
   * What words become: `"oneHot"` (default), one number for each word; or `"index"`, one number for `tf.layers.embedding`: 1
   * for the first word of `vocabularies[column]`, 0 for gaps and words that the training part does not have. The samples are
   * then named columns: `numbers` with all that is no word, and each column of words, shape `[1]`, by its name.
   */
  categories?: Categories;
}

/** What {@link csvDataset} gives. */
export interface CsvDataset {
  /** What to train on, in the order of the file. */
  readonly train: Dataset;
  /** The rows of `validationSplit`; undefined when there are none. */
  readonly validation: Dataset | undefined;
  /** The rows of `testSplit`; undefined when there are none. */
  readonly test: Dataset | undefined;
  /** Names of the classes by number; empty for numbers. */
  readonly classNames: readonly string[];
  /** A name for each number of a sample. */
  readonly featureNames: readonly string[];
  /** Column → its words; an embedding of it has `inputDim: vocabularies[column].length + 1`. */
  readonly vocabularies: Readonly<Record<string, readonly string[]>>;
  /** How rows become samples: for `saveModel(model, path, { preprocessing })` and `predictFile`. */
  readonly preprocessing: TablePreprocessing;
  /** Columns, types, gaps and the first rows; a notebook shows it as a table. */
  readonly summary: TableSummary;
}

const OPTIONS: OptionNames<CsvDatasetOptions> = {
  label: true,
  features: true,
  types: true,
  classNames: true,
  missing: true,
  missingIndicator: true,
  missingValues: true,
  scale: true,
  validationSplit: true,
  testSplit: true,
  seed: true,
  stratify: true,
  group: true,
  delimiter: true,
  decimal: true,
  badRows: true,
  maxCategories: true,
  categories: true,
};
const OWNER = "csvDataset";
const PREVIEW_ROWS = 5;

/**
 * Samples from a table: a CSV or Parquet file (read in pieces, several times, so that only the samples fill the memory), a danfo DataFrame, or
 * records `[{ age: 31, city: "Ulm" }]`.
 *
 * Numbers and dates (days) are scaled, truth values are 0 and 1, a word is one number for each word of its column (one-hot).
 * Means, deviations and words are those of the training part alone. A sample has shape `[featureNames.length]`; labels
 * are `[]`, class numbers or numbers.
 *
 * @throws Error that names column and line for what cannot be read; TypeError or RangeError for options that do not fit.
 * @example const iris = await csvDataset([{ width: 0.2, kind: "setosa" }, { width: 1.3, kind: "other" }], { label: "kind", validationSplit: 0 });
 */
export async function csvDataset(source: TableSource, options: CsvDatasetOptions): Promise<CsvDataset> {
  const { label, ...checked } = checkedOptions(options);
  const rows = await rowsOf(OWNER, source, checked.delimiter);
  const use = checked.features ?? rows.header.filter((name) => name !== label && name !== checked.group);
  const owner = typeof source === "string" ? `${OWNER}: '${source}'` : OWNER;
  checkColumns(owner, rows, [label, ...(checked.group ? [checked.group] : [])], "label or group");
  checkColumns(owner, rows, use, "features");
  checkColumns(owner, rows, Object.keys(checked.types), "types");
  if (use.includes(label)) throw new TypeError(`${OWNER}: the label '${label}' is among the features.`);
  const surveyed = await survey(rows, [...use, label], { owner, ...checked });
  const columns = surveyed.columns.slice(0, -1);
  checkGaps(columns, checked.missing);
  const kept = await keptRows(rows, surveyed, { ...checked, use, label });
  const names = classNamesOf(surveyed.columns.at(-1)!, kept, checked.classNames);
  const split = splitRows(kept.places.length, {
    validation: checked.validationSplit,
    test: checked.testSplit,
    seed: checked.seed,
    ...(kept.groups && { groups: kept.groups }),
    ...(checked.stratify && { strata: kept.labels.map(String) }),
  });
  checkParts(split, kept.places.length);
  const isTraining = new Uint8Array(kept.places.length);
  for (const row of split.train) isTraining[row] = 1;
  const fitted = await columnEncodings(OWNER, rows, columns, { ...checked, keep: kept.keep, isTraining });
  // Numbers before indices, as samples of named columns lie.
  const encodings = [...fitted.filter(({ index }) => !index), ...fitted.filter(({ index }) => index)];
  checkNames(encodings);
  const rules: CellRules = { decimal: checked.decimal, missingValues: checked.missingValues };
  const preprocessing: TablePreprocessing = {
    kind: "table",
    columns: encodings,
    label: { name: label, ...(names && { classNames: names }) },
    cells: rules,
  };
  const features = await encodeAll(rows, preprocessing, kept);
  const labels = names
    ? Int32Array.from(kept.labels, (word) => names.indexOf(String(word)))
    : Float32Array.from(kept.labels as number[]);
  const layout = layoutOf(encodings);
  const all = datasetFromArrays({
    ...(layout
      ? { features: partsOf(features, layout), shape: layout }
      : { features, shape: [featureNames(encodings).length] }),
    labels,
    name: nameOf(source),
    ...(names && { classNames: names }),
  });
  const part = (numbers: Int32Array) => (numbers.length > 0 ? all.subset(numbers) : undefined);
  return {
    train: all.subset(split.train),
    validation: part(split.validation),
    test: part(split.test),
    classNames: names ?? [],
    featureNames: featureNames(encodings),
    vocabularies: Object.fromEntries(
      encodings.flatMap(({ name, vocabulary }) => (vocabulary ? [[name, vocabulary]] : [])),
    ),
    preprocessing,
    summary: tableSummary({ rows, surveyed, encodings, split, classNames: names ?? [], label, preview: kept.preview }),
  };
}

/** An index has its column's name, which must not be that of the other numbers. */
function checkNames(encodings: readonly ColumnEncoding[]): void {
  if (!encodings.some(({ name, index }) => index && name === NUMBERS)) return;
  throw new Error(`${OWNER}: a column of words is called '${NUMBERS}', as all numbers together are; rename it.`);
}

const nameOf = (source: TableSource): string => (typeof source === "string" ? basename(source) : "table");

function checkedOptions(options: CsvDatasetOptions) {
  checkOptions(OWNER, options, OPTIONS);
  const {
    missing = "error",
    missingIndicator = false,
    missingValues = MISSING_VALUES,
    scale = true,
    validationSplit = 0.2,
    testSplit = 0,
    seed = nextSeed(),
    stratify = false,
    decimal = ".",
    badRows = "error",
    categories = "oneHot",
    maxCategories = categories === "index" ? 10_000 : 100,
    types = {},
    ...rest
  } = options;
  if (typeof rest.label !== "string")
    throw new TypeError(`${OWNER}: label must be a column's name, received ${show(rest.label)}.`);
  if (typeof missing !== "number") checkOneOf(OWNER, "missing", missing, MISSING_POLICIES);
  else checkNumber(OWNER, "missing", missing);
  for (const [name, value] of Object.entries({ missingIndicator, scale, stratify })) checkBoolean(OWNER, name, value);
  checkNumber(OWNER, "validationSplit", validationSplit, { min: 0, below: 1 });
  checkNumber(OWNER, "testSplit", testSplit, { min: 0, below: 1 });
  if (validationSplit + testSplit >= 1) {
    throw new RangeError(
      `${OWNER}: validationSplit and testSplit leave no rows to train on: ${validationSplit} and ${testSplit}.`,
    );
  }
  checkNumber(OWNER, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  checkNumber(OWNER, "maxCategories", maxCategories, { integer: true, min: 1 });
  checkOneOf(OWNER, "categories", categories, CATEGORIES);
  checkOneOf(OWNER, "decimal", decimal, [".", ","]);
  checkOneOf(OWNER, "badRows", badRows, ["error", "skip"]);
  for (const [name, type] of Object.entries(types)) checkOneOf(OWNER, `types.${name}`, type, COLUMN_TYPES);
  if (stratify && rest.group !== undefined)
    throw new TypeError(`${OWNER}: stratify and group cannot both be kept; choose one.`);
  if (missingIndicator && (missing === "error" || missing === "drop")) {
    throw new TypeError(`${OWNER}: missingIndicator needs rows with gaps: pass missing: "mean", "median" or a number.`);
  }
  return {
    ...rest,
    missing,
    missingIndicator,
    missingValues,
    scale,
    validationSplit,
    testSplit,
    seed,
    stratify,
    decimal,
    badRows,
    maxCategories,
    categories,
    types,
  };
}

function checkGaps(columns: readonly ColumnSurvey[], missing: MissingPolicy): void {
  const gaps = columns.filter((column) => column.missing > 0);
  if (missing !== "error" || gaps.length === 0) return;
  const counts = gaps.map((column) => `${column.name} (${column.missing})`).join(", ");
  throw new Error(
    `${OWNER}: these columns have gaps: ${counts}. Pass missing: "drop", "mean", "median" or a number, or leave them out of features.`,
  );
}

/** The rows that become samples. */
interface Kept {
  /** Whether each row of the table is one of them. */
  readonly keep: Uint8Array;
  /** Their places in the file. */
  readonly places: readonly number[];
  /** Words, or numbers. */
  readonly labels: readonly (string | number)[];
  readonly groups?: readonly string[];
  readonly preview: readonly (readonly Cell[])[];
}

interface Keeping extends CellRules {
  readonly use: readonly string[];
  readonly label: string;
  readonly group?: string;
  readonly missing: MissingPolicy;
}

async function keptRows(rows: Rows, surveyed: Survey, options: Keeping): Promise<Kept> {
  const { use, label, group, missing } = options;
  const [columns, labelAt] = [use.map((name) => rows.header.indexOf(name)), rows.header.indexOf(label)];
  const groupAt = group === undefined ? -1 : rows.header.indexOf(group);
  const { type } = surveyed.columns.at(-1)!;
  const keep = new Uint8Array(surveyed.rows);
  const [places, labels, groups, preview] = [[] as number[], [] as (string | number)[], [] as string[], [] as Cell[][]];
  let row = -1;
  await rows.each(
    (cells, place) => {
      row++;
      if (preview.length < PREVIEW_ROWS) preview.push([...cells]);
      const cell = cells[labelAt];
      const gap = isMissing(cell, options);
      if (gap && missing !== "drop") {
        throw new Error(
          `${OWNER}: line ${place} has no label in column '${label}'. Pass missing: "drop" to leave such rows out.`,
        );
      }
      if (gap || (missing === "drop" && columns.some((at) => isMissing(cells[at], options)))) return;
      keep[row] = 1;
      places.push(place);
      labels.push(type === "number" ? numberIn(cell, type, options)! : wordIn(cell));
      if (groupAt >= 0) groups.push(wordIn(cells[groupAt]));
    },
    () => undefined,
  );
  if (places.length === 0) throw new Error(`${OWNER}: every row of '${rows.name}' has a gap; none is left.`);
  return { keep, places, labels, preview, ...(groupAt >= 0 && { groups }) };
}

/** Names of the classes; undefined for labels that are numbers. */
function classNamesOf(
  label: ColumnSurvey,
  { labels }: Kept,
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  if (label.type === "number" && given === undefined) return undefined;
  if (label.type === "date")
    throw new Error(`${OWNER}: the label '${label.name}' holds dates, which cannot be predicted.`);
  const found = [...new Set(labels.map(String))].sort((a, b) => (a < b ? -1 : 1));
  const other = given && found.find((name) => !given.includes(name));
  if (other !== undefined)
    throw new RangeError(`${OWNER}: the label '${label.name}' has '${other}', which classNames does not name.`);
  const names = given ?? found;
  if (names.length >= 2) return names;
  throw new RangeError(`${OWNER}: the label '${label.name}' has one class only, '${names[0]}'.`);
}

function checkParts({ train }: RowSplit, rows: number): void {
  if (train.length > 0) return;
  throw new RangeError(`${OWNER}: of ${rows} rows none is left to train on; the groups or the splits are too large.`);
}

/** The second (or third) time through the file: the numbers of all samples. */
async function encodeAll(rows: Rows, { columns, cells: rules }: TablePreprocessing, kept: Kept): Promise<Float32Array> {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const values = new Float32Array(kept.places.length * width);
  const places = columns.map(({ name }) => rows.header.indexOf(name));
  let [row, sample] = [-1, 0];
  await rows.each(
    (cells, place) => {
      row++;
      if (!kept.keep[row]) return;
      encodeRow(OWNER, columns, rules, { cellOf: (i) => cells[places[i]], place }, values, sample++ * width);
    },
    () => undefined,
  );
  return values;
}
