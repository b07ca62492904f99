import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Number } from "../../intrinsics";
import type { Place } from "../place";
import type { SourceTexts } from "../source-texts";

/** Whose code a frame is: the notebook's (cells and files beside them), a package's, Node's, V8's or this kernel's. */
export type Owner = "user" | "package" | "node" | "native" | "kernel";

/** One line of a stack; places are those of the sources. */
export interface Frame {
  readonly owner: Owner;
  /** What is called, as V8 writes it: `f`, `new Model`, `async Promise.all`; may be empty. */
  readonly call: string;
  /** Undefined for V8's own functions. */
  readonly place?: Place;
}

const WITH_PLACE = /^(?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/s;
const KERNEL_FOLDER = dirname(dirname(__dirname)) + sep;
/** What is installed beside the kernel (in a clone, the library) counts as packages. */
const INSTALLATION = dirname(dirname(KERNEL_FOLDER)) + sep;

/** Reads one line of a stack, without the `at`. `sources` undefined: its place is one of the source already. */
export function parseFrame(text: string, sources?: SourceTexts): Frame {
  const match = WITH_PLACE.exec(text);
  if (match === null) return { owner: "native", call: text };
  const [, call = "", file, line, column] = match as unknown as [string, string | undefined, string, string, string];
  if (file === "<anonymous>") return { owner: "native", call: text };
  if (file.startsWith("eval at ")) return evaluated(text, file, `${line}:${column}`);
  const name = pathOf(file);
  const place = { name, line: Number(line) - 1, column: Number(column) - 1 };
  const owner = ownerOf(name);
  return {
    owner,
    call: call === "async <anonymous>" ? "async" : call,
    place: sources !== undefined && (owner === "user" || owner === "package") ? sources.original(place) : place,
  };
}

/** Code that was made at run time: it belongs to whoever made it, and has no text that could be shown. */
function evaluated(text: string, file: string, place: string): Frame {
  const call = /^(?:async )?[^(]*/.exec(text)?.[0].trim() ?? "";
  const maker = /\(([^()]*):\d+:\d+\)/.exec(file)?.[1] ?? "";
  const isUsers = maker === "" || ownerOf(pathOf(maker)) === "user";
  return { owner: isUsers ? "native" : ownerOf(pathOf(maker)), call: `${call} (<anonymous>:${place})` };
}

/** ES modules are known by URLs; a file that was read again has a query. */
function pathOf(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file.replace(/\?.*$/, ""));
  } catch {
    return file;
  }
}

function ownerOf(name: string): Owner {
  if (name.startsWith("node:")) return "node";
  if (name.includes(KERNEL_FOLDER)) return "kernel";
  return /[\\/]node_modules[\\/]/.test(name) || name.startsWith(INSTALLATION) ? "package" : "user";
}

/**
 * The frames that are the user's: those of the notebook and of packages, and functions of V8 that these have called (`JSON.parse`).
 * What lies outside of the outermost of them is the kernel's business. When there is none, Node's own frames are all there is.
 */
export function ownFrames(frames: readonly Frame[]): Frame[] {
  const kept: Frame[] = [];
  let callerKept = false;
  for (let at = frames.length - 1; at >= 0; at -= 1) {
    const frame = frames[at] as Frame;
    const isOwn = frame.owner === "user" || frame.owner === "package";
    if (frame.owner !== "native") callerKept = isOwn;
    if (isOwn || (frame.owner === "native" && callerKept)) kept.unshift(frame);
  }
  // Below the kernel Node's frames say how the kernel runs cells.
  const ofOthers = frames.some(({ owner }) => owner === "kernel") ? [] : frames;
  return kept.length > 0 ? kept : ofOthers.filter(({ owner }) => owner === "node");
}

/** A frame as V8 writes it, without the `at`. */
export function frameText({ call, place }: Frame): string {
  if (place === undefined) return call;
  const where = placeText(place);
  if (call === "") return where;
  return call === "async" ? `async ${where}` : `${call} (${where})`;
}

/** `In[3]:2:5` */
export function placeText({ name, line, column }: Place): string {
  return `${name}:${line + 1}:${column + 1}`;
}
