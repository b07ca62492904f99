/** Figures of lines over a common horizontal axis, in panels side by side; every chart of the notebooks is one. */
import { checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { Figure, type Layout, type Trace } from "./figure";
import { axisStyle, dashes, defaultHeight, furtherLegendHeight, layoutStyle, seriesStyle, type Dash } from "./style";

/** One line. Values may be null where the line is to be interrupted. */
export interface LineSeries {
  /** Name in the legend. */
  readonly name: string;
  /** Heights; null leaves a gap. */
  readonly y: ArrayLike<number | null>;
  /** Positions on the horizontal axis; default 0, 1, 2 … */
  readonly x?: ArrayLike<number>;
  /** CSS colour; by default the palette's next. */
  readonly colour?: string;
  /** By default solid for the first colours, then dashed. */
  readonly dash?: Dash;
  /** Whether each point is marked; default: up to 30 points. */
  readonly markers?: boolean;
  /** In CSS pixels; default 2. */
  readonly width?: number;
  /** A shaded band around the line, such as mean ± standard deviation; as many values as y. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** One pair of axes. */
export interface LinePanel {
  /** Title of the horizontal axis, with the unit. */
  readonly xTitle: string;
  /** Name the unit: `Loss (nats)`. */
  readonly yTitle: string;
  /** The lines. */
  readonly series: readonly LineSeries[];
  /** Default `'linear'`. */
  readonly xScale?: "linear" | "log";
  /** Default `'linear'`. */
  readonly yScale?: "linear" | "log";
  /** Lowest and highest value of the vertical axis; default: what fits. */
  readonly yRange?: readonly [number, number];
  /** Whether ticks of the horizontal axis fall on whole numbers only (epochs); default false. */
  readonly wholeTicks?: boolean;
  /** Whether a unit is as long upwards as it is sideways, as for points of the plane; default false. */
  readonly sameScale?: boolean;
  /** plotly's (d3's) format of the vertical ticks, such as `.2f`. */
  readonly yTickFormat?: string;
}

/** Options of {@link lineFigure}. */
export interface LineFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Panels from left to right; series of one name share a legend entry. */
  readonly panels: readonly LinePanel[];
  /** In CSS pixels; default 380. */
  readonly height?: number;
  /** A sentence for readers without the picture. */
  readonly description?: string;
}

const owner = "lineFigure";
/** Share of the figure's width between two panels. */
const gap = 0.1;

/**
 * Draws lines in one or more panels.
 *
 * @example
 * lineFigure({ title: "Gradient norms", panels: [{ xTitle: "Layer", yTitle: "Norm", yScale: "log",
 *   series: [{ name: "sigmoid", y: norms }] }] })
 * @throws TypeError when a series has no points, x and y differ in length, or a value is not finite.
 */
export function lineFigure(options: LineFigureOptions): Figure {
  checkOptions(owner, options, { title: true, panels: true, height: true, description: true });
  const { title, panels, height, description } = options;
  if (!Array.isArray(panels) || panels.length === 0) {
    throw new TypeError(`${owner}: panels must be a non-empty array, received ${show(panels)}.`);
  }
  if (height !== undefined) checkNumber(owner, "height", height, { above: 0 });
  const named = new Set<string>();
  const data = panels.flatMap((panel, index) => panelTraces(panel, index, named));
  const axes = panels.map((panel, index) => panelAxes(panel, index, panels.length));
  const layout = Object.assign(layoutFor(title, height ?? defaultHeight, [...named]), ...axes) as Layout;
  return new Figure(data, layout, description);
}

/** A legend of several lines makes the figure taller instead of covering its title. */
function layoutFor(title: string | undefined, height: number, names: readonly string[]): Layout {
  const layout = layoutStyle(title) as Layout & { margin: { t: number } };
  const further = furtherLegendHeight(names);
  return { ...layout, height: height + further, margin: { ...layout.margin, t: layout.margin.t + further } };
}

function panelTraces(panel: LinePanel, index: number, named: Set<string>): Trace[] {
  checkOptions(`${owner}: panel ${index}`, panel, panelKeys);
  if (!Array.isArray(panel.series) || panel.series.length === 0) {
    throw new TypeError(`${owner}: panel ${index} has no series to draw.`);
  }
  return panel.series.flatMap((series, position) => {
    const first = !named.has(series.name);
    named.add(series.name);
    const line = lineTrace(series, position, panel.yScale);
    return [...bandTraces(series, line), { ...line, showlegend: first }].map((trace) => ({
      ...trace,
      ...axisNames(index),
    }));
  });
}

/** The shaded area between two invisible lines; it comes and goes with its line in the legend. */
function bandTraces({ name, band }: LineSeries, { x, y, line, legendgroup }: Trace): Trace[] {
  if (band === undefined) return [];
  const { color } = line as { color: string };
  return [band.low, band.high].map((edge, upper) => {
    const values = Array.from(edge ?? []);
    if (values.length !== (y as unknown[]).length || !values.every(Number.isFinite)) {
      throw new TypeError(`${owner}: the band of series ${show(name)} must have a finite value for each of y.`);
    }
    const filled = upper ? { fill: "tonexty", fillcolor: `${color}33` } : {};
    const hidden = { mode: "lines", line: { width: 0, color }, hoverinfo: "skip", showlegend: false };
    return { type: "scatter", name, legendgroup, x, y: values, ...hidden, ...filled };
  });
}

function lineTrace(series: LineSeries, position: number, yScale: LinePanel["yScale"]): Trace {
  checkOptions(`${owner}: series ${show(series?.name)}`, series, seriesKeys);
  const { colour, dash } = {
    ...seriesStyle(position),
    ...withoutUndefined({ colour: series.colour, dash: series.dash }),
  };
  checkOneOf(`${owner}: series ${show(series.name)}`, "dash", dash, dashes);
  const y = values(series, yScale);
  const x = series.x === undefined ? y.map((_, i) => i) : Array.from(series.x);
  if (x.length !== y.length) {
    throw new TypeError(`${owner}: series ${show(series.name)} has ${x.length} values of x but ${y.length} of y.`);
  }
  return {
    type: "scatter",
    mode: (series.markers ?? y.length <= 30) ? "lines+markers" : "lines",
    name: series.name,
    legendgroup: series.name,
    x,
    y,
    line: { color: colour, dash, width: series.width ?? 2 },
    marker: { color: colour, size: 6 },
  };
}

function values({ name, y }: LineSeries, yScale: LinePanel["yScale"]): (number | null)[] {
  if (y === null || typeof y !== "object" || !(y.length > 0)) {
    throw new TypeError(`${owner}: series ${show(name)} has no values, received ${show(y)}.`);
  }
  return Array.from(y, (value, index) => {
    if (value === null) return null;
    if (!Number.isFinite(value)) {
      throw new TypeError(`${owner}: series ${show(name)} has ${show(value)} at index ${index}; put null for a gap.`);
    }
    if (yScale === "log" && value <= 0) {
      throw new RangeError(
        `${owner}: series ${show(name)} has ${value} at index ${index}, which a log scale cannot show.`,
      );
    }
    return value;
  });
}

function axisNames(index: number): { xaxis: string; yaxis: string } {
  const suffix = index === 0 ? "" : String(index + 1);
  return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
}

function panelAxes(panel: LinePanel, index: number, count: number): Layout {
  const suffix = index === 0 ? "" : String(index + 1);
  const width = (1 - gap * (count - 1)) / count;
  const left = index * (width + gap);
  const xScale = checkOneOf(owner, "xScale", panel.xScale ?? "linear", ["linear", "log"]);
  const yScale = checkOneOf(owner, "yScale", panel.yScale ?? "linear", ["linear", "log"]);
  return {
    [`xaxis${suffix}`]: {
      ...axisStyle(panel.xTitle),
      domain: [left, left + width],
      anchor: `y${suffix}`,
      type: xScale,
      ...(panel.sameScale ? { constrain: "domain" } : {}),
      ...(panel.wholeTicks ? wholeTicks(panel.series) : {}),
    },
    [`yaxis${suffix}`]: {
      ...axisStyle(panel.yTitle),
      anchor: `x${suffix}`,
      type: yScale,
      ...(panel.sameScale ? { scaleanchor: `x${suffix}`, constrain: "domain" } : {}),
      ...(panel.yRange ? { range: [...panel.yRange] } : {}),
      ...(panel.yTickFormat ? { tickformat: panel.yTickFormat } : {}),
    },
  };
}

/** At most some ten ticks, all on whole numbers. */
function wholeTicks(series: readonly LineSeries[]): Layout {
  const longest = Math.max(...series.map(({ y }) => y.length));
  return { tickmode: "linear", tick0: 1, dtick: longest <= 12 ? 1 : Math.ceil(longest / 10) };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}

const panelKeys: OptionNames<LinePanel> = {
  xTitle: true,
  yTitle: true,
  series: true,
  xScale: true,
  yScale: true,
  yRange: true,
  wholeTicks: true,
  sameScale: true,
  yTickFormat: true,
};
const seriesKeys: OptionNames<LineSeries> = {
  name: true,
  y: true,
  x: true,
  colour: true,
  dash: true,
  markers: true,
  width: true,
  band: true,
};
