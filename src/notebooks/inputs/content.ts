/** Hashes of files and folders by content; a file that has not changed since is not read again. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "dnn-lab-core/hash";

const known = new Map<string, { stamp: string; hash: string }>();

/** SHA-256 of a file; `absent` when there is none. */
export function fileHash(path: string): string {
  let stamp: string;
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
    stamp = `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch {
    return "absent";
  }
  const before = known.get(path);
  if (before?.stamp === stamp) return before.hash;
  const hash = hashOf("sha256", readFileSync(path));
  known.set(path, { stamp, hash });
  return hash;
}

/** Hash of a file, or of all files of a folder with their names; `absent` when there is neither. */
export function contentHash(path: string): string {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (!kind) return "absent";
  if (!kind.isDirectory()) return fileHash(path);
  const names = readdirSync(path).sort();
  return hashOf("sha256", ...names.map((name) => `${name}\0${contentHash(join(path, name))}\n`));
}
