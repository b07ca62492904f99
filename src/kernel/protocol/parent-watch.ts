const INTERVAL_MS = 1_000;

/**
 * Calls `gone` when the server that started the kernel has died without a word. Jupyter gives the server's process id in
 * `JPY_PARENT_PID`; a kernel started in another way lives until it is told to stop.
 */
export function watchParent(gone: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  const parent = process.ppid;
  if (environment["JPY_PARENT_PID"] !== String(parent)) return;
  setInterval(() => {
    if (process.ppid !== parent) gone();
  }, INTERVAL_MS).unref();
}
