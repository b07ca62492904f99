/** A control group that bounds the number of threads: what a fork bomb cannot outrun. Only root can make one. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Version 1 has a tree for each controller, version 2 one for all. */
const roots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];

export interface ThreadGroup {
  /** A process joins by writing its id here. */
  readonly members: string;
  remove(): void;
}

/** A group of at most `threads`; undefined where none can be made. */
export function threadGroup(name: string, threads: number): ThreadGroup | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const root of roots) {
    const folder = join(root, name);
    const remove = (): void => {
      try {
        rmdirSync(folder);
      } catch {
        // Not made, or its last process is only now being taken away by the system.
      }
    };
    try {
      mkdirSync(folder);
      if (!existsSync(join(folder, "pids.max"))) throw new Error("no such controller here");
      writeFileSync(join(folder, "pids.max"), String(threads));
      return { members: join(folder, "cgroup.procs"), remove };
    } catch {
      remove();
    }
  }
  return undefined;
}
