/**
 * The IDX format of MNIST's files (Y. LeCun): two zero bytes, a type, the number of dimensions, each dimension as a
 * big-endian 32-bit integer, then the numbers, the last dimension fastest; plain or compressed with gzip.
 */
import { gunzipSync, readFileSync } from "../platform";

/** Unsigned bytes in the shape that the file gives. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

export interface IdxExpectation {
  /** What the file is expected to hold, for error messages: "images", "labels". */
  what?: string;
  /** Number of dimensions. */
  dimensions?: number;
  /** Exact shape; undefined in a place where any size will do. */
  shape?: readonly (number | undefined)[];
}

const TYPES: Readonly<Record<number, string>> = {
  0x08: "unsigned byte",
  0x09: "signed byte",
  0x0b: "short",
  0x0c: "int",
  0x0d: "float",
  0x0e: "double",
};
const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes, gzip or plain (told apart by the first two bytes, not by the name).
 * Throws an `Error` that names file, expected and found when anything is wrong: not gzip to the end, not IDX, another
 * type or shape, too short, too long.
 */
export function readIdx(path: string, expected: IdxExpectation = {}): IdxArray {
  return decodeIdx(decompress(readFileSync(path), path), path, expected);
}

/** The content of a file that may be compressed with gzip. */
export function decompress(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const kind = reason.includes("unexpected end of file") ? "truncated" : "damaged";
    throw new Error(
      `${path}: expected a complete gzip file, found a ${kind} one of ${bytes.length} bytes (${reason}). Replace it.`,
      { cause },
    );
  }
}

/** Decodes IDX bytes; `path` names them in errors. See {@link readIdx}. */
export function decodeIdx(bytes: Uint8Array, path: string, expected: IdxExpectation = {}): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = checkMagic(bytes, view, path, expected);
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) fail(path, `a header of ${header} bytes`, `a file of ${bytes.length} bytes`);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  checkShape(path, shape, expected);
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== header + length) {
    const found = bytes.length < header + length ? "a truncated file" : "trailing bytes: a file";
    fail(path, `${header + length} bytes for shape [${shape.join(", ")}]`, `${found} of ${bytes.length} bytes`);
  }
  // A plain Uint8Array: a Buffer's own slice, copy and constructor differ.
  return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + header, length) };
}

/** Checks the first four bytes; returns the number of dimensions. */
function checkMagic(bytes: Uint8Array, view: DataView, path: string, { what, dimensions }: IdxExpectation): number {
  if (bytes.length < 4) fail(path, "an IDX file", `a file of ${bytes.length} bytes`);
  if (view.getUint16(0) !== 0 || !(bytes[2] in TYPES)) {
    fail(path, "an IDX file (magic number 0x0000 08 dd)", `the first four bytes ${hexadecimal(bytes.subarray(0, 4))}`);
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    fail(
      path,
      `numbers of type ${TYPES[UNSIGNED_BYTE]} (0x08)`,
      `type ${TYPES[bytes[2]]} (${hexadecimal(bytes.subarray(2, 3))})`,
    );
  }
  if (bytes[3] === 0 || (dimensions !== undefined && bytes[3] !== dimensions)) {
    const wanted = `${dimensions ?? "at least 1"} dimension${dimensions === 1 ? "" : "s"}${what ? ` (${what})` : ""}`;
    fail(path, wanted, `${bytes[3]}${hint(bytes[3])}`);
  }
  return bytes[3];
}

function hint(dimensions: number): string {
  if (dimensions === 1) return " (a file of labels; are the files swapped?)";
  return dimensions === 3 ? " (a file of images; are the files swapped?)" : "";
}

function checkShape(path: string, shape: readonly number[], { what, shape: wanted }: IdxExpectation): void {
  if (!wanted) return;
  const fits =
    shape.length === wanted.length && wanted.every((size, axis) => size === undefined || size === shape[axis]);
  const text = wanted.map((size) => size ?? "any").join(", ");
  if (!fits) fail(path, `shape [${text}]${what ? ` (${what})` : ""}`, `[${shape.join(", ")}]`);
}

function hexadecimal(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
}

function fail(path: string, expected: string, found: string): never {
  throw new Error(`${path}: expected ${expected}, found ${found}.`);
}
