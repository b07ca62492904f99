/**
 * What a run was seen to rest on: files that were opened, loaded or looked for, folders that were listed, environment
 * variables that were read. Kernels tell the names (`src/kernel/runtime/observe.ts`, `runner/observer.py`); here they get
 * hashes, which say later whether all is as it was.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import { kernelFolder } from "../python/kernel-package";
import { digestOf } from "../notebook/digest";

/** As a kernel tells it. */
export interface Observed {
  readonly files: readonly string[];
  /** Files that were looked for, and are not there. */
  readonly absent: readonly string[];
  readonly folders: readonly string[];
  readonly environment: readonly string[];
  /** What could not be seen: child processes, the network … */
  readonly unobserved: readonly string[];
}

/** What a result rests on, with hashes. */
export interface Rests {
  /** File → its hash and the stamp it had then; `absent` when it was not there. */
  readonly files: Readonly<Record<string, readonly [hash: string, stamp: string]>>;
  /** Folder → hash of the names in it. */
  readonly folders: Readonly<Record<string, string>>;
  /** Variable → hash of its value, `absent` without one; values may be secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly unobserved: readonly string[];
}

const ABSENT = "absent";
/** Larger files (native libraries) are known by their size, their begin and their end. */
const LARGE_BYTES = 64 * 2 ** 20;
const SAMPLE_BYTES = 2 ** 22;

function stampOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return ABSENT;
  return found.isFile() ? `${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}` : "folder";
}

const known = new Map<string, { stamp: string; hash: string }>();

function fileHash(path: string, stamp: string): string {
  if (stamp === ABSENT || stamp === "folder") return stamp;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.hash;
  const hash = Number(stamp.split(" ")[0]) > LARGE_BYTES ? sampled(path) : hashOf("sha256", readFileSync(path));
  known.set(path, { stamp, hash });
  return hash;
}

function sampled(path: string): string {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  const sampleAt = (at: number): Uint8Array => {
    const bytes = Buffer.alloc(SAMPLE_BYTES);
    return bytes.subarray(0, readSync(file, bytes, 0, SAMPLE_BYTES, at));
  };
  try {
    return hashOf("sha256", String(size), sampleAt(0), sampleAt(size - SAMPLE_BYTES));
  } finally {
    closeSync(file);
  }
}

function folderHash(path: string): string {
  try {
    return digestOf(readdirSync(path).sort()).slice(0, 16);
  } catch {
    return ABSENT;
  }
}

const valueHash = (value: string | undefined): string => (value === undefined ? ABSENT : digestOf(value).slice(0, 16));

/** Variables that each run has of its own. */
const passing = /^(DNN_LAB_RESULTS|DNN_LAB_OBSERVE|DNN_LAB_LANGUAGE_SERVER|JPY_\w+|JUPYTER_\w+|PYTHONUNBUFFERED)$/;

/** Not of the program: the system's own, and our kernel, whose build is in the key. */
function isForeign(path: string): boolean {
  return /^\/(proc|dev|sys)\//.test(path) || kernelFolders().some((folder) => path.startsWith(folder));
}

let kernels: string[] | undefined;
function kernelFolders(): string[] {
  const kernel = kernelFolder();
  kernels ??= kernel === undefined ? [] : [realpathSync(kernel) + sep];
  return kernels;
}

/** What was seen, with hashes of now; `env` is the environment that the kernel got. */
export function restsOf(observed: Observed, env: Readonly<Record<string, string | undefined>>): Rests {
  const files = [...observed.files, ...observed.absent].filter((path) => !isForeign(path)).sort();
  const variables = observed.environment.filter((name) => !passing.test(name)).sort();
  return {
    files: Object.fromEntries(
      files.flatMap((path) => {
        const stamp = stampOf(path);
        return stamp === "folder" ? [] : [[path, [fileHash(path, stamp), stamp] as const]];
      }),
    ),
    folders: Object.fromEntries(
      observed.folders.filter((path) => !isForeign(path)).map((path) => [path, folderHash(path)]),
    ),
    environment: Object.fromEntries(variables.map((name) => [name, valueHash(env[name])])),
    unobserved: observed.unobserved,
  };
}

/** What is not as it was, in words; empty when all is. */
export function changesOf(
  { files, folders, environment }: Rests,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const changed: string[] = [];
  for (const [path, [hash, stamp]] of Object.entries(files)) {
    const now = stampOf(path);
    if (now !== stamp && fileHash(path, now) !== hash) changed.push(`file ${path}`);
  }
  for (const [path, hash] of Object.entries(folders))
    if (folderHash(path) !== hash) changed.push(`the files in ${path}`);
  for (const [name, hash] of Object.entries(environment)) {
    if (valueHash(env[name]) !== hash) changed.push(`environment variable ${name}`);
  }
  return changed;
}

/** In words: `212 files, 3 environment variables (A, B, C); not seen: a child process`. */
export function restsText({ files, environment, unobserved }: Rests): string {
  const names = Object.keys(environment);
  const variables = names.length
    ? `, ${names.length} environment variables (${names.slice(0, 8).join(", ")}${names.length > 8 ? " …" : ""})`
    : "";
  const unseen = unobserved.length ? `; not seen: ${unobserved.slice(0, 5).join(", ")}` : "";
  return `${Object.keys(files).length} files${variables}${unseen}`;
}
