/**
 * JupyterLab's extension for plotly draws a figure once, and passes over what takes its place while it is of the same type: the
 * figure of a slider or of a training would stay as it was at first. Something else in between makes it draw anew.
 */
import { createHash } from "node:crypto";
import { Map } from "../../intrinsics";
import { jsonText } from "../../protocol/json-text";
import { PLOTLY_MIME } from "./figure-bundle";

/** More displays than this are not remembered; the oldest are forgotten first. */
const MOST = 500;
/** The height that the extension gives a figure without one, in pixels. */
const HEIGHT = 360;

export class ShownFigures {
  /** Of each display whose last content was a figure: what it was. */
  private readonly shown = new Map<string, string>();

  /**
   * Notes what a display shows from now on. When that is another figure than before: what to show for a moment between the two, of the
   * same height, so that nothing below it moves.
   */
  between(displayId: string, data: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
    const before = this.shown.get(displayId);
    this.shown.delete(displayId);
    const figure = data[PLOTLY_MIME];
    if (figure === undefined) return undefined;
    const now = createHash("sha1").update(jsonText(figure)).digest("hex");
    this.shown.set(displayId, now);
    this.forget();
    return before === undefined || before === now ? undefined : placeFor(figure);
  }

  private forget(): void {
    if (this.shown.size <= MOST) return;
    const [oldest] = this.shown.keys();
    if (oldest !== undefined) this.shown.delete(oldest);
  }
}

function placeFor(figure: unknown): Record<string, string> {
  const height = (figure as { layout?: { height?: unknown } } | null)?.layout?.height;
  const pixels = typeof height === "number" && height > 0 ? height : HEIGHT;
  return { "text/html": `<div style="height:${pixels}px"></div>`, "text/plain": "" };
}
