/** The learning curve of a run: loss and metrics by epoch, training and validation, beside a published run if wanted. */
import { checkOneOf, checkOptions, list, type OptionNames, show } from "dnn-lab-core/check";
import type { History } from "../../training/history";
import type { Figure } from "./figure";
import { lineFigure, type LinePanel, type LineSeries } from "./line-figure";
import { palette } from "./style";

/** The part of a {@link History} that is drawn; a published run given as a table per metric fits too. */
export type MetricsByEpoch = Pick<History, "history"> & Partial<Pick<History, "epoch" | "validationEpochs">>;

/** Options of {@link learningCurve}. */
export interface LearningCurveOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Metrics to draw, a panel each, without the prefix `val_`; default `loss` and, where it was measured, `accuracy`. */
  readonly metrics?: readonly string[];
  /** Titles of the vertical axes, for metrics of another unit than the default's. */
  readonly axisTitles?: Readonly<Record<string, string>>;
  /** Another run to draw dashed, such as `publishedRun("power")`. */
  readonly published?: MetricsByEpoch;
  /** Name of that run in the legend; default `published`. */
  readonly publishedName?: string;
  /** What to do with NaN and infinity, as a run that diverged has them: refuse (default) or leave a gap. */
  readonly nonFinite?: "error" | "gap";
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

const owner = "learningCurve";
const optionNames: OptionNames<LearningCurveOptions> = {
  title: true,
  metrics: true,
  axisTitles: true,
  published: true,
  publishedName: true,
  nonFinite: true,
  height: true,
};
const defaultAxisTitles: Readonly<Record<string, string>> = {
  loss: "Loss (cross-entropy, nats)",
  accuracy: "Accuracy (fraction correct)",
  learning_rate: "Learning rate",
};

/**
 * Draws the learning curve of `history`; epochs are numbered from 1.
 *
 * Training is blue, validation vermillion, a published run dashed in the same colours. First used in In[21].
 * @example learningCurve(history, { title: "Power scheduling", published: publishedRun("power") })
 * @throws TypeError when the history is empty, lacks a wanted metric or holds a value that is not finite.
 */
export function learningCurve(history: MetricsByEpoch, options: LearningCurveOptions = {}): Figure {
  checkOptions(owner, options, optionNames);
  checkOneOf(owner, "nonFinite", options.nonFinite ?? "error", ["error", "gap"]);
  checkHistory(history, "history");
  if (options.published !== undefined) checkHistory(options.published, "published");
  const metrics = options.metrics ?? ["loss", "accuracy"].filter((name) => name in history.history);
  const panels = metrics.map((metric) => metricPanel(metric, history, options));
  return lineFigure({
    title: options.title,
    height: options.height,
    panels,
    description: inWords(history, options.title),
  });
}

function checkHistory(run: MetricsByEpoch, name: string): void {
  const metrics = (run as MetricsByEpoch | undefined)?.history;
  if (metrics === null || typeof metrics !== "object") {
    throw new TypeError(`${owner}: ${name} must be a History as fit returns it, received ${show(run)}.`);
  }
  const lengths = Object.entries(metrics).map(([key, values]) => [key, values?.length] as const);
  if (!lengths.some(([, length]) => length > 0)) {
    throw new TypeError(`${owner}: ${name} has no epochs; train for at least one.`);
  }
  const epochs = run.epoch?.length ?? lengths[0][1];
  const expected = (key: string) => (key.startsWith("val_") ? (run.validationEpochs?.length ?? epochs) : epochs);
  const odd = lengths.find(([key, length]) => length !== expected(key));
  if (odd) throw new TypeError(`${owner}: ${name} has ${expected(odd[0])} epochs but ${odd[1]} values of ${odd[0]}.`);
}

function metricPanel(metric: string, history: MetricsByEpoch, options: LearningCurveOptions): LinePanel {
  if (!(metric in history.history)) {
    throw new TypeError(`${owner}: the history has no ${show(metric)}; it has ${list(Object.keys(history.history))}.`);
  }
  const publishedName = options.publishedName ?? "published";
  const series = [
    ...curves(metric, history, options, ""),
    ...(options.published ? curves(metric, options.published, options, publishedName) : []),
  ];
  const yTitle = options.axisTitles?.[metric] ?? defaultAxisTitles[metric] ?? metric;
  return { xTitle: "Epoch", yTitle, wholeTicks: true, series };
}

/** The curves of one metric of one run: training, and validation where it was measured. */
function curves(metric: string, run: MetricsByEpoch, options: LearningCurveOptions, suffix: string): LineSeries[] {
  const kinds = [
    { key: metric, name: "training", colour: palette.blue },
    { key: `val_${metric}`, name: "validation", colour: palette.vermillion },
  ];
  return kinds
    .filter(({ key }) => key in run.history)
    .map(({ key, name, colour }) => ({
      name: suffix ? `${name}, ${suffix}` : name,
      x: epochNumbers(run, key),
      y: finite(key, run.history[key], options.nonFinite),
      colour,
      dash: suffix ? "dash" : "solid",
      ...(suffix ? { markers: false, width: 1.5 } : {}),
    }));
}

/** Epoch numbers as progress lines print them, from 1. */
function epochNumbers({ epoch, history, validationEpochs }: MetricsByEpoch, key: string): number[] {
  const own = key.startsWith("val_") ? validationEpochs : undefined;
  return (own ?? epoch ?? Object.values(history)[0].map((_, index) => index)).map((index) => index + 1);
}

function finite(
  key: string,
  values: readonly number[],
  nonFinite: LearningCurveOptions["nonFinite"],
): (number | null)[] {
  return values.map((value, index) => {
    if (Number.isFinite(value)) return value;
    if (nonFinite === "gap") return null;
    throw new TypeError(
      `${owner}: ${key} of epoch ${index + 1} is ${show(value)}, so the run diverged. ` +
        "Pass nonFinite: 'gap' to draw the other epochs.",
    );
  });
}

function inWords({ history }: MetricsByEpoch, title?: string): string {
  const last = Object.entries(history).map(([name, values]) => `${name} ${formatted(values[values.length - 1])}`);
  const epochs = Object.values(history)[0].length;
  return `Learning curve${title ? ` “${title}”` : ""} after ${epochs} epoch${epochs === 1 ? "" : "s"}: ${last.join(", ")}`;
}

function formatted(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
