import { isAlive } from "dnn-lab-core/processes";
const INTERVAL_MS = 1_000;
/** A kernel that somebody waits for is spoken to within a second. */
const SILENCE_MS = 30_000;

export interface ParentWatch {
  /** What to do when the server that started the kernel has died without telling the kernel. */
  readonly gone: () => void;
  /** Whether any message has come yet. */
  readonly addressed: () => boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly silenceMs?: number;
}

/**
 * Watches the server that started the kernel. Jupyter gives its process id in `JPY_PARENT_PID`; a kernel started in another
 * way lives until it is told to stop.
 *
 * A server that is not there from the start has died while the kernel began, or lives in another process namespace: the
 * kernel then ends only when no message comes for half a minute.
 */
export function watchParent({ gone, addressed, environment = process.env, silenceMs = SILENCE_MS }: ParentWatch): void {
  const server = Number(environment["JPY_PARENT_PID"]);
  if (!Number.isInteger(server) || server <= 0) return;
  const parent = process.ppid;
  if (server !== parent && !isAlive(server)) {
    setTimeout(() => addressed() || gone(), silenceMs).unref();
    return;
  }
  const isGone = server === parent ? () => process.ppid !== parent : () => !isAlive(server);
  setInterval(() => isGone() && gone(), INTERVAL_MS).unref();
}
