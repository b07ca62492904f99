/** Static images of figures, drawn by plotly.js itself in a headless browser. */
import { checkNumber, checkOneOf, checkOptions, show } from "dnn-lab-core/check";
import type { PlotlyFigure } from "../figures/plotly-figure";
import { defaultHeight, defaultWidth } from "../figures/style";
import { render } from "./renderer";

const imageFormats = ["png", "svg"] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** Options of {@link figureImage}. */
export interface ImageOptions {
  /** Default `'png'`. */
  readonly format?: ImageFormat;
  /** In CSS pixels; default 900. */
  readonly width?: number;
  /** In CSS pixels; default the figure's own height, else 380. */
  readonly height?: number;
  /** Pixels of a PNG for each CSS pixel; default 2. */
  readonly scale?: number;
  /** How long the image may take, the browser's start included, in milliseconds; default 60,000. */
  readonly timeoutMs?: number;
}

const owner = "figureImage";

/**
 * Draws `figure` as a PNG of `width · scale` × `height · scale` pixels, or as an SVG; nothing is fetched from a network.
 *
 * @throws RendererError when no browser can be started, with what to do about it, or when the image takes too long.
 * @example const png = await figureImage(learningCurve(history), { format: "png", width: 700 });
 */
export async function figureImage(figure: PlotlyFigure, options: ImageOptions = {}): Promise<Uint8Array> {
  checkOptions(owner, options, { format: true, width: true, height: true, scale: true, timeoutMs: true });
  if (!Array.isArray(figure?.data)) {
    throw new TypeError(`${owner}: expected a figure with data and layout, received ${show(figure)}.`);
  }
  const format = checkOneOf(owner, "format", options.format ?? "png", imageFormats);
  const size = { integer: true, min: 10, max: 10_000 } as const;
  const height = options.height ?? (figure.layout?.height as number | undefined) ?? defaultHeight;
  const answer = await render(
    {
      // Plain values only: typed arrays become arrays, as in a notebook.
      figure: JSON.parse(JSON.stringify({ data: figure.data, layout: figure.layout })),
      format,
      width: checkNumber(owner, "width", options.width ?? defaultWidth, size),
      height: checkNumber(owner, "height", height, size),
      // plotly would scale an SVG's size too, which has no pixels.
      scale: checkNumber(owner, "scale", options.scale ?? 2, { above: 0, max: 10 }) ** (format === "png" ? 1 : 0),
    },
    checkNumber(owner, "timeoutMs", options.timeoutMs ?? 60_000, { above: 0 }),
  );
  return Buffer.from(answer, format === "png" ? "base64" : "utf8");
}
