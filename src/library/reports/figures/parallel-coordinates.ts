/** The trials of a search as lines across one axis for each hyperparameter. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { Domain } from "../../training/tuning/domain";
import type { TrialRecord, TuneResult } from "../../training/tuning/tune-result";
import { rankTrials } from "../tables/trials-table";
import { Figure, type Trace } from "./figure";
import { defaultHeight, ink, layoutStyle, palette } from "./style";

/** Options of {@link parallelCoordinatesFigure}. */
export interface ParallelCoordinatesOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

const owner = "parallelCoordinatesFigure";
/** Ticks of an axis of numbers. */
const TICKS = 5;
/** Where a hyperparameter that a trial does not have is drawn: below the axis. */
const NONE = -0.12;

/** An axis: where a value lies on it, from 0 to 1, and its marks. */
interface Axis {
  readonly title: string;
  readonly place: (value: unknown) => number;
  readonly ticks: readonly (readonly [place: number, text: string])[];
}

/**
 * Draws each trial of a search as a line through its hyperparameters to its objective, so that one sees which values the
 * good ones have in common. The best trial is vermillion, the better half of the others blue, the rest grey.
 *
 * Lines are drawn as such and not by plotly's own kind of trace, which no static image and no screen reader knows.
 * @example await display(parallelCoordinatesFigure(found, { title: "Layers, units and rate" }))
 * @throws TypeError when no trial has a value.
 */
export function parallelCoordinatesFigure(
  result: Pick<TuneResult, "trials" | "objective" | "space">,
  options: ParallelCoordinatesOptions = {},
): Figure {
  checkOptions(owner, options, { title: true, height: true });
  const { title, height = defaultHeight } = options;
  checkNumber(owner, "height", height, { above: 0 });
  const ranked = rankTrials(result).filter(({ value }) => Number.isFinite(value));
  if (ranked.length === 0) throw new TypeError(`${owner}: no trial has a value, received ${show(result.trials)}.`);
  const { metric } = result.objective;
  const values = ranked.map(({ value }) => value);
  const axes = [
    ...Object.entries(result.space).map(([name, domain]) => axisOf(name, domain, ranked)),
    numberAxis(metric, Math.min(...values), Math.max(...values), false),
  ];
  // The worst first, so that the best lie above them.
  const data = ranked.map((record, rank) => line(record, rank, ranked.length, axes, metric)).reverse();
  return new Figure(data, layoutOf(axes, title, height), describe(ranked, result.objective.metric, title));
}

function axisOf(name: string, domain: Domain, trials: readonly TrialRecord[]): Axis {
  if (domain.kind === "choice") return listAxis(name, domain);
  const used = trials.map(({ settings }) => settings[name]).filter((value) => value !== undefined) as number[];
  const { low = Math.min(...used), high = Math.max(...used), log = false } = domain;
  return numberAxis(name, low, high, log);
}

function listAxis(title: string, { values = [] }: Domain): Axis {
  const last = Math.max(1, values.length - 1);
  const at = (i: number): number => (values.length === 1 ? 0.5 : i / last);
  return {
    title,
    place: (value) => (values.includes(value as never) ? at(values.indexOf(value as never)) : NONE),
    ticks: values.map((value, i) => [at(i), String(value)]),
  };
}

function numberAxis(title: string, low: number, high: number, log: boolean): Axis {
  const to = log ? Math.log : (value: number) => value;
  const from = log ? Math.exp : (value: number) => value;
  const span = to(high) - to(low);
  const place = (value: unknown): number =>
    typeof value !== "number" ? NONE : span === 0 ? 0.5 : (to(value) - to(low)) / span;
  const count = span === 0 ? 1 : TICKS;
  const ticks = Array.from({ length: count }, (_, i) => {
    const value = count === 1 ? low : from(to(low) + (i / (count - 1)) * span);
    return [place(value), String(Number(value.toPrecision(3)))] as const;
  });
  return { title, place, ticks };
}

function line(record: TrialRecord, rank: number, count: number, axes: readonly Axis[], metric: string): Trace {
  const { trial, settings, value, status, epochs } = record;
  const places = axes.map((axis, i) => axis.place(i === axes.length - 1 ? value : settings[axis.title]));
  const chosen = Object.entries(settings).filter(([, each]) => each !== undefined);
  const text = [
    `trial ${trial}: ${metric} ${Number(value.toPrecision(4))}`,
    ...chosen.map(([name, each]) => `${name} ${typeof each === "number" ? Number(each.toPrecision(4)) : String(each)}`),
    `${status} after ${epochs} epochs`,
  ].join("<br>");
  const [color, width, opacity] =
    rank === 0 ? [palette.vermillion, 3, 1] : rank < count / 2 ? [palette.blue, 1.5, 0.7] : [palette.grey, 1.5, 0.4];
  return {
    ...{ type: "scatter", mode: "lines+markers", name: `trial ${trial}`, showlegend: false, opacity },
    ...{ x: axes.map((_, i) => i), y: places, line: { color, width }, marker: { color, size: rank === 0 ? 7 : 4 } },
    ...{ text: axes.map(() => text), hoverinfo: "text" },
  };
}

function layoutOf(axes: readonly Axis[], title: string | undefined, height: number) {
  const style = layoutStyle(title) as Record<string, unknown> & { margin: object };
  const hidden = { showgrid: false, zeroline: false, showline: false, fixedrange: true };
  const label = (x: number, y: number, text: string, more: object = {}) => ({
    ...{ x, y, text, showarrow: false, xanchor: "left", xshift: 4, font: { size: 11, color: ink } },
    ...more,
  });
  const heads = axes.map(({ title: name }, i) =>
    label(i, 1.1, name, { xanchor: "center", xshift: 0, font: { size: 13, color: ink } }),
  );
  return {
    ...style,
    height,
    hovermode: "closest",
    margin: { ...style.margin, l: 40, r: 70, b: 30 },
    xaxis: { ...hidden, showticklabels: false, range: [-0.15, axes.length - 0.7] },
    yaxis: { ...hidden, showticklabels: false, range: [NONE - 0.05, 1.18] },
    shapes: axes.map((_, i) => ({
      ...{ type: "line", x0: i, x1: i, y0: 0, y1: 1, layer: "below" },
      line: { color: ink, width: 1 },
    })),
    annotations: [...heads, ...axes.flatMap(({ ticks }, i) => ticks.map(([place, text]) => label(i, place, text)))],
  };
}

function describe(ranked: readonly TrialRecord[], metric: string, title?: string): string {
  const [{ settings, value }] = ranked;
  const chosen = Object.entries(settings).filter(([, each]) => each !== undefined);
  const best = chosen.map(([name, each]) => `${name} ${typeof each === "number" ? Number(each.toPrecision(4)) : each}`);
  return (
    `Parallel coordinates${title ? ` “${title}”` : ""} of ${ranked.length} trials; the best has ` +
    `${best.join(", ")}: ${metric} ${Number(value.toPrecision(4))}`
  );
}
