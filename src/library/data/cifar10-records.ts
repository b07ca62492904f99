/** CIFAR-10's binary layout: a label byte and three planes of 32×32 bytes (red, green, blue) a record. */
import type { Storage } from "./storage";

export const SIDE = 32;
export const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const PIXELS = CHANNELS * PLANE;
export const RECORD_BYTES = 1 + PIXELS;
export const RECORDS_PER_FILE = 10_000;
const CLASSES = 10;

/** The content of a file of the layout, and what to call it in errors. */
export interface RecordFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The records of the files, one after another, as images `[32, 32, 3]`. Throws when a file is no such file. */
export function decodeRecords(files: readonly RecordFile[]): Storage {
  const rows = files.length * RECORDS_PER_FILE;
  const pixels = new Uint8Array(rows * PIXELS);
  const labels = new Uint8Array(rows);
  files.forEach(({ name, bytes }, file) => {
    checkLength(name, bytes.length);
    for (let i = 0; i < RECORDS_PER_FILE; i++) {
      const row = file * RECORDS_PER_FILE + i;
      labels[row] = checkLabel(name, i, bytes[i * RECORD_BYTES]);
      interleave(bytes, i * RECORD_BYTES + 1, pixels, row * PIXELS);
    }
  });
  return {
    rows,
    features: { values: pixels, shape: [SIDE, SIDE, CHANNELS] },
    labels: { values: labels, shape: [] },
  };
}

/** From three planes to three channels a pixel. */
function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    pixels[to + CHANNELS * i] = planes[from + i];
    pixels[to + CHANNELS * i + 1] = planes[from + PLANE + i];
    pixels[to + CHANNELS * i + 2] = planes[from + 2 * PLANE + i];
  }
}

function checkLength(name: string, length: number): void {
  const expected = RECORDS_PER_FILE * RECORD_BYTES;
  if (length === expected) return;
  const fault = length < expected ? "a truncated file" : "a file with trailing bytes, one";
  throw new Error(
    `${name}: expected ${expected} bytes (${RECORDS_PER_FILE} records of ${RECORD_BYTES}), found ${fault} of ${length} ` +
      "bytes. Unpack cifar-10-binary.tar.gz anew.",
  );
}

function checkLabel(name: string, record: number, label: number): number {
  if (label < CLASSES) return label;
  throw new Error(`${name}: record ${record} has label ${label}, expected 0 to ${CLASSES - 1}; the file is damaged.`);
}
