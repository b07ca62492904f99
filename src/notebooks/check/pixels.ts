/** Pictures as pixels: PNG of every kind, and JPEG. */
import { decode } from "jpeg-js";
import { PNG } from "pngjs";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel. */
  readonly data: Uint8Array;
}

/** Larger pictures are not unpacked: a small file may hold a huge one. */
export const MOST_PIXELS = 100_000_000;

const PNG_SIGNATURE = "89504e470d0a1a0a";

/** The pixels of a picture. Throws an `Error` that says why it cannot be read. */
export function pixelsOf(file: Uint8Array, mime: string): Pixels {
  const bytes = Buffer.from(file);
  if (mime === "image/png") return readPng(bytes);
  if (mime === "image/jpeg" || mime === "image/jpg") return readJpeg(bytes);
  throw new Error(`pixels of ${mime} are not read`);
}

function readPng(bytes: Buffer): Pixels {
  if (bytes.subarray(0, 8).toString("hex") !== PNG_SIGNATURE || bytes.length < 29)
    throw new Error("it is not a PNG file");
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height > MOST_PIXELS) throw new Error(`${width} × ${height} pixels are too many`);
  const { data } = PNG.sync.read(bytes);
  return { width, height, data };
}

function readJpeg(bytes: Buffer): Pixels {
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  return { width, height, data };
}

/** A PNG file of pixels. */
export function pngOf({ width, height, data }: Pixels): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data);
  return PNG.sync.write(png);
}
