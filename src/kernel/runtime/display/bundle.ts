import { types } from "node:util";
import { Object, Symbol, TypeError } from "../../intrinsics";
import type { MimeBundle } from "../../protocol/bridge";
import { dataFrameBundle, isDataFrame } from "./data-frame-bundle";
import { figureBundle, isFigure, liveFigureBundle, withAlt } from "./figure-bundle";
import { imageBundle, imageOf } from "./image";
import { isMarkup, markupBundle } from "./markup-bundle";
import { inspectText, limitText } from "./inspect-text";
import { isTensor, tensorText } from "./tensor";

/** Deno's name for a value's own representations: a method that gives, or promises, an object of MIME types. */
export const JUPYTER_DISPLAY = Symbol.for("Jupyter.display");

const HTML_LIMIT_CHARS = 20_000_000;

type Displayable = { [JUPYTER_DISPLAY]: () => unknown };

/**
 * The representations of a value: its own, by `Symbol.for("Jupyter.display")`, or those that its shape suggests (tables,
 * figures, tensors, images, HTML), and `util.inspect` for everything else. A promise only where the value's own method, or
 * the drawing of a figure, is asynchronous.
 */
export function toBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  // A proxy may have a property of every name, so these properties prove nothing.
  if (types.isProxy(value)) return proxyBundle(value as object);
  if (isDisplayable(value)) {
    const own = value[JUPYTER_DISPLAY]();
    return types.isPromise(own) ? ownLater(own, value) : ownBundle(own, value);
  }
  return guess(value);
}

/** The same without drawing a figure's static picture, which takes a while. */
export function liveBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  return isObject(value) && !types.isProxy(value) && isFigure(value) ? liveFigureBundle(value) : toBundle(value);
}

async function ownLater(own: Promise<unknown>, value: object): Promise<MimeBundle> {
  return ownBundle(await own, value);
}

/** A proxy shows itself where it says that it can (`in`) and really gives MIME types; otherwise its target is shown as text. */
function proxyBundle(value: object): MimeBundle | Promise<MimeBundle> {
  try {
    if (JUPYTER_DISPLAY in value && isDisplayable(value)) {
      const own = value[JUPYTER_DISPLAY]();
      if (types.isPromise(own)) return ownLater(own, value);
      if (isObject(own) && !types.isProxy(own) && typeof own !== "function") return ownBundle(own, value);
    }
  } catch {
    // Its traps throw.
  }
  return textOnly(value);
}

/** Plain text alone, for places that show nothing else. */
export function textOnly(value: unknown): MimeBundle {
  return bundle({ "text/plain": inspectText(value) });
}

function isDisplayable(value: unknown): value is Displayable {
  return isObject(value) && typeof (value as Partial<Displayable>)[JUPYTER_DISPLAY] === "function";
}

function ownBundle(data: unknown, value: unknown): MimeBundle {
  if (!isObject(data)) {
    throw new TypeError(
      `Symbol.for("Jupyter.display") must give an object of MIME types, received ${inspectText(data)}`,
    );
  }
  const all = { ...data } as Record<string, unknown>;
  if (Object.keys(all).length > 0 && all["text/plain"] === undefined) all["text/plain"] = typeName(value);
  return limited(withAlt(bundle(all)));
}

/** The bundle that a value's shape suggests. */
function guess(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (!isObject(value)) return textOnly(value);
  try {
    if (isFigure(value)) return figureBundle(value);
    if (isDataFrame(value)) return limited(bundle(dataFrameBundle(value)));
    if (isTensor(value)) return bundle({ "text/plain": tensorText(value) });
    if (isMarkup(value)) return limited(bundle(markupBundle(value)));
    const image = imageOf(value);
    if (image !== undefined) return bundle(imageBundle(image));
  } catch {
    // It only looked like one of these: plain text always works.
  }
  return textOnly(value);
}

function bundle(data: Record<string, unknown>): MimeBundle {
  return { data, metadata: {} };
}

/** Cuts what no notebook should carry. */
function limited({ data, metadata }: MimeBundle): MimeBundle {
  const cut: Record<string, unknown> = {};
  for (const [mime, content] of Object.entries(data)) {
    if (typeof content !== "string") cut[mime] = content;
    else if (mime === "text/plain") cut[mime] = limitText(content);
    else if (content.length <= HTML_LIMIT_CHARS || !mime.startsWith("text/")) cut[mime] = content;
    else cut["text/plain"] = `${mime} of ${content.length} characters is not shown: the limit is ${HTML_LIMIT_CHARS}.`;
  }
  return { data: cut, metadata };
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function typeName(value: unknown): string {
  const name = (value as { constructor?: { name?: string } }).constructor?.name;
  return name === undefined || name === "" ? "[Object]" : `[${name}]`;
}
