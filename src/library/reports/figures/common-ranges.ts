/** Axes that fit several figures at once, so that nothing jumps when one takes the other's place. */
import type { PlotlyFigure, Trace } from "./plotly-figure";

type Range = readonly [number, number];
/** Free space at both ends, as a share of the range. */
const padding = 0.05;

/**
 * The range of each axis (`xaxis`, `yaxis2` …) over all figures, in plotly's terms (powers of ten on logarithmic axes). Axes with a range
 * of their own, and those on which anything but lines and points is drawn, are left out.
 */
export function commonRanges(figures: readonly PlotlyFigure[]): Record<string, Range> {
  const { layout } = figures[0];
  const traces = figures.flatMap(({ data }) => data);
  const ranges: Record<string, Range> = {};
  for (const [name, axis] of Object.entries(layout)) {
    if (!/^[xy]axis\d*$/.test(name)) continue;
    const { range, autorange, type } = axis as Readonly<Record<string, unknown>>;
    if (range !== undefined || autorange !== undefined) continue;
    const own = traces.filter((trace) => axisOf(trace, name[0]) === name);
    const values = own.flatMap((trace) => numbersOf(trace[name[0]], type === "log"));
    if (own.every(isScatter) && values.length > 0) ranges[name] = padded(values);
  }
  return ranges;
}

const isScatter = ({ type = "scatter" }: Trace): boolean => type === "scatter";

/** `x2` on a trace is the layout's `xaxis2`. */
function axisOf(trace: Trace, letter: string): string {
  const given = String(trace[`${letter}axis`] ?? letter);
  return `${letter}axis${given.slice(1)}`;
}

function numbersOf(values: unknown, isLog: boolean): number[] {
  if (values === null || typeof values !== "object") return [];
  const numbers = Array.from(values as ArrayLike<unknown>).filter((value): value is number => Number.isFinite(value));
  return isLog ? numbers.filter((value) => value > 0).map(Math.log10) : numbers;
}

function padded(values: readonly number[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const room = (high - low || Math.abs(high) || 1) * padding;
  return [low - room, high + room];
}
