/** Many training runs side by side: means and standard deviations over seeds, as a table and as a figure. */
import type { DataFrame } from "./tables/data-frame";
import { checkOneOf, checkOptions, show } from "dnn-lab-core/check";
import { monitorDirection } from "../techniques/monitor";
import type { History } from "../training/history";
import type { Figure } from "./figures/figure";
import { lineFigure } from "./figures/line-figure";
import { dataFrame } from "./tables/danfo";

/** The part of a history that is read. */
export type ComparedHistory = Pick<History, "history"> & Partial<Pick<History, "seconds">>;

/** Options of {@link compareRuns}. */
export interface CompareRunsOptions {
  /** The metric compared; default `val_accuracy`. */
  readonly metric?: string;
  /** Which direction is better; default `auto`: known from the metric's name. */
  readonly mode?: "auto" | "min" | "max";
  /** Title above the figure. */
  readonly title?: string;
  /** Title of the vertical axis, with the unit; by default known for losses and accuracies. */
  readonly yTitle?: string;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

/** One entry of a comparison: the runs of one setting, one for each seed. */
export interface RunsSummary {
  /** Name of the setting. */
  readonly name: string;
  /** Number of runs. */
  readonly runs: number;
  /** Epochs that all of its runs have. */
  readonly epochs: number;
  /** Mean by epoch over the runs, as far as all of them go. */
  readonly mean: readonly number[];
  /** Sample standard deviation (n − 1) by epoch; NaN for a single run, which tells nothing of the spread. */
  readonly standardDeviation: readonly number[];
  /** Mean and standard deviation over the runs of each run's last value. */
  readonly final: { readonly mean: number; readonly standardDeviation: number };
  /** The same of each run's best value. */
  readonly best: { readonly mean: number; readonly standardDeviation: number };
  /** Mean wall-clock time of a run; NaN where it is not known. */
  readonly seconds: number;
}

/** What {@link compareRuns} found. */
export interface RunsComparison {
  /** The metric compared. */
  readonly metric: string;
  /** One for each entry, in the order given. */
  readonly summaries: readonly RunsSummary[];
  /** A row for each entry, in the order given: runs, epochs, final ± sd, best ± sd, seconds; no sd of single runs. */
  readonly table: DataFrame;
  /** Mean by epoch with a band of one standard deviation to each side. */
  readonly figure: Figure;
}

const owner = "compareRuns";

/**
 * Compares settings by one metric, each given as one history or as several of different seeds.
 *
 * @example
 * const { table, figure } = compareRuns({ "power": [run1, run2, run3], "1cycle": [run4, run5, run6] });
 * @throws TypeError when a run lacks the metric or holds a value that is not finite.
 */
export function compareRuns(
  runs: Readonly<Record<string, ComparedHistory | readonly ComparedHistory[]>>,
  options: CompareRunsOptions = {},
): RunsComparison {
  checkOptions(owner, options, { metric: true, mode: true, title: true, yTitle: true, height: true });
  const { metric = "val_accuracy", mode = "auto", title, height } = options;
  checkOneOf(owner, "mode", mode, ["auto", "min", "max"]);
  const direction = monitorDirection(owner, metric, mode);
  const entries = Object.entries(runs ?? {});
  if (entries.length === 0) throw new TypeError(`${owner}: expected runs by name, received ${show(runs)}.`);
  const summaries = entries.map(([name, histories]) => summarize(name, [histories].flat(), metric, direction));
  const yTitle = options.yTitle ?? axisTitle(metric);
  const drawn = figure(summaries, { title, yTitle, height });
  // danfo is loaded when the table is asked for.
  return {
    metric,
    summaries,
    figure: drawn,
    get table() {
      return table(summaries);
    },
  };
}

function summarize(
  name: string,
  histories: readonly ComparedHistory[],
  metric: string,
  direction: "min" | "max",
): RunsSummary {
  const curves = histories.map((run, i) => curveOf(`run ${i + 1} of ${show(name)}`, run, metric));
  if (curves.length === 0) throw new TypeError(`${owner}: ${show(name)} has no runs.`);
  const epochs = Math.min(...curves.map(({ length }) => length));
  const byEpoch = Array.from({ length: epochs }, (_, epoch) => spread(curves.map((curve) => curve[epoch])));
  const best = direction === "max" ? Math.max : Math.min;
  return {
    name,
    runs: curves.length,
    epochs,
    mean: byEpoch.map(({ mean }) => mean),
    standardDeviation: byEpoch.map(({ standardDeviation }) => standardDeviation),
    final: spread(curves.map((curve) => curve[curve.length - 1])),
    best: spread(curves.map((curve) => best(...curve))),
    seconds: spread(histories.map(({ seconds }) => seconds ?? NaN)).mean,
  };
}

function curveOf(run: string, history: ComparedHistory, metric: string): readonly number[] {
  const values = history?.history?.[metric];
  if (!(values?.length > 0)) {
    const had = Object.keys(history?.history ?? {}).join(", ") || "nothing";
    throw new TypeError(`${owner}: ${run} has no ${metric}; it has ${had}.`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new TypeError(`${owner}: ${metric} of ${run} is ${show(values[bad])} in epoch ${bad + 1}; the run diverged.`);
}

function spread(values: readonly number[]): { mean: number; standardDeviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : NaN };
}

function table(summaries: readonly RunsSummary[]): DataFrame {
  const column = (value: (summary: RunsSummary) => number) =>
    summaries.map((summary) => Number(value(summary).toPrecision(4)));
  const spreads = summaries.some(({ runs }) => runs > 1);
  return dataFrame({
    setting: summaries.map(({ name }) => name),
    runs: column(({ runs }) => runs),
    epochs: column(({ epochs }) => epochs),
    final: column(({ final }) => final.mean),
    ...(spreads && { "final sd": column(({ final }) => final.standardDeviation) }),
    best: column(({ best }) => best.mean),
    ...(spreads && { "best sd": column(({ best }) => best.standardDeviation) }),
    seconds: column(({ seconds }) => seconds),
  });
}

function figure(
  summaries: readonly RunsSummary[],
  { title, yTitle, height }: { title?: string; yTitle: string; height?: number },
): Figure {
  const series = summaries.map(({ name, runs, mean, standardDeviation }) => ({
    name: runs > 1 ? `${name} (mean ± sd of ${runs})` : name,
    x: mean.map((_, epoch) => epoch + 1),
    y: mean,
    ...(runs > 1
      ? {
          band: {
            low: mean.map((value, i) => value - standardDeviation[i]),
            high: mean.map((value, i) => value + standardDeviation[i]),
          },
        }
      : {}),
  }));
  return lineFigure({ title, height, panels: [{ xTitle: "Epoch", yTitle, wholeTicks: true, series }] });
}

function axisTitle(metric: string): string {
  const kind = metric.startsWith("val_") ? "Validation" : "Training";
  const name = metric.replace(/^val_/, "");
  if (name === "loss") return `${kind} loss (cross-entropy, nats)`;
  if (name === "accuracy") return `${kind} accuracy (fraction correct)`;
  return metric;
}
