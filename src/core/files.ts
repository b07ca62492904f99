/** Files are written to a temporary name beside their place and renamed, so that no reader ever sees half a file. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** Of a name's 255 bytes, what a temporary name takes over: it adds some 30 of its own. */
const LONGEST_PART = 48;

/** A temporary name in the same folder (a rename must not cross file systems), however long the name is. */
export function temporaryName(path: string): string {
  const name = basename(path).slice(0, LONGEST_PART);
  return join(dirname(path), `.${name}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
}

/** Calls `write` with a temporary name and renames it to `path`; removes it when `write` fails. Makes the folder. */
export async function writeAtomically(path: string, write: (temporary: string) => Promise<void> | void): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    await write(temporary);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true, recursive: true });
  }
}

/** Writes text or bytes to `path` in one piece. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Writes `chunks`, one after another, to `path` in one piece that is on the disk when this returns: it outlives the end
 * of the process at any moment, and of the machine too.
 */
export function writeFileDurable(path: string, chunks: readonly Uint8Array[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (const chunk of chunks) writeWhole(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** One call may write less than it was given. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength;) done += writeSync(file, bytes, done);
}

/** Brings a rename to the disk. Windows opens no folders, and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never returns where the system answers ENOENT for
 * a folder that is there, as below /proc.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** The folder of the npm package that a file's folder belongs to, in the sources as in the build. Throws when there is none. */
export function packageFolder(start: string): string {
  const folder = findUpward(start, "package.json");
  if (folder !== undefined) return folder;
  throw new Error(
    `No package.json was found at or above ${start}: the installation is damaged; install the package again.`,
  );
}

/** The nearest folder at or above `start` that holds a file or folder `name`; undefined when there is none. */
export function findUpward(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** A path with all links followed, as far as it exists. */
function real(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole) || dirname(whole) === whole) return existsSync(whole) ? realpathSync(whole) : whole;
  return join(real(dirname(whole)), relative(dirname(whole), whole));
}

/** Whether a path lies in a folder, or is it, after all links were followed. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path));
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}
