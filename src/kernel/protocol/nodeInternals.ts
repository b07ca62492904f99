/** The parts of Node's `process` that are no public API. */
interface ProcessInternals {
  binding(name: string): unknown;
  noDeprecation?: boolean;
}

/**
 * One of Node's internal bindings, without the deprecation warning; undefined where this Node has none. What is taken from
 * them (SIGINT in a worker, the stack of asynchronous contexts) cannot be had in another way, and all callers do without.
 */
export function nodeBinding<T extends object>(name: string): Partial<T> | undefined {
  const internals = process as unknown as ProcessInternals;
  const before = internals.noDeprecation;
  internals.noDeprecation = true;
  try {
    return internals.binding(name) as Partial<T>;
  } catch {
    return undefined;
  } finally {
    internals.noDeprecation = before ?? false;
  }
}
