import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readIdx } from "../../../src/library/data/idx";

const folder = mkdtempSync(join(tmpdir(), "dnn-lab-idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two pictures of 2×3: the bytes written out. */
const PICTURES = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255];
const LABELS = [0, 0, 8, 1, 0, 0, 0, 2, 9, 4];
const images = { what: "images", dimensions: 3, shape: [undefined, 2, 3] };

function file(bytes: ArrayLike<number>, name = "pictures"): string {
  const path = join(folder, name);
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

/** The message of reading the bytes, which must name the file. */
function fault(bytes: ArrayLike<number>, expected = {}): string {
  const path = file(bytes, "broken");
  try {
    readIdx(path, expected);
  } catch (error) {
    const { message } = error as Error;
    expect(message.startsWith(`${path}: expected `)).toBe(true);
    return message.slice(path.length + 2);
  }
  throw new Error("It was read.");
}

describe("readIdx", () => {
  it("reads plain and compressed files, whatever their name", () => {
    for (const bytes of [PICTURES, gzipSync(Uint8Array.from(PICTURES))]) {
      const { shape, values } = readIdx(file(bytes), images);
      expect(shape).toEqual([2, 2, 3]);
      expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
      expect(values.constructor).toBe(Uint8Array);
    }
    expect([...readIdx(file(LABELS), { shape: [2] }).values]).toEqual([9, 4]);
  });

  it("tells a truncated file, plain or compressed", () => {
    expect(fault(PICTURES.slice(0, 20))).toBe(
      "expected 28 bytes for shape [2, 2, 3], found a truncated file of 20 bytes.",
    );
    expect(fault(PICTURES.slice(0, 10))).toBe("expected a header of 16 bytes, found a file of 10 bytes.");
    expect(fault(PICTURES.slice(0, 3))).toBe("expected an IDX file, found a file of 3 bytes.");
    expect(fault([])).toBe("expected an IDX file, found a file of 0 bytes.");
    const zipped = gzipSync(Uint8Array.from(PICTURES));
    expect(fault(zipped.subarray(0, zipped.length - 9))).toMatch(
      /^expected a complete gzip file, found a truncated one of \d+ bytes \(unexpected end of file\). Replace it.$/,
    );
  });

  it("tells a damaged gzip file", () => {
    const zipped = gzipSync(Uint8Array.from(PICTURES));
    zipped[zipped.length - 6] ^= 1;
    expect(fault(zipped)).toMatch(
      /^expected a complete gzip file, found a damaged one of \d+ bytes \(incorrect data check\)/,
    );
  });

  it("tells what is no IDX file, and numbers of another type", () => {
    expect(fault([...Buffer.from("<html>not found")])).toBe(
      "expected an IDX file (magic number 0x0000 08 dd), found the first four bytes 0x3c 68 74 6d.",
    );
    expect(fault([0, 0, 7, 1, 0, 0, 0, 0])).toMatch(/found the first four bytes 0x00 00 07 01/);
    expect(fault([0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0])).toBe(
      "expected numbers of type unsigned byte (0x08), found type float (0x0d).",
    );
  });

  it("tells labels in place of images and the other way round", () => {
    expect(fault(LABELS, images)).toBe(
      "expected 3 dimensions (images), found 1 (a file of labels; are the files swapped?).",
    );
    expect(fault(PICTURES, { what: "labels", dimensions: 1 })).toBe(
      "expected 1 dimension (labels), found 3 (a file of images; are the files swapped?).",
    );
  });

  it("tells another count or size, and trailing bytes", () => {
    expect(fault(PICTURES, { what: "images", shape: [3, 2, 3] })).toBe(
      "expected shape [3, 2, 3] (images), found [2, 2, 3].",
    );
    expect(fault(PICTURES, { shape: [undefined, 28, 28] })).toBe("expected shape [any, 28, 28], found [2, 2, 3].");
    expect(fault([...PICTURES, 0])).toBe(
      "expected 28 bytes for shape [2, 2, 3], found trailing bytes: a file of 29 bytes.",
    );
  });
});
