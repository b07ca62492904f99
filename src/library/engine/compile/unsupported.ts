/** Why a step cannot be compiled: always a named reason, an operation and a line of the user's code. */

/**
 * - `reads-value`: the step reads a tensor's value (`dataSync`, `arraySync`, …), so it may branch on it;
 * - `host-random`: it draws from `Math.random`, for instance through `tf.randomNormal` or `tf.dropout` without a seed;
 * - `host-number-changes`: a number computed in JavaScript differs from one step to the next;
 * - `host-state-changes`: something else that the step remembers in JavaScript changes (a layer counts its calls);
 * - `structure-changes`: the operations themselves differ from one step to the next;
 * - `hidden-state`: an operation keeps a state inside the engine (`tf.multinomial`);
 * - `data-dependent-shape`: an operation's output shape depends on values (`tf.unique`, `tf.whereAsync`);
 * - `keeps-tensor`: a tensor made in the step outlives it without being returned or assigned to a variable;
 * - `disposes-tensor`: the step disposes a tensor that it did not make;
 * - `creates-variable`: every step creates a variable;
 * - `asynchronous`: the step returns a promise;
 * - `unknown-operation`: the operation is not in the table of known ones;
 * - `unsupported-type`: the step uses strings or complex numbers;
 * - `plan-fails`: TensorFlow cannot run the recorded step, or it gives other numbers than the step by itself;
 * - `other-engine`: the engine in use is not the native one.
 */
export type UnsupportedReason =
  | "reads-value"
  | "host-random"
  | "host-number-changes"
  | "host-state-changes"
  | "structure-changes"
  | "hidden-state"
  | "data-dependent-shape"
  | "keeps-tensor"
  | "disposes-tensor"
  | "creates-variable"
  | "asynchronous"
  | "unknown-operation"
  | "unsupported-type"
  | "plan-fails"
  | "other-engine";

/** The step cannot be replayed; the caller runs it eagerly instead and shows `message`. */
export class UnsupportedStep extends Error {
  /** Tells it apart where `instanceof` cannot. */
  override readonly name = "UnsupportedStep";

  constructor(
    /** Why, by name. */
    readonly reason: UnsupportedReason,
    explanation: string,
    /** The operation concerned, by TensorFlow's name. */
    readonly operation?: string,
    /** `function (file:line:column)` of the user's code. */
    readonly line?: string,
  ) {
    super(line ? `${explanation} (at ${line})` : explanation);
  }
}

/** A place in the code, kept as an unformatted stack: formatting costs more than recording. */
export type Site = Error;

/** Stands for a place that is not kept. One for all: each error holds fast whatever its functions were called on. */
export const nowhere: Site = new Error("The place in the code is not kept.");
let captures = true;

export function captureSite(): Site {
  return captures ? new Error() : nowhere;
}

/** Runs `body` without keeping places in the code, which takes as long as all the rest of a recording. */
export function withoutPlaces<T>(body: () => T): T {
  captures = false;
  try {
    return body();
  } finally {
    captures = true;
  }
}

// With source maps the stack names the sources (`src/library/…`), without them the compiled files (`dist/…`).
const OWN_FOLDER = /(src[\\/]library|dist)[\\/]engine[\\/]compile[\\/]/;
const FOREIGN = /[\\/]node_modules[\\/]@tensorflow[\\/]|^node:|\bnode:internal|<anonymous>\)?$/;

/** The innermost frame that belongs neither to TensorFlow.js nor to this folder: the user's (or caller's) line. */
export function lineOf(site: Site): string | undefined {
  if (site === nowhere) return undefined;
  const frames = (site.stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  const frame = frames.find((line) => !OWN_FOLDER.test(line) && !FOREIGN.test(line));
  return frame?.replace(/^\s*at (async )?/, "").replace("file://", "");
}
