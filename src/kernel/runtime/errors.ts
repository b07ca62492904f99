import { inspect, types } from "node:util";
import { codeFrame } from "../protocol/code-frame";
import type { ErrorContent } from "../protocol/bridge";
import type { Sources } from "./sources";

const RED = "\x1b[31m";
const BOLD = "\x1b[1m";
const DIM = "\x1b[2m";
const PLAIN = "\x1b[0m";
const MOST_FRAMES = 20;
const MOST_CAUSES = 5;
const MESSAGE_LIMIT_CHARS = 10_000;

interface Frame {
  readonly at: string;
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Anything that was thrown, as the protocol shows it: code frame first, then the stack without the kernel's own frames. */
export function describeError(thrown: unknown, sources: Sources): ErrorContent {
  try {
    return describe(thrown, sources, 0);
  } catch (failure) {
    // Getters and proxies of what was thrown may throw themselves.
    const evalue = `an error that cannot be shown (${failure instanceof Error ? failure.message : typeof failure})`;
    return { ename: "Error", evalue, traceback: [`Error: ${evalue}`] };
  }
}

function describe(thrown: unknown, sources: Sources, depth: number): ErrorContent {
  if (!isErrorLike(thrown)) {
    const text = inspect(thrown, { depth: 2 }).slice(0, MESSAGE_LIMIT_CHARS);
    return {
      ename: "Uncaught",
      evalue: text,
      traceback: [`${RED}${BOLD}Uncaught${PLAIN} ${text}`, `${DIM}(thrown, but not an Error: it has no stack)${PLAIN}`],
    };
  }
  const ename = nameOf(thrown);
  const evalue = String(thrown.message).slice(0, MESSAGE_LIMIT_CHARS);
  const traceback = [`${RED}${BOLD}${ename}${PLAIN}: ${evalue}`, ...stackLines(thrown, sources), ...properties(thrown)];
  if (depth < MOST_CAUSES) traceback.push(...related(thrown, sources, depth));
  return { ename, evalue, traceback };
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
  const constructed = error.constructor?.name;
  const name = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
  // `class MyError extends Error {}` keeps the name "Error", yet says more by its class.
  return name === "Error" && constructed !== undefined && constructed !== "" && constructed !== "Object"
    ? constructed
    : name;
}

function stackLines(error: Error, sources: Sources): string[] {
  const frames = framesOf(error, sources);
  const own = frames.find(({ name }) => sources.text(name) !== undefined);
  const lines: string[] = [];
  if (own !== undefined) {
    lines.push(`${own.name}:${own.line + 1}:${own.column + 1}`, codeFrame(sources.text(own.name) as string, own));
  }
  const shown = frames.slice(0, MOST_FRAMES).map(({ at, name, line, column }) => {
    const place = `${name}:${line + 1}:${column + 1}`;
    return `${DIM}    at ${at === "" ? place : `${at} (${place})`}${PLAIN}`;
  });
  if (frames.length > 1 || own === undefined) lines.push(...shown);
  return lines;
}

const STACK_LINE = /^\s*at (?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/;

/** The frames of user code and packages; Node's internals and this kernel are left out. */
function framesOf(error: Error, sources: Sources): Frame[] {
  const frames: Frame[] = [];
  for (const row of String(error.stack ?? "").split("\n")) {
    const match = STACK_LINE.exec(row);
    if (match === null) continue;
    const [, at, file, line, column] = match as unknown as [string, string | undefined, string, string, string];
    const name = file.replace(/^file:\/\//, "");
    if (name.startsWith("node:") || name.startsWith(KERNEL_FOLDER) || name === "<anonymous>") continue;
    const place = sources.original(name, { line: Number(line) - 1, column: Number(column) - 1 });
    frames.push({ at: (at ?? "").replace(/^async <anonymous>$/, ""), name, ...place });
  }
  return frames;
}

/** This package's kernel folder: `…/src/kernel`. */
const KERNEL_FOLDER = __dirname.replace(/[\\/]runtime$/, "");

/** What an error carries beside message and stack: codes of the system, details of a library. */
function properties(error: Error): string[] {
  const own = Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause", "errors"].includes(key));
  if (own.length === 0) return [];
  return [inspect(Object.fromEntries(own), { depth: 1, breakLength: 100 }).slice(0, MESSAGE_LIMIT_CHARS)];
}

/** The cause of an error, and the errors of an `AggregateError` or `SuppressedError`. */
function related(error: Error, sources: Sources, depth: number): string[] {
  const lines: string[] = [];
  const add = (label: string, value: unknown): void => {
    lines.push(`${DIM}${label}${PLAIN}`, ...describe(value, sources, depth + 1).traceback);
  };
  if (error.cause !== undefined) add("caused by", error.cause);
  const errors = (error as AggregateError).errors as unknown;
  if (Array.isArray(errors))
    errors.slice(0, MOST_CAUSES).forEach((inner, index) => add(`error ${index + 1} of ${errors.length}`, inner));
  return lines;
}
