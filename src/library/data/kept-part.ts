/** Drawn parts of data sets, kept as one file each: SHA-256 of what follows, pixels, labels. */
import { writeFileAtomic } from "dnn-lab-core/files";
import { existsSync, readFileSync } from "../platform";
import { notifyOnce } from "./notice";
import { fingerprintOf, rowLength, type Storage } from "./storage";

/** Bytes of a SHA-256. */
const HASH_BYTES = 32;

/** The part kept at `path` when it is there and whole, else the one that `draw` gives, which is kept where that can be done. */
export async function keptPart(
  path: string,
  { count, shape }: { count: number; shape: readonly number[] },
  draw: () => Promise<Storage>,
): Promise<Storage> {
  const kept = readKept(path, count, shape);
  if (kept) return kept;
  const part = await draw();
  keep(path, part);
  return part;
}

function readKept(path: string, count: number, shape: readonly number[]): Storage | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const end = HASH_BYTES + count * rowLength(shape);
  const part: Storage = {
    rows: count,
    features: { values: new Uint8Array(bytes.subarray(HASH_BYTES, end)), shape },
    labels: { values: new Uint8Array(bytes.subarray(end)), shape: [] },
  };
  const whole = bytes.length === end + count && fingerprintOf(part) === bytes.toString("hex", 0, HASH_BYTES);
  if (whole) return part;
  notifyOnce(`${path}: this kept drawing is damaged; drawing it anew.`);
  return undefined;
}

function keep(path: string, part: Storage): void {
  const hash = Buffer.from(fingerprintOf(part), "hex");
  try {
    writeFileAtomic(path, Buffer.concat([hash, part.features.values as Uint8Array, part.labels.values as Uint8Array]));
  } catch (error) {
    // A drawing that cannot be kept is drawn again the next time.
    notifyOnce(`The drawn pictures cannot be kept in the cache: ${(error as Error).message}`);
  }
}
