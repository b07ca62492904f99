/** Where a submission's kernel runs: in a sandbox, or without one when the teacher explicitly asked for that. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Job } from "dnn-lab-notebooks";
import { packagesFolder } from "./installation";
import type { Limits } from "../assignment/assignment";
import { RefusedError } from "../archive/refused-error";

export interface RoomOptions {
  readonly limits: Limits;
  /** Files handed in beside the notebook, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A place for one run. */
export interface Room {
  readonly job: Pick<Job, "cwd" | "env" | "sandbox">;
  /** Why the run was ended from outside, if it was. */
  ended(): string | undefined;
  /** Ends what still runs there and removes its files. */
  close(): Promise<void>;
}

/** A way to run what a student wrote. */
export interface Containment {
  readonly kind: "bubblewrap" | "none";
  /** What whoever grades should know about it. */
  readonly note?: string;
  /** Makes a place for one run; whoever opens it closes it. */
  open(options: RoomOptions): Promise<Room>;
}

/** Writes files below a folder; their paths have been checked to stay there. */
export function writeFilesBelow(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, content] of files) {
    try {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!["ENAMETOOLONG", "EISDIR", "EEXIST", "ENOTDIR", "EINVAL", "EILSEQ"].includes(code)) throw error;
      throw new RefusedError(`the file ${JSON.stringify(name.slice(0, 80))} cannot be written here (${code})`);
    }
  }
}

/** No containment: the kernel has the rights of whoever grades. */
export const noContainment: Containment = {
  kind: "none",
  open({ files }) {
    const cwd = mkdtempSync(join(tmpdir(), "dnn-lab-run-"));
    writeFilesBelow(cwd, files);
    symlinkSync(packagesFolder(), join(cwd, "node_modules"), "junction");
    return Promise.resolve({
      job: { cwd, env: { DNN_LAB_HISTORY: "off" } },
      ended: () => undefined,
      close: () => Promise.resolve(rmSync(cwd, { recursive: true, force: true })),
    });
  },
};
