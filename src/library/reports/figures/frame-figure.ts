/** Figures with a slider: one figure for each value of a parameter, drawn by the page itself, without a kernel. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { commonRanges } from "./common-ranges";
import { Figure } from "./figure";
import type { Frame, Layout, PlotlyFigure } from "./plotly-figure";
import { ink } from "./style";

/** Options of {@link frameFigure}. */
export interface FrameFigureOptions {
  /** What the slider changes, with the unit: `Depth (layers)`. */
  readonly parameter: string;
  /** Title above the figure; default: that of each frame. */
  readonly title?: string;
  /** Number of the frame that is seen first, from 0 (default 0). */
  readonly start?: number;
  /** How long each frame stays when they play, in milliseconds (default 700). */
  readonly stepMs?: number;
  /** A sentence for readers without the picture. */
  readonly description?: string;
}

const owner = "frameFigure";
/** Room below the figure for slider and buttons, in CSS pixels. */
const controlsHeight = 90;
const still = { mode: "immediate", transition: { duration: 0 } } as const;

/**
 * One figure of many: a slider below it chooses, and a button plays them in order. The page does it (JupyterLab, VS Code, the static
 * site), so that it moves in saved notebooks too; a picture shows the first state. The axes are the same for all frames.
 *
 * @param frames label of the slider's step, and the figure that belongs to it; all with the same number of traces.
 * @throws TypeError when there are fewer than two frames, two have one label, or their traces do not match.
 * @example
 * const depths = [1, 2, 4, 8];
 * frameFigure(
 *   depths.map((depth) => [depth, lineFigure({ panels: [{ xTitle: "x", yTitle: "y", series: [{ name: "y", y: [1, depth] }] }] })]),
 *   { parameter: "Depth (layers)" },
 * );
 */
export function frameFigure(
  frames: readonly (readonly [label: string | number, figure: PlotlyFigure])[],
  options: FrameFigureOptions,
): Figure {
  const {
    parameter,
    title,
    start = 0,
    stepMs = 700,
    description,
  } = checkOptions(owner, options, { parameter: true, title: true, start: true, stepMs: true, description: true });
  checkFrames(frames);
  if (typeof parameter !== "string" || parameter === "")
    throw new TypeError(`${owner}: parameter must name what the slider changes, received ${show(parameter)}.`);
  checkNumber(owner, "start", start, { integer: true, min: 0, max: frames.length - 1 });
  checkNumber(owner, "stepMs", stepMs, { above: 0 });
  const figures = frames.map(([, figure]) => figure);
  const names = frames.map(([label]) => String(label));
  const first = figures[start];
  const layout = {
    ...withAxes(first.layout, figures, commonRanges(figures)),
    ...(title === undefined ? {} : { title: titleOf(first.layout, title) }),
    ...controls(first.layout, { names, parameter, start, stepMs }),
  };
  const states = figures.map((figure, i): Frame => {
    const changes = changing(figure.layout, title === undefined);
    return { name: names[i], data: figure.data, ...(Object.keys(changes).length ? { layout: changes } : {}) };
  });
  const text = description ?? `${described(first, title)}; a slider changes ${parameter} (${names.join(", ")})`;
  return new Figure(first.data, layout, text, states);
}

function checkFrames(frames: readonly (readonly [string | number, PlotlyFigure])[]): void {
  if (!Array.isArray(frames) || frames.length < 2)
    throw new TypeError(
      `${owner}: expected at least two frames, as in [[1, figure], [2, figure]]; received ${show(frames)}.`,
    );
  const seen = new Set<string>();
  for (const [i, frame] of frames.entries()) {
    const [label, figure] = Array.isArray(frame) ? frame : [];
    if (!Array.isArray(figure?.data))
      throw new TypeError(`${owner}: frame ${i} must be a label and a figure, received ${show(frame)}.`);
    if (seen.has(String(label))) throw new TypeError(`${owner}: two frames have the label ${show(label)}.`);
    seen.add(String(label));
    const [wanted, found] = [typesOf(frames[0][1]), typesOf(figure)];
    if (wanted !== found)
      throw new TypeError(
        `${owner}: every frame must have the traces of the first (${wanted}), but frame ${show(label)} has ${found}. ` +
          "Draw what is not there as a trace of nulls.",
      );
  }
}

const typesOf = ({ data }: PlotlyFigure): string =>
  `${data.length}: ${data.map(({ type = "scatter" }) => String(type)).join(", ")}`;

/** The first frame's axes with ranges that fit all, and ticks as far apart as those of the frame that needs the fewest. */
function withAxes(
  layout: Layout,
  figures: readonly PlotlyFigure[],
  ranges: Readonly<Record<string, readonly [number, number]>>,
): Layout {
  const axes = Object.entries(ranges).map(([name, range]) => {
    const distances = figures.map((figure) => Number((figure.layout[name] as Layout | undefined)?.dtick));
    const dtick = Math.max(...distances.filter(Number.isFinite));
    const ticks = Number.isFinite(dtick) ? { dtick } : {};
    return [name, { ...(layout[name] as Layout), ...ticks, range: [...range] }];
  });
  return { ...layout, ...Object.fromEntries(axes) };
}

/** What of a frame's layout can differ from frame to frame. */
function changing(layout: Layout, withTitle: boolean): Layout {
  const keys = ["annotations", "shapes", ...(withTitle ? ["title"] : [])];
  return Object.fromEntries(Object.entries(layout).filter(([key]) => keys.includes(key)));
}

function titleOf(layout: Layout, text: string): Layout {
  return { ...(typeof layout.title === "object" ? layout.title : {}), text };
}

function described(first: PlotlyFigure, title: string | undefined): string {
  const text = first instanceof Figure ? first.description : "Figure";
  return title === undefined ? text : `Figure “${title}”`;
}

interface Controls {
  readonly names: readonly string[];
  readonly parameter: string;
  readonly start: number;
  readonly stepMs: number;
}

function controls(layout: Layout, { names, parameter, start, stepMs }: Controls): Layout {
  const margin = (layout.margin ?? {}) as { readonly b?: number };
  const button = (label: string, args: readonly unknown[]) => ({ label, method: "animate", args });
  const look = { bgcolor: "rgba(128, 128, 128, 0.15)", bordercolor: "rgba(128, 128, 128, 0.6)", font: { color: ink } };
  return {
    height: Number(layout.height ?? 380) + controlsHeight,
    margin: { ...margin, b: (margin.b ?? 48) + controlsHeight },
    sliders: [
      {
        // Half of the last label stands beyond the slider's end.
        ...look,
        ...{
          active: start,
          x: 0.16,
          len: 0.84 - Math.min(0.1, 0.0045 * names.at(-1)!.length),
          pad: { t: 55 },
          tickcolor: ink,
        },
        currentvalue: { prefix: `${parameter}: `, font: { color: ink } },
        steps: names.map((name) => button(name, [[name], { ...still, frame: { duration: 0, redraw: true } }])),
      },
    ],
    updatemenus: [
      {
        ...look,
        ...{ type: "buttons", direction: "left", showactive: false, x: 0, y: 0, xanchor: "left", yanchor: "top" },
        pad: { t: 70 },
        buttons: [
          button("▶", [
            null,
            { fromcurrent: true, transition: { duration: 0 }, frame: { duration: stepMs, redraw: true } },
          ]),
          button("❚❚", [[null], { ...still, frame: { duration: 0, redraw: false } }]),
        ],
      },
    ],
  };
}
