/** Shows values in a notebook: figures, danfo tables, Markdown, HTML, and whatever describes itself. */
import { notebookHost, type DisplayOptions, type MimeBundle } from "dnn-lab-core/notebook-host";
import { checkOptions, show } from "dnn-lab-core/check";
import { inspect, process } from "../platform";
import { isDataFrame, tableBundle } from "./tables/data-frame-display";

const displaySymbol = Symbol.for("Jupyter.display");

/** Anything with this method says itself how it is shown (the convention of Deno's kernel). */
export interface Displayable {
  /** Its representations, by MIME type. */
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/**
 * Shows `value` below the running cell; outside a notebook, prints its text.
 *
 * With `displayId` a later call with `update: true` replaces it in place. Await it, so that outputs keep their order.
 * @example await display(learningCurve(history))
 */
export async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  checkOptions("display", options, { displayId: true, update: true, metadata: true });
  const bundle = await mimeBundle(value);
  const host = notebookHost();
  if (host) host.display(bundle, options);
  else process.stdout.write(`${plainText(bundle)}\n`);
}

/** What is sent for `value`, by MIME type. */
export async function mimeBundle(value: unknown): Promise<MimeBundle> {
  if (isDisplayable(value)) return checkBundle(await value[displaySymbol]());
  if (isDataFrame(value)) return tableBundle(value);
  return { "text/plain": typeof value === "string" ? value : inspect(value) };
}

/**
 * Text in Markdown, shown formatted.
 *
 * @example await display(markdown("**83 %** of the images"));
 */
export function markdown(text: string): Displayable {
  return { [displaySymbol]: () => ({ "text/markdown": text, "text/plain": text }) };
}

/**
 * HTML, shown as it is (escape what you did not write); `text` is for places without HTML.
 *
 * @example await display(html("<b>83 %</b>", "83 %"));
 */
export function html(markup: string, text = markup): Displayable {
  return { [displaySymbol]: () => ({ "text/html": markup, "text/plain": text }) };
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof (value as Partial<Displayable> | null | undefined)?.[displaySymbol] === "function";
}

function checkBundle(bundle: MimeBundle): MimeBundle {
  if (bundle !== null && typeof bundle === "object" && Object.keys(bundle).length > 0) return bundle;
  throw new TypeError(
    `display: Symbol.for("Jupyter.display") must return content by MIME type, received ${show(bundle)}.`,
  );
}

function plainText(bundle: MimeBundle): string {
  const text = bundle["text/plain"];
  if (text !== undefined) return Array.isArray(text) ? text.join("") : String(text);
  return `(shown in a notebook only: ${Object.keys(bundle).join(", ")})`;
}
