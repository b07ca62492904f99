/** The parts of Node's `process` that are no public API. */
import { process } from "../intrinsics";
interface ProcessInternals {
  binding(name: string): unknown;
  noDeprecation?: boolean;
}

/** The flag with which Node gives its bindings and modules; `process.binding` of newer versions knows little. */
export const INTERNALS_FLAG = "--expose-internals";

/**
 * One of Node's internal bindings; undefined where this Node has none. What is taken from them (SIGINT in a worker, the stack
 * of asynchronous contexts) cannot be read in another way; every caller also works without it.
 */
export function nodeBinding<T extends object>(name: string): Partial<T> | undefined {
  return (publicBinding(name) ?? exposedBinding(name)) as Partial<T> | undefined;
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
  return exposedModule<{ internalBinding(name: string): object }>("internal/test/binding")?.internalBinding?.(name);
}

/** One of Node's internal modules; undefined without the flag above, or where this Node has none of that name. */
export function exposedModule<T extends object>(name: string): Partial<T> | undefined {
  // One of them says that it is for tests only; users cannot do anything about that.
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return require(name) as Partial<T>;
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
