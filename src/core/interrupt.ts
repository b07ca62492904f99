/**
 * How a notebook's stop button reaches a long computation: the kernel sets a flag in shared memory, and library code
 * looks at it between two steps, so that it stops with everything in order (state kept, tensors released).
 */

/** Thrown by {@link checkInterrupt}; a kernel shows it as `KeyboardInterrupt`, the Jupyter name for a user's stop. */
export class InterruptedError extends Error {
  override readonly name = "KeyboardInterrupt";
}

/** What the kernel offers: element 0 is set when the user asks to stop, element 1 counts who listens. */
function sharedFlag(): Int32Array | undefined {
  const flag = (globalThis as Record<symbol, unknown>)[Symbol.for("dnn-lab.interrupt")];
  return flag instanceof Int32Array ? flag : undefined;
}

/** Whether the kernel has asked the running cell to stop. */
export function interruptRequested(): boolean {
  const flag = sharedFlag();
  return flag !== undefined && Atomics.load(flag, 0) !== 0;
}

/**
 * Tells the kernel that `body` looks at the flag by itself, so that an interrupt gives it time to end its step instead
 * of terminating it in the middle.
 */
export async function whileListening<T>(body: () => Promise<T>): Promise<T> {
  const flag = sharedFlag();
  const count = (change: number) => flag && flag.length > 1 && Atomics.add(flag, 1, change);
  count(1);
  try {
    return await body();
  } finally {
    count(-1);
  }
}

/** Throws an {@link InterruptedError} that says what was stopped when the kernel has asked for it. */
export function checkInterrupt(what: string): void {
  if (interruptRequested()) throw new InterruptedError(`${what} was interrupted.`);
}
