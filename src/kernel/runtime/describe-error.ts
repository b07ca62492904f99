import { inspect, types } from "node:util";
import { Array, Error, Object, Set, String } from "../intrinsics";
import { codeFrame } from "../protocol/code-frame";
import { INTERRUPTED, type ErrorContent } from "../protocol/bridge";
import { asWritten } from "./as-written";
import type { Place } from "./place";
import type { SourceTexts } from "./source-texts";
import { allLines, foldedLines } from "./stack/fold";
import { ownFrames, placeText, type Frame } from "./stack/frames";
import { framesOf } from "./stack/prepare-stacks";

const RED = "\x1b[31m";
const BOLD = "\x1b[1m";
const DIM = "\x1b[2m";
const PLAIN = "\x1b[0m";
const MOST_CAUSES = 5;
const MESSAGE_LIMIT_CHARS = 10_000;
const DETAILS = { depth: 1, breakLength: 100, maxStringLength: 500, maxArrayLength: 20 } as const;
const OF_ITSELF = ["name", "message", "stack", "cause", "errors"];

/** How tracebacks are written. */
export interface TracebackStyle {
  /** All frames of packages and of Node: `%traceback full`. */
  readonly full?: boolean;
  /** Where code is that V8 could not read: such an error has no frame there. */
  readonly place?: Place;
}

/** Anything that was thrown, as the protocol shows it: code frame first, then the stack without the kernel's own frames. */
export function describeError(thrown: unknown, sources: SourceTexts, style: TracebackStyle = {}): ErrorContent {
  return new Description(sources, style).of(thrown, 0);
}

/** The error of a cell that the user has stopped, and where it was then. */
export function describeInterrupt(place: Place | undefined, cell: string, sources: SourceTexts): ErrorContent {
  const source = place === undefined ? undefined : sources.text(place.name);
  const where = place === undefined ? [cell] : [placeText(place)];
  if (place !== undefined && source !== undefined) where.push(codeFrame(source, place));
  return { ...INTERRUPTED, traceback: [...INTERRUPTED.traceback, ...where.filter((line) => line !== "")] };
}

/** The description of one error with all its causes. */
class Description {
  private readonly seen = new Set<unknown>();

  constructor(
    private readonly sources: SourceTexts,
    private readonly style: TracebackStyle,
  ) {}

  of(thrown: unknown, depth: number): ErrorContent {
    if (!attempt(() => isErrorLike(thrown), false)) return notAnError(thrown);
    const error = thrown as Error;
    this.seen.add(error);
    const ename = attempt(() => nameOf(error), "Error");
    const message = attempt(() => String(error.message), undefined);
    const evalue = asWritten((message ?? "(its message cannot be read)").slice(0, MESSAGE_LIMIT_CHARS));
    const head = `${RED}${BOLD}${ename}${PLAIN}: ${evalue}`;
    const parts = [() => this.stackLines(error, depth), () => properties(error), () => this.related(error, depth)];
    return { ename, evalue, traceback: [head, ...parts.flatMap((part) => attempt(part, []))] };
  }

  /** The notebook's own line with its code, then the frames. */
  private stackLines(error: Error, depth: number): string[] {
    const { full = false } = this.style;
    const all = framesOf(error);
    const frames = ownFrames(all);
    const found = frames.find(({ owner, place }) => owner === "user" && this.textOf(place) !== undefined)?.place;
    const own = found ?? (depth === 0 && this.style.place ? this.sources.original(this.style.place) : undefined);
    const lines = own === undefined ? [] : [placeText(own), codeFrame(this.textOf(own) as string, own)];
    if (own !== undefined && attempt(() => error.name, "") === INTERRUPTED.ename) return lines;
    const shown = full ? allLines(all.filter(({ owner }) => owner !== "kernel")) : foldedLines(withoutNatives(frames));
    if (shown.length > 1 || own === undefined) lines.push(...shown.map((line) => `${DIM}    ${line}${PLAIN}`));
    return lines;
  }

  private textOf(place: Place | undefined): string | undefined {
    return place === undefined ? undefined : this.sources.text(place.name);
  }

  /** The cause of an error, and the errors of an `AggregateError`; each once. */
  private related(error: Error, depth: number): string[] {
    if (depth >= MOST_CAUSES) return [];
    const lines: string[] = [];
    const add = (label: string, value: unknown): void => {
      if (value === undefined || this.seen.has(value)) return;
      const traceback = attempt(() => isErrorLike(value), false)
        ? this.of(value, depth + 1).traceback
        : [shortly(value)];
      lines.push(`${DIM}${label}${PLAIN}`, ...traceback);
    };
    add("caused by", error.cause);
    const { errors } = error as Partial<AggregateError>;
    if (!Array.isArray(errors)) return lines;
    for (let at = 0; at < errors.length && at < MOST_CAUSES; at += 1)
      add(`error ${at + 1} of ${errors.length}`, errors[at]);
    if (errors.length > MOST_CAUSES) lines.push(`${DIM}… ${errors.length - MOST_CAUSES} more errors${PLAIN}`);
    return lines;
  }
}

function notAnError(thrown: unknown): ErrorContent {
  const text = shortly(thrown);
  return {
    ename: "Uncaught",
    evalue: text,
    traceback: [`${RED}${BOLD}Uncaught${PLAIN} ${text}`, `${DIM}(thrown, but not an Error: it has no stack)${PLAIN}`],
  };
}

function shortly(value: unknown): string {
  return attempt(() => inspect(value, { depth: 2 }), "a value that cannot be shown").slice(0, MESSAGE_LIMIT_CHARS);
}

/** What a function gives; the other value when it throws: getters and proxies of what was thrown may. */
function attempt<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function isErrorLike(value: unknown): value is Error {
  if (types.isNativeError(value) || value instanceof Error) return true;
  const candidate = value as Partial<Error> | null;
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    typeof candidate.message === "string" &&
    typeof candidate.stack === "string"
  );
}

function nameOf(error: Error): string {
  const constructed: unknown = error.constructor?.name;
  const name = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
  // `class MyError extends Error {}` keeps the name "Error", yet says more by its class.
  return name === "Error" && typeof constructed === "string" && constructed !== "" && constructed !== "Object"
    ? constructed
    : name;
}

function withoutNatives(frames: readonly Frame[]): Frame[] {
  return frames.filter(({ owner }) => owner !== "native");
}

/** What an error carries beside message and stack: codes of the system, details of a library. */
function properties(error: Error): string[] {
  const keys = Object.keys(error).filter((key) => !OF_ITSELF.includes(key));
  if (keys.length === 0) return [];
  const details = keys.map((key) => [key, attempt(() => brief(error[key as keyof Error], error), new Unreadable())]);
  return [inspect(Object.fromEntries(details), DETAILS).slice(0, MESSAGE_LIMIT_CHARS)];
}

/** Stands for a property whose getter throws. */
class Unreadable {
  [inspect.custom](): string {
    return "[its getter throws]";
  }
}

/** Stands for an error inside of another one: its stack would be longer than everything else. */
class Mentioned {
  constructor(private readonly text: string) {}

  [inspect.custom](): string {
    return this.text;
  }
}

function brief(value: unknown, whole: Error): unknown {
  if (value === whole) return new Mentioned("[Circular]");
  return types.isNativeError(value) ? new Mentioned(`[${String(value.name)}: ${String(value.message)}]`) : value;
}
