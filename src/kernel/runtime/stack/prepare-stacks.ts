import { Error, Object, Reflect, String, WeakMap } from "../../intrinsics";
import { asWritten } from "../as-written";
import type { Place } from "../place";
import type { SourceTexts } from "../source-texts";
import { frameText, ownFrames, parseFrame, type Frame } from "./frames";

/** So many frames are taken, so that the cell's own line is found below a deep package; Node takes 10. */
const TAKEN_FRAMES = 200;
const SHOWN_FRAMES = 10;

type Prepare = (error: Error, sites: readonly NodeJS.CallSite[]) => unknown;

/** What was written as an error's `stack`, with the frames behind it. */
interface Written {
  readonly stack: string;
  readonly frames: readonly Frame[];
}

/** `Error.prototype.toString`, which gives name and message of any object. */
const { toString: errorText } = Error.prototype;
const written = new WeakMap<object, Written>();
let sources: SourceTexts | undefined;
/** A program's own `Error.prepareStackTrace`. */
let own: Prepare | undefined;
let ownWasSet = false;

/**
 * Lets every stack, printed or thrown, show the user's frames at the places of their sources. A program may still set its own
 * `Error.prepareStackTrace`, which then gets V8's frames as they are; setting it back to `undefined` gives this one again.
 */
export function prepareStacks(known: SourceTexts): void {
  sources = known;
  Error.stackTraceLimit = TAKEN_FRAMES;
  Object.defineProperty(Error, "prepareStackTrace", {
    get: () => own ?? prepare,
    set: (value: unknown) => {
      own = typeof value === "function" && value !== prepare ? (value as Prepare) : undefined;
      ownWasSet ||= own !== undefined;
    },
    configurable: true,
    enumerable: true,
  });
}

/** The frames of an error, all of them; read from its `stack` where a program has written that itself. */
export function framesOf(error: object): readonly Frame[] {
  const stack = String((error as { stack?: unknown }).stack ?? "");
  const known = written.get(error);
  if (known !== undefined && known.stack === stack) return known.frames;
  // Places in a text that comes from elsewhere are those of sources, unless a program writes V8's places itself.
  const lines = stack.split("\n").filter((line) => /^\s*at /.test(line));
  return lines.map((line) => parseFrame(line.replace(/^\s*at /, ""), ownWasSet ? sources : undefined));
}

function prepare(error: Error, sites: readonly NodeJS.CallSite[]): string {
  const frames: Frame[] = [];
  for (let at = 0; at < sites.length; at += 1) frames[at] = parseFrame(String(sites[at]), sources);
  const lines = shown(ownFrames(frames)).map((frame) => `\n    at ${frameText(frame)}`);
  const stack = headOf(error) + lines.join("");
  written.set(error, { stack, frames });
  return stack;
}

/** The innermost frames, and the notebook's own line where it is farther out. */
function shown(frames: readonly Frame[]): readonly Frame[] {
  // A program that asks for more frames gets them.
  if (Error.stackTraceLimit !== TAKEN_FRAMES) return frames;
  const first = frames.slice(0, SHOWN_FRAMES);
  const line = first.some(({ owner }) => owner === "user") ? undefined : frames.find(({ owner }) => owner === "user");
  return line === undefined ? first : [...first, line];
}

/** What V8 and Node write before the frames. */
function headOf(error: Error): string {
  try {
    const { code } = error as NodeJS.ErrnoException;
    const isNodes = Object.getOwnPropertySymbols(error).some((symbol) => symbol.description === "kIsNodeError");
    if (isNodes) return `${error.name} [${String(code)}]: ${error.message}`;
    return asWritten(Reflect.apply(errorText, error, []));
  } catch {
    // Its getters throw.
    return "Error";
  }
}

/** How deep the present stack is, and the innermost place on it that is the notebook's. */
export function stackPlace(): { readonly depth: number; readonly place: Place | undefined } {
  let sites: readonly NodeJS.CallSite[] = [];
  const before = own;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = TAKEN_FRAMES;
  own = (_error, found) => void (sites = found);
  try {
    // Read, because a stack is made when it is asked for.
    void new Error().stack;
  } finally {
    own = before;
    Error.stackTraceLimit = stackTraceLimit;
  }
  for (let at = 0; at < sites.length; at += 1) {
    const { owner, place } = parseFrame(String(sites[at]), sources);
    if (owner === "user") return { depth: sites.length, place };
  }
  return { depth: sites.length, place: undefined };
}
