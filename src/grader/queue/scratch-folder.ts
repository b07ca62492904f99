/** Temporary folders that are gone even when whoever made them was killed: the next one sweeps up. */
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "dnn-lab-core/processes";
import { groupRoots } from "../sandbox/cgroup";

/** Its name tells the process; sockets lie in it, and their paths must be short. */
const PREFIX = "dnn-w";

/** A folder of this process for temporary files of its children. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  return { path, remove: () => remove(path) };
}

/** Removes the folders of processes that are no more. */
export function sweepScratch(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(tmpdir(), name));
  }
}

function remove(folder: string): void {
  // A sandbox's control group has the name of its folder.
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    for (const root of groupRoots) {
      if (!existsSync(join(root, name, "cgroup.procs"))) continue;
      try {
        rmdirSync(join(root, name));
      } catch {
        // Its processes are just ending: the next sweep does not find it, and an empty group costs nothing.
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
