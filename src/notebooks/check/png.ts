/** Reads PNG pictures as plotting libraries write them: 8 bits a channel, not interlaced. */
import { inflateSync } from "node:zlib";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel. */
  readonly values: Uint8Array;
}

const SIGNATURE = "89504e470d0a1a0a";
/** Channels by colour type (PNG specification, table 11.1). */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The pixels of a PNG file; undefined for a file of another kind. */
export function readPng(file: Uint8Array): Pixels | undefined {
  const bytes = Buffer.from(file);
  if (bytes.subarray(0, 8).toString("hex") !== SIGNATURE) return undefined;
  const chunks = chunksOf(bytes);
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  if (!header || header.length < 13) return undefined;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, , , interlaced] = header.subarray(8);
  const channels = channelsOf[colour];
  if (depth !== 8 || !channels || interlaced !== 0) return undefined;
  const palette = chunks.find(({ type }) => type === "PLTE")?.data;
  if (colour === 3 && !palette) return undefined;
  const packed = Buffer.concat(chunks.flatMap(({ type, data }) => (type === "IDAT" ? [data] : [])));
  const lines = inflateSync(packed);
  if (lines.length < height * (width * channels + 1)) return undefined;
  return { width, height, values: coloured(unfiltered(lines, width * channels, height, channels), channels, palette) };
}

function chunksOf(bytes: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.push({ type: bytes.toString("latin1", at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** Undoes the filter of each line (PNG specification, 9.2). */
function unfiltered(lines: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= step ? out[at - step] : 0;
      const above = y > 0 ? out[at - stride] : 0;
      const corner = x >= step && y > 0 ? out[at - stride - step] : 0;
      out[at] = lines[y * (stride + 1) + 1 + x] + predicted(filter, left, above, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  return filter === 4 ? paeth(left, above, corner) : 0;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((each) => Math.abs(estimate - each));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function coloured(raw: Uint8Array, channels: number, palette: Buffer | undefined): Uint8Array {
  const out = new Uint8Array((raw.length / channels) * 4).fill(255);
  for (let i = 0; i * channels < raw.length; i++) {
    const from = i * channels;
    const grey = channels < 3;
    for (let k = 0; k < 3; k++) {
      const value = raw[grey ? from : from + k];
      out[4 * i + k] = palette ? palette[3 * raw[from] + k] : value;
    }
    if (channels === 2) out[4 * i + 3] = raw[from + 1];
    if (channels === 4) out[4 * i + 3] = raw[from + 3];
  }
  return out;
}
