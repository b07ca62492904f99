import { crc32, deflateSync } from "node:zlib";
import { Buffer, RangeError } from "../../intrinsics";

/** Pixels in rows, one byte a channel: grey (1), RGB (3) or RGBA (4), as the length of `data` says. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

const COLOUR_TYPE: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG file of 8-bit pixels (PNG specification, ISO/IEC 15948). Throws when `data` does not fit the size. */
export function encodePng({ width, height, data }: Pixels): Buffer {
  const channels = data.length / (width * height);
  const colourType = COLOUR_TYPE[channels];
  if (colourType === undefined) {
    throw new RangeError(`image: ${data.length} bytes are not 1, 3 or 4 channels of ${width} × ${height} pixels`);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  const rowBytes = width * channels;
  // Each row begins with its filter type; 0 is none.
  const raw = Buffer.alloc((rowBytes + 1) * height);
  for (let row = 0; row < height; row += 1) {
    raw.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(body.length, 0);
  framed.set(typed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}
