import { types } from "node:util";
import {
  Array,
  DataView,
  Error,
  JSON,
  Object,
  Promise,
  Set,
  String,
  Symbol,
  realm,
  setTimeout,
} from "../../intrinsics";
import type { MimeBundle } from "../../protocol/bridge";
import { print } from "../output";
import { DATA_KEYS, TRACE_TYPES } from "./trace-names";

/** The MIME type under which JupyterLab and VS Code draw plotly figures. */
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** A figure as plotly describes it. */
export interface FigureLike {
  readonly data: readonly object[];
  readonly layout: object;
  readonly frames?: readonly object[];
  readonly config?: object;
}

/**
 * Draws a figure as a picture for front ends that cannot draw it (GitHub, nbconvert). A library sets it as
 * `globalThis[Symbol.for("dnn-lab.staticFigure")]`; it may give PNG as base64 or bytes, or SVG as text.
 */
export type StaticFigure = (figure: FigureLike) => Promise<Record<string, string | Uint8Array>>;

const STATIC_FIGURE = Symbol.for("dnn-lab.staticFigure");
const STATIC_LIMIT_MS = 20_000;

/** Names that only plotly's layouts have: enough to tell an empty figure from another object with `data` and `layout`. */
const LAYOUT_KEYS = /^(?:[xyz]axis\d*|scene\d*|polar\d*|annotations|shapes|template|margin|(?:paper|plot)_bgcolor)$/;

/**
 * Whether a value is a plotly figure: a layout, and traces that have a type of plotly's or arrays where traces have their data.
 * Other programs have objects with `data` and `layout` too.
 */
export function isFigure(value: object): value is FigureLike {
  const { data, layout } = value as Partial<FigureLike>;
  if (!Array.isArray(data) || typeof layout !== "object" || layout === null || Array.isArray(layout)) return false;
  if (data.length === 0) return Object.keys(layout).some((key) => LAYOUT_KEYS.test(key));
  return data.every(isTrace);
}

function isTrace(trace: unknown): boolean {
  if (typeof trace !== "object" || trace === null) return false;
  const parts = trace as Record<string, unknown>;
  // A trace without a type is a scatter plot.
  if (parts["type"] === undefined) return isList(parts["x"]) || isList(parts["y"]);
  return TRACE_TYPES.has(String(parts["type"])) && DATA_KEYS.some((key) => parts[key] !== undefined);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || (types.isArrayBufferView(value) && !(value instanceof DataView));
}

/** The interactive figure, and a picture when a library has said how to draw one. */
export function figureBundle(figure: FigureLike): MimeBundle | Promise<MimeBundle> {
  const live = liveFigureBundle(figure);
  const draw = (realm as unknown as Record<symbol, unknown>)[STATIC_FIGURE] as StaticFigure | undefined;
  return typeof draw === "function" ? withPicture({ ...live.data }, draw, figure) : live;
}

/** The interactive figure alone. */
export function liveFigureBundle(figure: FigureLike): MimeBundle {
  const { data, layout, frames } = figure;
  // A figure that says nothing else fits the width that there is.
  const config = figure.config ?? { responsive: true };
  const plotly = JSON.parse(JSON.stringify({ data, layout, ...(frames && { frames }), config }, plainArrays)) as object;
  const all: Record<string, unknown> = { [PLOTLY_MIME]: plotly, "text/plain": descriptionOf(figure) };
  return { data: all, metadata: {} };
}

/** One sentence for those who cannot see it: its own, or its title and the names of its traces. */
function descriptionOf(figure: FigureLike): string {
  const { description, layout, data } = figure as FigureLike & { description?: unknown; layout: { title?: unknown } };
  if (typeof description === "string") return description;
  const title =
    typeof layout.title === "string" ? layout.title : (layout.title as { text?: unknown } | undefined)?.text;
  const names = data.map((trace) => (trace as { name?: unknown }).name).filter((name) => typeof name === "string");
  const kinds = data.map((trace) => (trace as { type?: string }).type ?? "scatter");
  const what = names.length > 0 ? names : [`${data.length} trace(s)`, ...new Set(kinds)];
  return `Figure${typeof title === "string" ? ` “${title}”` : ""}: ${[...new Set(what)].join(", ")}`;
}

/** Gives the picture of a figure its description, for readers of the page who cannot see it (nbconvert's `alt`). */
export function withAlt({ data, metadata }: MimeBundle): MimeBundle {
  const alt = data["text/plain"];
  if (data[PLOTLY_MIME] === undefined || data["image/png"] === undefined || typeof alt !== "string")
    return { data, metadata };
  return { data, metadata: { ...metadata, "image/png": { alt } } };
}

async function withPicture(all: Record<string, unknown>, draw: StaticFigure, figure: FigureLike): Promise<MimeBundle> {
  try {
    const picture = await Promise.race([draw(figure), tooLate()]);
    Object.assign(all, picture);
  } catch (error) {
    print("stderr", `The figure has no static picture: ${(error as Error).message}\n`);
  }
  return withAlt({ data: all, metadata: {} });
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`drawing took longer than ${STATIC_LIMIT_MS / 1000} s`)),
      STATIC_LIMIT_MS,
    ).unref();
  });
}

/** Typed arrays become plain ones; JSON would make objects of them. */
function plainArrays(_key: string, value: unknown): unknown {
  if (types.isArrayBufferView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>);
  return value;
}
