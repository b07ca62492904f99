/** Just enough of a PNG decoder (8 bits a channel, not interlaced) to look at an image's pixels. */
import { inflateSync } from "node:zlib";

export interface Png {
  readonly width: number;
  readonly height: number;
  /** Bytes a pixel: 3 (RGB) or 4 (RGBA). */
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export function decodePng(bytes: Uint8Array): Png {
  const file = Buffer.from(bytes);
  if (file.subarray(0, 8).toString("latin1") !== "\x89PNG\r\n\x1a\n") throw new Error("not a PNG");
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    if (type === "IHDR") header = body;
    if (type === "IDAT") parts.push(body);
  }
  if (!header || header[8] !== 8 || header[12] !== 0) throw new Error("an unexpected kind of PNG");
  const channels = { 2: 3, 6: 4 }[header[9]]!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return {
    width,
    height,
    channels,
    pixels: unfilter(inflateSync(Buffer.concat(parts)), width * channels, height, channels),
  };
}

/** Undoes the five row filters of the PNG specification, section 9. */
function unfilter(raw: Buffer, stride: number, height: number, channels: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const left = i >= channels ? out[at - channels] : 0;
      const up = row > 0 ? out[at - stride] : 0;
      const corner = row > 0 && i >= channels ? out[at - stride - channels] : 0;
      out[at] = raw[row * (stride + 1) + 1 + i] + predict(filter, left, up, corner);
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 4) return paeth(left, up, corner);
  return filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? up : (left + up) >> 1;
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Number of pixels nearer than `tolerance` (in each channel) to a colour like `#1d62d8`. */
export function countPixels({ pixels, channels }: Png, colour: string, tolerance = 24): number {
  const wanted = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  let count = 0;
  for (let at = 0; at < pixels.length; at += channels) {
    if (channels === 4 && pixels[at + 3] < 200) continue;
    if (wanted.every((value, channel) => Math.abs(pixels[at + channel] - value) <= tolerance)) count++;
  }
  return count;
}
