/** Watches what runs in a sandbox from outside, and ends all of it when it uses more than it may. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Limits } from "../assignment/assignment";

const INTERVAL_MS = 200;
const PAGE_BYTES = 4096;
/** What a sandbox may leave in the folder of its sockets. */
const FOLDER_BYTES = 1_000_000;
const FOLDER_ENTRIES = 64;

const numbers = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // it has ended meanwhile
  }
}

const namespaceOf = (pid: string): string | undefined => quietly(() => readlinkSync(`/proc/${pid}/ns/pid`));

/** Bytes of memory that a process has of its own. */
function memoryOf(pid: string): number {
  const fields = quietly(() => readFileSync(`/proc/${pid}/statm`, "utf8"))
    ?.split(" ")
    .map(Number);
  return fields ? Math.max(0, fields[1]! - fields[2]!) * PAGE_BYTES : 0;
}

/** The processes in the namespace that the bubblewrap with `mark` in its arguments has made; the first is its init. */
export function processesOf(mark: string, known: { namespace?: string }): string[] {
  const own = namespaceOf("self");
  const all = numbers();
  known.namespace ??= all
    .filter((pid) => quietly(() => readFileSync(`/proc/${pid}/cmdline`, "latin1"))?.includes(mark))
    .map(namespaceOf)
    .find((found) => found !== undefined && found !== own);
  if (known.namespace === undefined) return [];
  return all.filter((pid) => namespaceOf(pid) === known.namespace);
}

/** Why the processes and files are too many; undefined when they are not. */
function excess(pids: readonly string[], folder: string, { memoryMB, processes }: Limits): string | undefined {
  if (pids.length > processes) return `it started more than ${processes} processes`;
  if (pids.reduce((sum, pid) => sum + memoryOf(pid), 0) > memoryMB * 1e6)
    return `it used more than ${memoryMB} MB of memory`;
  const entries = quietly(() => readdirSync(folder)) ?? [];
  const bytes = entries.reduce((sum, name) => sum + (quietly(() => statSync(join(folder, name)).size) ?? 0), 0);
  if (bytes > FOLDER_BYTES || entries.length > FOLDER_ENTRIES)
    return "it wrote into the folder of the kernel's sockets";
  return undefined;
}

export interface Watch {
  /** Why everything was ended; undefined when it was not. */
  readonly reason: string | undefined;
  /** Stops watching, and ends what is left; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Watches the sandbox whose arguments hold `folder`. */
export function watchSandbox(folder: string, limits: Limits): Watch {
  const known: { namespace?: string } = {};
  let reason: string | undefined;
  const end = (pids: readonly string[]): void => {
    // The first is the namespace's init: with it the system ends all others.
    for (const pid of pids) quietly(() => process.kill(Number(pid), "SIGKILL"));
  };
  const timer = setInterval(() => {
    const pids = processesOf(folder, known);
    const found = excess(pids, folder, limits);
    if (found === undefined) return;
    reason ??= found;
    end(pids);
  }, INTERVAL_MS);
  return {
    get reason() {
      return reason;
    },
    async stop() {
      clearInterval(timer);
      for (let pids = processesOf(folder, known); pids.length > 0; pids = processesOf(folder, known)) {
        end(pids);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
