/** Figures as files. */
import { checkOneOf, checkOptions } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { extname } from "../../platform";
import { figureImage, type ImageOptions } from "../images/figure-image";
import { figurePlace, htmlPage } from "../page/page";
import type { Figure } from "./figure";

const kinds = [".png", ".svg", ".html", ".json"] as const;

/**
 * Writes `figure` to `path`, in one piece; the name's ending says as what: `.png`, `.svg`, `.html` (one interactive
 * page that needs no network) or `.json` (plotly's data and layout). First used in In[22].
 *
 * @throws RendererError when an image is wanted and there is no browser to draw it.
 * @example await saveFigure(learningCurve(history), "results/curve.html");
 */
export async function saveFigure(
  figure: Figure,
  path: string,
  options: Omit<ImageOptions, "format"> = {},
): Promise<void> {
  checkOptions("saveFigure", options, { width: true, height: true, scale: true, timeoutMs: true });
  const kind = checkOneOf("saveFigure", "the ending of path", extname(path).toLowerCase(), kinds);
  writeFileAtomic(path, await content(figure, kind, options));
}

async function content(
  figure: Figure,
  kind: (typeof kinds)[number],
  options: ImageOptions,
): Promise<string | Uint8Array> {
  if (kind === ".json") return `${JSON.stringify(figure)}\n`;
  if (kind === ".html") return standalone(figure);
  return figureImage(figure, { ...options, format: kind === ".png" ? "png" : "svg" });
}

function standalone(figure: Figure): string {
  const title = (figure.layout.title as { text?: string } | undefined)?.text ?? "Figure";
  const body = `<main><div class="card">${figurePlace("figure", figure, figure.description)}</div></main>`;
  return htmlPage({ title, body, figures: { figure: figure.toJSON() } });
}
