/** A classifier of points of the plane: its regions, the points, and beside them its learning curves. */
import { checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { Figure } from "./figure";
import type { Trace } from "./plotly-figure";
import { axisStyle, layoutStyle, palette } from "./style";

/** Points of the plane and their classes, 0 or 1. */
export interface LabelledPoints {
  /** `[x, y]` of each point. */
  readonly points: readonly (readonly [number, number])[];
  /** Class of each point, 0 or 1. */
  readonly labels: ArrayLike<number>;
}

/** Options of {@link decisionFigure}. */
export interface DecisionFigureOptions extends LabelledPoints {
  /** Probability of class 1 on a square grid, `[row][column]`, rows from below. */
  readonly probabilities: readonly (readonly number[])[];
  /** The grid's centres reach from `-extent` to `extent` in both directions. */
  readonly extent: number;
  /** Curves over the epochs, by name: losses. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
  /** Epochs that the axis of the curves shows (default as many as there are). */
  readonly epochs?: number;
  /** Title above the figure. */
  readonly title?: string;
  /** In CSS pixels; default 420. */
  readonly height?: number;
}

const owner = "decisionFigure";
const known: OptionNames<DecisionFigureOptions> = {
  points: true,
  labels: true,
  probabilities: true,
  extent: true,
  curves: true,
  epochs: true,
  title: true,
  height: true,
};

/** The coordinates of a square grid of `size` × `size` points from `-extent` to `extent`, row by row from below, as `decisionFigure` wants them.
 *
 * @example gridPoints(2, 1) // [[-1, -1], [1, -1], [-1, 1], [1, 1]]
 */
export function gridPoints(size: number, extent: number): [number, number][] {
  checkNumber("gridPoints", "size", size, { integer: true, min: 2, max: 500 });
  checkNumber("gridPoints", "extent", extent, { above: 0 });
  const at = (i: number) => -extent + (2 * extent * i) / (size - 1);
  return Array.from({ length: size * size }, (_, i) => [at(i % size), at(Math.floor(i / size))]);
}

/**
 * Draws where a classifier sees which of two classes, the points that it learns, and its losses so far.
 *
 * @throws TypeError when points and labels differ in number, or the grid is not square.
 * @example
 * decisionFigure({ points: [[0, 0], [1, 1]], labels: [0, 1], probabilities: [[0.1, 0.5], [0.5, 0.9]], extent: 1, curves: { loss: [0.7, 0.4] } });
 */
export function decisionFigure(options: DecisionFigureOptions): Figure {
  const { points, labels, probabilities, extent, curves, title, height = 420 } = checkOptions(owner, options, known);
  checkNumber(owner, "extent", extent, { above: 0 });
  checkNumber(owner, "height", height, { above: 0 });
  if (!(points?.length > 0) || points.length !== labels?.length)
    throw new TypeError(`${owner}: expected a label for each point, received ${points?.length} and ${labels?.length}.`);
  const size = probabilities?.length;
  if (!(size > 1) || probabilities.some((row) => row.length !== size))
    throw new TypeError(`${owner}: probabilities must be a square grid, received ${show(probabilities)}.`);
  const longest = Math.max(1, ...Object.values(curves).map(({ length }) => length));
  const epochs = checkNumber(owner, "epochs", options.epochs ?? longest, { min: 1 });
  const layout = {
    ...layoutStyle(title),
    height,
    hovermode: "closest",
    // Below the regions lies the bar of their colours, which narrow pages have no room for beside them.
    margin: { t: 80, r: 20, b: 120, l: 60 },
    xaxis: { ...axisStyle("x₁"), domain: [0, 0.44], range: [-extent, extent], constrain: "domain" },
    yaxis: { ...axisStyle("x₂"), range: [-extent, extent], scaleanchor: "x", constrain: "domain" },
    xaxis2: { ...axisStyle("Epoch"), domain: [0.58, 1], anchor: "y2", range: [1, Math.max(2, epochs)] },
    yaxis2: { ...axisStyle("Loss (nats)"), anchor: "x2", rangemode: "tozero" },
  };
  const last = Object.entries(curves).map(([name, values]) => `${name} ${values.at(-1)?.toPrecision(3) ?? "none yet"}`);
  const text = `Decision regions${title ? ` “${title}”` : ""} of ${points.length} points after ${longest} epochs: ${last.join(", ")}`;
  return new Figure([regions(probabilities, extent), ...classes({ points, labels }), ...lines(curves)], layout, text);
}

function regions(z: readonly (readonly number[])[], extent: number): Trace {
  const at = z.map((_, i) => -extent + (2 * extent * i) / (z.length - 1));
  const scale = [
    [0, palette.blue],
    [0.5, "#d9d9d9"],
    [1, palette.vermillion],
  ];
  const bar = {
    title: { text: "Probability of class 1", side: "top", font: { size: 13 } },
    ...{ orientation: "h", x: 0.22, xanchor: "center", y: -0.22, yanchor: "top", len: 0.42 },
    thickness: 12,
    outlinewidth: 0,
  };
  const look = { zmin: 0, zmax: 1, colorscale: scale, opacity: 0.6, colorbar: bar, zsmooth: "best" };
  // More digits cannot be seen, and a notebook keeps them all.
  const rounded = z.map((row) => row.map((value) => Number(value.toFixed(3))));
  return {
    type: "heatmap",
    name: "regions",
    x: at,
    y: at,
    z: rounded,
    ...look,
    hovertemplate: "%{z:.3f}<extra></extra>",
  };
}

function classes({ points, labels }: LabelledPoints): Trace[] {
  return [palette.blue, palette.vermillion].map((color, kind) => {
    const own = points.filter((_, i) => labels[i] === kind);
    const marker = { color, size: 7, symbol: kind ? "diamond" : "circle", line: { color: "#ffffff", width: 1 } };
    const places = { x: own.map(([x]) => x), y: own.map(([, y]) => y) };
    return { type: "scatter", mode: "markers", name: `class ${kind}`, ...places, marker, hoverinfo: "skip" };
  });
}

function lines(curves: Readonly<Record<string, readonly number[]>>): Trace[] {
  const looks = [
    { color: palette.green, width: 2 },
    { color: palette.purple, width: 2, dash: "dash" },
  ];
  return Object.entries(curves).map(([name, y], i) => ({
    ...{ type: "scatter", mode: "lines", name, xaxis: "x2", yaxis: "y2", line: looks[i % looks.length] },
    x: y.map((_, epoch) => epoch + 1),
    y: [...y],
  }));
}
