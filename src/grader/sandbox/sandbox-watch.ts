/** Watches what runs in a sandbox from outside, and ends all of it when it uses more than it may. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { delay } from "dnn-lab-core/delay";
import type { Limits } from "../assignment/assignment";
import { memoryOf } from "./memory";
import { quietly } from "./quietly";

const INTERVAL_MS = 200;

const numbers = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

const namespaceOf = (pid: string): string | undefined => quietly(() => readlinkSync(`/proc/${pid}/ns/pid`));

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

/** Why the processes are too many, or their memory is; undefined when they are not. */
function excess(pids: readonly string[], { memoryMB, processes }: Limits): string | undefined {
  if (pids.length > processes) return `it started more than ${processes} processes`;
  if (memoryOf(pids) > memoryMB * 1e6) return `it used more than ${memoryMB} MB of memory`;
  return undefined;
}

export interface SandboxWatch {
  /** Why everything was ended; undefined when it was not. */
  readonly reason: string | undefined;
  /** Stops watching, and ends what is left; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Watches the sandbox whose arguments hold `mark`. */
export function watchSandbox(mark: string, limits: Limits): SandboxWatch {
  const known: { namespace?: string } = {};
  let reason: string | undefined;
  const end = (pids: readonly string[]): void => {
    // The first is the namespace's init: with it the system ends all others.
    for (const pid of pids) quietly(() => process.kill(Number(pid), "SIGKILL"));
  };
  const timer = setInterval(() => {
    const pids = processesOf(mark, known);
    const found = excess(pids, limits);
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
      for (let pids = processesOf(mark, known); pids.length > 0; pids = processesOf(mark, known)) {
        end(pids);
        await delay(20);
      }
    },
  };
}
