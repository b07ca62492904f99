/** How much a model's metric suffers when a column's values are dealt out anew. */
import { checkNumber, checkOneOf, checkOptions, list, show } from "dnn-lab-core/check";
import { escapeHtml } from "dnn-lab-core/html";
import { nextSeed, RandomStream } from "dnn-lab-core/random";
import type { Batch } from "../../data/batch";
import type { Dataset } from "../../data/dataset";
import { type TablePreprocessing, widthOf } from "../../data/table/table-preprocessing";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../../models/built";
import { monitorDirection, type MonitorMode } from "../../techniques/monitor";
import { evaluate } from "../fit/evaluate";
import { givenDataset, type TrainingData } from "../fit/given-data";
import { lineSink, ProgressLine } from "../fit/progress-line";
import { objectiveOf } from "../steps/objective";

/** Options of {@link permutationImportance}. */
export interface PermutationImportanceOptions {
  /** A name that `evaluate` gives (default `"loss"`). */
  metric?: string;
  /** Which direction of the metric is better (default `"auto"`: known from its name). */
  mode?: MonitorMode;
  /** How often each column is shuffled (default 5). */
  repeats?: number;
  /** Of the shuffles (default the next of the global stream). */
  seed?: number;
  /** A name for each number of a sample, or a table's `preprocessing`: then numbers of one column are shuffled together (default `0`, `1` …). */
  columns?: readonly string[] | TablePreprocessing;
  /** 0 silent, 1 a progress line (default). */
  verbose?: 0 | 1;
}

/** How much a column matters. */
export interface ColumnImportance {
  /** Name of the column. */
  readonly column: string;
  /** By how much the metric gets worse, on average; about 0 or below for a column that the model does not use. */
  readonly mean: number;
  /** Standard deviation over the repeats (dividing by their number). */
  readonly standardDeviation: number;
  /** One value for each repeat. */
  readonly values: readonly number[];
}

/** Some numbers of a sample, which are shuffled together. */
interface Group {
  readonly name: string;
  readonly from: number;
  readonly width: number;
}

/** What {@link permutationImportance} found; it shows itself as a table. */
export class PermutationImportance {
  constructor(
    /** Name of the metric. */
    readonly metric: string,
    /** Its value on the data as they are. */
    readonly baseline: number,
    /** The most important first. */
    readonly columns: readonly ColumnImportance[],
  ) {}

  private get rows(): string[][] {
    return this.columns.map(({ column, mean, standardDeviation }) => [
      column,
      mean.toFixed(4),
      standardDeviation.toFixed(4),
    ]);
  }

  private get title(): string {
    return `${this.metric} ${this.baseline.toFixed(4)}; how much worse it gets when a column is shuffled`;
  }

  /** A line for each column: its mean and standard deviation. */
  toString(): string {
    return [this.title, ...this.rows.map(([column, mean, deviation]) => `  ${column}: ${mean} ± ${deviation}`)].join(
      "\n",
    );
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const line = (tag: string, cells: readonly string[]) =>
      `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
    const head = line("th", ["column", "importance", "standard deviation"]);
    const body = this.rows.map((row) => line("td", row)).join("");
    return {
      "text/html": `<p>${escapeHtml(this.title)}</p><table>${head}${body}</table>`,
      "text/plain": this.toString(),
    };
  }
}

/**
 * The permutation importance of each column: the metric with its values shuffled among the samples, less the metric as it is
 * (the other way round where larger is better), as scikit-learn's `permutation_importance`. Columns that say the same
 * share their importance: the model falls back on the others. Take data that the model was not trained on.
 *
 * @param model compiled, with one input `[samples, numbers]` and one output. @param data all samples are held in memory.
 * @throws Error for other models or data; TypeError for an unknown metric or one whose direction is not known.
 * @example
 * const [x, y] = [[[1, 2, 3, 4], [4, 3, 2, 1], [2, 2, 2, 2]], [0, 1, 2]];
 * console.log(await permutationImportance(head, { x, y }, { metric: "accuracy", repeats: 3 }));
 */
export async function permutationImportance(
  model: tf.LayersModel,
  data: TrainingData,
  options: PermutationImportanceOptions = {},
): Promise<PermutationImportance> {
  const owner = "permutationImportance";
  const names = { metric: true, mode: true, repeats: true, seed: true, columns: true, verbose: true } as const;
  const {
    metric = "loss",
    mode = "auto",
    repeats = 5,
    columns,
    verbose = 1,
    ...rest
  } = checkOptions(owner, options, names);
  const worse = monitorDirection(owner, metric, mode) === "min" ? 1 : -1;
  checkNumber(owner, "repeats", repeats, { integer: true, min: 1 });
  checkOneOf(owner, "verbose", String(verbose), ["0", "1"]);
  const seed = rest.seed ?? nextSeed();
  checkNumber(owner, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  checkBuilt(owner, model);
  objectiveOf(owner, model);
  await useEngine();
  const batch = plainBatch(owner, givenDataset(owner, model, data));
  try {
    const width = batch.features.shape[1] as number;
    const groups = groupsOf(owner, columns, width);
    const before = (await batch.features.data()) as Float32Array;
    const measure = async (features: Float32Array): Promise<number> => {
      const x = tf.tensor2d(features, batch.features.shape as [number, number]);
      const { labels: y, sampleWeights } = batch;
      const sampleWeight = sampleWeights && ((await sampleWeights.data()) as Float32Array);
      try {
        const logs = await evaluate(model, { x, y }, { verbose: 0, ...(sampleWeight && { sampleWeight }) });
        if (metric in logs) return logs[metric];
        throw new TypeError(`${owner}: metric must be one of ${list(Object.keys(logs))}, received ${show(metric)}.`);
      } finally {
        x.dispose();
      }
    };
    const baseline = await measure(before);
    const line = new ProgressLine(lineSink(verbose), groups.length * repeats);
    const found: ColumnImportance[] = [];
    for (const [number, group] of groups.entries()) {
      const random = new RandomStream(seed, number);
      const values: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        values.push(worse * ((await measure(shuffled(before, width, group, random))) - baseline));
        if (line.due()) line.update(found.length * repeats + values.length, {});
      }
      found.push({ column: group.name, ...spread(values), values });
    }
    line.finish({});
    return new PermutationImportance(
      metric,
      baseline,
      found.sort((a, b) => b.mean - a.mean),
    );
  } finally {
    tf.dispose([batch.features, batch.labels, ...(batch.sampleWeights ? [batch.sampleWeights] : [])]);
  }
}

/** All samples as the model gets them. */
function plainBatch(owner: string, data: Dataset): Batch {
  if (data.featureLayout || data.labelLayout || data.elementShapes.features.length !== 1) {
    throw new Error(`${owner}: samples must be rows of numbers [samples, numbers] without names, with one label each.`);
  }
  if (data.sampleWeights && data.sampleWeights.shape.length > 0) {
    throw new Error(`${owner}: weights must be one number for each sample.`);
  }
  return data.tensors();
}

function groupsOf(owner: string, columns: PermutationImportanceOptions["columns"], width: number): Group[] {
  const groups: Group[] = [];
  let from = 0;
  const add = (name: string, numbers: number) => {
    groups.push({ name, from, width: numbers });
    from += numbers;
  };
  if (columns === undefined) for (let i = 0; i < width; i++) add(String(i), 1);
  else if (Array.isArray(columns)) for (const name of columns as readonly string[]) add(String(name), 1);
  else for (const encoding of (columns as TablePreprocessing).columns ?? []) add(encoding.name, widthOf(encoding));
  if (from === width) return groups;
  throw new RangeError(`${owner}: columns must name the ${width} numbers of a sample, received names for ${from}.`);
}

/** A copy with the group's numbers dealt out anew among the rows (Fisher and Yates). */
function shuffled(values: Float32Array, width: number, group: Group, random: RandomStream): Float32Array {
  const copy = values.slice();
  const rows = values.length / width;
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let i = rows - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  order.forEach((source, row) => {
    const from = source * width + group.from;
    copy.set(values.subarray(from, from + group.width), row * width + group.from);
  });
  return copy;
}

function spread(values: readonly number[]): { mean: number; standardDeviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, standardDeviation: Math.sqrt(variance) };
}
