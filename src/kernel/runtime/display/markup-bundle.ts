import { types } from "node:util";
import { String } from "../../intrinsics";

/** A DOM element of jsdom, linkedom or plotly, or anything else that writes itself as HTML or SVG. */
interface MarkupLike {
  readonly outerHTML?: string;
  toHTML?(): string;
}

/** Whether a value can write itself as HTML. */
export function isMarkup(value: object): value is MarkupLike {
  if (types.isModuleNamespaceObject(value)) return false;
  const markup = value as MarkupLike;
  return typeof markup.outerHTML === "string" || typeof markup.toHTML === "function";
}

/** Its HTML, or its SVG when it is a picture. */
export function markupBundle(value: MarkupLike): Record<string, string> {
  const html = typeof value.outerHTML === "string" ? value.outerHTML : String(value.toHTML?.());
  const mime = /^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/i.test(html) ? "image/svg+xml" : "text/html";
  return { [mime]: html, "text/plain": html.length > 200 ? `${html.slice(0, 200)}…` : html };
}
