import { tmpdir } from "node:os";
import { join, sep } from "node:path";

/** What debugInfo tells, so that front ends compute the same paths. */
export const HASH_SEED = 0xc70f6907;
export const PATH_PREFIX = join(tmpdir(), `dnn-lab-kernel-${process.pid}`) + sep;
export const PATH_SUFFIX = ".ts";

const FACTOR = 0x5bd1e995;

/** MurmurHash2 (32 bits, Austin Appleby) of a text's UTF-8 bytes, as Jupyter's debug protocol names cells. */
export function murmur2(text: string, seed: number): number {
  const bytes = Buffer.from(text, "utf8");
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), FACTOR);
    word = Math.imul(word ^ (word >>> 24), FACTOR);
    hash = Math.imul(hash, FACTOR) ^ word;
  }
  if (whole < bytes.length) {
    let rest = 0;
    for (let at = bytes.length - 1; at >= whole; at -= 1) rest = (rest << 8) | (bytes[at] as number);
    hash = Math.imul(hash ^ rest, FACTOR);
  }
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * The path that stands for a cell: the same for the same text, so that breakpoints outlive a re-run of the cell. There is no
 * file of that name; the `source` request gives the text.
 */
export function cellPath(code: string): string {
  return `${PATH_PREFIX}${murmur2(code, HASH_SEED)}${PATH_SUFFIX}`;
}
