/** The parts of Node's `process` that are no public API. */
import { process } from "../intrinsics";
interface ProcessInternals {
  binding(name: string): unknown;
  noDeprecation?: boolean;
}

/** The flag that gives newer versions of Node, whose `process.binding` knows little, the same bindings in another way. */
export const INTERNALS_FLAG = "--expose-internals";

/**
 * One of Node's internal bindings; undefined where this Node has none. What is taken from them (SIGINT in a worker, the stack
 * of asynchronous contexts) cannot be had in another way, and all callers do without.
 */
export function nodeBinding<T extends object>(name: string): Partial<T> | undefined {
  return (publicBinding(name) ?? exposedBinding(name)) as Partial<T> | undefined;
}

/** Whether this Node needs the flag above to give its bindings. */
export function needsInternalsFlag(): boolean {
  return publicBinding("signal_wrap") === undefined;
}

/** `process.binding`, without its deprecation warning. */
function publicBinding(name: string): object | undefined {
  const internals = process as unknown as ProcessInternals;
  const before = internals.noDeprecation;
  internals.noDeprecation = true;
  try {
    return internals.binding(name) as object;
  } catch {
    return undefined;
  } finally {
    internals.noDeprecation = before ?? false;
  }
}

function exposedBinding(name: string): object | undefined {
  try {
    const { internalBinding } = require("internal/test/binding") as { internalBinding(name: string): object };
    return internalBinding(name);
  } catch {
    return undefined;
  }
}
