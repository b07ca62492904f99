/** Features that a base has computed, kept under a key: in memory, or in a file when there are many. */
import { bytesOf } from "dnn-lab-core/bytes";
import { writeAtomically } from "dnn-lab-core/files";
import { cacheFolder } from "dnn-lab-core/folders";
import { closeSync, createHash, existsSync, join, openSync, readSync, statSync, writeSync } from "../../platform";
import { notifyOnce } from "../../data/notice";

/** From this size on, features are kept in a file of the cache folder. */
const LARGE_BYTES = 64 * 1024 ** 2;
/** Memory for features; the ones that were not used for longest make room. */
const MEMORY_BYTES = 1024 ** 3;
const HASH_BYTES = 32;

const memory = new Map<string, Float32Array>();

/** The kept features, or undefined. `length` numbers are expected; a file of another length or content is passed over. */
export function keptFeatures(key: string, length: number): Float32Array | undefined {
  const kept = memory.get(key) ?? readFeatures(fileOf(key), length);
  if (!kept || kept.length !== length) return undefined;
  remember(key, kept);
  return kept;
}

/** Keeps the features; a large file that cannot be written is not fatal. */
export async function keepFeatures(key: string, features: Float32Array): Promise<void> {
  remember(key, features);
  if (features.byteLength < LARGE_BYTES) return;
  try {
    await writeAtomically(fileOf(key), (temporary) => writeFeatures(temporary, features));
  } catch (error) {
    notifyOnce(`The features cannot be kept in the cache: ${(error as Error).message}`);
  }
}

/** Forgets what is kept in memory (files stay). */
export function forgetFeatures(): void {
  memory.clear();
}

function remember(key: string, features: Float32Array): void {
  memory.delete(key);
  memory.set(key, features);
  let bytes = [...memory.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  for (const [oldest, { byteLength }] of memory) {
    if (bytes <= MEMORY_BYTES || oldest === key) return;
    memory.delete(oldest);
    bytes -= byteLength;
  }
}

function fileOf(key: string): string {
  return join(cacheFolder(), "features", `${key}.bin`);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

function writeFeatures(path: string, features: Float32Array): void {
  const file = openSync(path, "wx");
  try {
    const bytes = bytesOf(features);
    writeAll(file, sha256(bytes));
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
}

/** A single call writes no more than 2 GB. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, Math.min(bytes.length - done, 1 << 28));
}

function readFeatures(path: string, length: number): Float32Array | undefined {
  if (!existsSync(path) || statSync(path).size !== HASH_BYTES + 4 * length) return undefined;
  const hash = Buffer.alloc(HASH_BYTES);
  const features = new Float32Array(length);
  const file = openSync(path, "r");
  try {
    readAll(file, hash);
    readAll(file, bytesOf(features));
  } finally {
    closeSync(file);
  }
  if (sha256(bytesOf(features)).equals(hash)) return features;
  notifyOnce(`${path}: these kept features are damaged; computing them anew.`);
  return undefined;
}

function readAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, Math.min(bytes.length - done, 1 << 28), null);
    if (read === 0) return;
    done += read;
  }
}
