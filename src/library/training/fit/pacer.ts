/**
 * Lets timers, messages and the stop button have their turn during a long synchronous computation: the returned
 * function yields to the event loop when `intervalMs` have passed since it last did.
 */
export function pacer(intervalMs = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < intervalMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}
