/** The image in a figure's MIME bundle: included when a browser can be started, otherwise left out with one explanation. */
import type { PlotlyFigure } from "../figures/plotly-figure";
import { figureImage } from "./figure-image";
import { RendererError } from "./renderer";

let unavailable = false;

/** A PNG of the figure, in base64; undefined when no browser can be started; a plain notice on stderr says so once in each process. */
export async function staticImage(figure: PlotlyFigure): Promise<string | undefined> {
  if (unavailable) return undefined;
  try {
    // One pixel a CSS pixel: a notebook keeps an image for each figure, and stays small.
    return Buffer.from(await figureImage(figure, { scale: 1 })).toString("base64");
  } catch (error) {
    if (!(error instanceof RendererError)) throw error;
    unavailable = true;
    console.warn(`Figures are shown interactively only, without a static image. ${error.message}`);
    return undefined;
  }
}

/** A kernel that shows a plotly figure asks here for the image to go with it. */
(globalThis as Record<symbol, unknown>)[Symbol.for("dnn-lab.staticFigure")] = async (figure: PlotlyFigure) => {
  const image = await staticImage(figure);
  return image ? { "image/png": image } : {};
};
