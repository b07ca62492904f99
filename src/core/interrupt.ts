/**
 * How a notebook's stop button reaches a long computation: the kernel sets a flag in shared memory, and library code
 * looks at it between two steps, so that it stops with everything in order (state kept, tensors released).
 */

/** Thrown by {@link checkInterrupt}; a kernel shows it as `KeyboardInterrupt`, the Jupyter name for a user's stop. */
export class InterruptedError extends Error {
  override readonly name = "KeyboardInterrupt";
}

/** Whether the kernel has asked the running cell to stop. */
export function interruptRequested(): boolean {
  const flag = (globalThis as Record<symbol, unknown>)[Symbol.for("dnn-lab.interrupt")];
  return flag instanceof Int32Array && Atomics.load(flag, 0) !== 0;
}

/** Throws an {@link InterruptedError} that says what was stopped when the kernel has asked for it. */
export function checkInterrupt(what: string): void {
  if (interruptRequested()) throw new InterruptedError(`${what} was interrupted.`);
}
