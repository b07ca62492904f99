/** A control group that bounds threads and memory: what neither a fork bomb nor shared memory outruns. Only root can make one. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Version 1 has a tree for each controller, version 2 one for all. */
export const groupRoots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory", "/sys/fs/cgroup"];

interface Setting {
  readonly file: string;
  readonly value: string;
}

export interface ControlGroup {
  /** A process joins by writing its id into each of these. */
  readonly members: readonly string[];
  /** Whether the system has ended a process of the group because there was no memory left. */
  ranOut(): boolean;
  remove(): void;
}

export interface GroupLimits {
  readonly threads: number;
  readonly memoryBytes: number;
}

function removed(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not made, or its last process is only now being taken away by the system.
  }
}

/** Makes a group with the settings that the system has; undefined when it has none of them. */
function made(folder: string, settings: readonly Setting[]): boolean {
  try {
    mkdirSync(folder);
    const known = settings.filter(({ file }) => existsSync(join(folder, file)));
    for (const { file, value } of known) writeFileSync(join(folder, file), value);
    if (known.length > 0) return true;
  } catch {
    // No such controller, or not ours to use.
  }
  removed(folder);
  return false;
}

/** A group with the limits that the system supports; undefined where no group can be made. */
export function controlGroup(name: string, { threads, memoryBytes }: GroupLimits): ControlGroup | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const bytes = String(Math.round(memoryBytes));
  const settings: readonly Setting[] = [
    { file: "pids.max", value: String(threads) },
    ...["memory.limit_in_bytes", "memory.max"].map((file) => ({ file, value: bytes })),
    { file: "memory.swap.max", value: "0" },
  ];
  const folders = groupRoots.map((root) => join(root, name)).filter((folder) => made(folder, settings));
  if (folders.length === 0) return undefined;
  return {
    members: folders.map((folder) => join(folder, "cgroup.procs")),
    ranOut: () => folders.some(killedIn),
    remove: () => folders.forEach(removed),
  };
}

function killedIn(folder: string): boolean {
  return ["memory.events", "memory.oom_control"].some((file) => {
    try {
      return /^oom_kill [1-9]/m.test(readFileSync(join(folder, file), "utf8"));
    } catch {
      return false;
    }
  });
}
