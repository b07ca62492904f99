/**
 * Resolves after so many milliseconds.
 *
 * @param keepsAlive Whether the process stays for it when nothing else is left to do (default: true).
 */
export function delay(milliseconds: number, { keepsAlive = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    if (!keepsAlive) timer.unref();
  });
}
