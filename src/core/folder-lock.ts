/** One process at a time on a folder: two would write each other's files. */
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeFolder } from "./files";
import { isAlive } from "./processes";

const BEAT_MS = 10_000;
/** Of a process on another machine, which cannot be looked at. */
const SILENCE_MS = 60_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

interface Found {
  /** Undefined when the lock names nobody. */
  readonly holder: Holder | undefined;
  readonly silentMs: number;
}

function namedIn(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Who holds a lock; undefined when there is none. */
function holderOf(path: string): Found | undefined {
  try {
    const silentMs = Date.now() - statSync(path).mtimeMs;
    return { holder: namedIn(readFileSync(path, "utf8")), silentMs };
  } catch (error) {
    const isGone = ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
    return isGone ? undefined : { holder: undefined, silentMs: Infinity };
  }
}

function isHeld({ holder, silentMs }: Found): boolean {
  if (silentMs > SILENCE_MS) return false;
  // A file without a name in it is just being written, or was left so.
  if (holder === undefined) return silentMs < 1000;
  return holder.host !== hostname() || (holder.pid !== process.pid && isAlive(holder.pid));
}

/** What the system refuses, in words for whoever has to mend it. */
function unusable(folder: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    EACCES: "you may not write there",
    EPERM: "you may not write there",
    EROFS: "its file system is read-only",
    ENOSPC: "there is no space left on its disk",
    ENOTDIR: "a part of its path is a file",
    EEXIST: "it is a file",
  };
  return new Error(`the folder ${folder} cannot be used: ${why[code ?? ""] ?? message}`, { cause: error });
}

export interface FolderUse {
  /** Name of the lock's file. */
  readonly file: string;
  /** What is done there, for the message: `is grading`. */
  readonly work: string;
  /** What else to do than to wait: `give another folder`. */
  readonly remedy: string;
}

/**
 * Takes a folder for this process, and makes it; returns the function that gives it back.
 * @throws Error when another process works there, or nothing can be written there
 */
export function takeFolder(folder: string, { file, work, remedy }: FolderUse): () => void {
  const path = join(folder, file);
  for (let tries = 0; ; tries++) {
    const found = holderOf(path);
    if (found && (isHeld(found) || tries > 3)) {
      const who = found.holder ? `process ${found.holder.pid} on ${found.holder.host}` : "another process";
      throw new Error(`${folder}: ${who} ${work} there. Wait for it, or ${remedy}.`);
    }
    if (found) rmSync(path, { force: true, recursive: true });
    try {
      makeFolder(folder);
      writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder), { flag: "wx" });
      break;
    } catch (error) {
      // Another one was faster.
      if ((error as NodeJS.ErrnoException).code === "EEXIST" && tries <= 3 && holderOf(path)) continue;
      throw unusable(folder, error);
    }
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Somebody has removed it; there is nothing to keep.
    }
  }, BEAT_MS).unref();
  return () => {
    clearInterval(beat);
    if (holderOf(path)?.holder?.pid === process.pid) rmSync(path, { force: true });
  };
}
