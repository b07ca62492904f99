/** The stand-in for Fashion-MNIST, drawn when it is first needed and kept in the cache folder. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/files";
import { notifyOnce } from "../notice";
import { fingerprintOf, type Storage } from "../storage";
import { GENERATOR_VERSION, generatePart, type PartOptions } from "./generate";

/** Bytes of a SHA-256, with which a kept drawing begins. */
const HASH_BYTES = 32;

/** The part from the cache when it is there and whole, else drawn anew (and kept, where that can be done). */
export async function standInPart(folder: string, options: PartOptions): Promise<Storage> {
  const path = join(folder, `garments-v${GENERATOR_VERSION}-${options.name}.bin`);
  const kept = readKept(path, options);
  if (kept) return kept;
  const part = await generatePart(options);
  keep(path, part);
  return part;
}

/** A kept drawing: SHA-256 of what follows, pixels, labels. Undefined when there is none, or it is not whole. */
function readKept(path: string, { count, side }: PartOptions): Storage | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const end = HASH_BYTES + count * side * side;
  const part: Storage = {
    rows: count,
    features: { values: new Uint8Array(bytes.subarray(HASH_BYTES, end)), shape: [side, side] },
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
    notifyOnce(`The drawn garments cannot be kept in the cache: ${(error as Error).message}`);
  }
}
