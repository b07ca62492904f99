/**
 * The MIME type of an encoded image that front ends show; undefined for other bytes. The first bytes alone are no proof (a text
 * may begin with "BM" or "GIF89a"), so the header that follows must make sense as well.
 */
export function imageType(bytes: Uint8Array): string | undefined {
  return FORMATS.find(([, fits]) => fits(bytes))?.[0];
}

const FORMATS: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ["image/png", isPng],
  ["image/jpeg", isJpeg],
  ["image/gif", isGif],
  ["image/webp", isWebp],
  ["image/bmp", isBmp],
];

/** The signature, then the chunk IHDR of 13 bytes. */
function isPng(bytes: Uint8Array): boolean {
  return begins(bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR") && bytes.length >= 33;
}

/** Start of image, then a segment that fits in. */
function isJpeg(bytes: Uint8Array): boolean {
  const marker = bytes[3] ?? 0;
  if (!begins(bytes, "\xff\xd8\xff") || marker < 0xc0 || marker > 0xfe) return false;
  const segment = ((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0);
  return segment >= 2 && bytes.length > 4 + segment;
}

/** The header, its table of colours, then one of the three kinds of blocks. */
function isGif(bytes: Uint8Array): boolean {
  if (!begins(bytes, "GIF87a") && !begins(bytes, "GIF89a")) return false;
  const flags = bytes[10] ?? 0;
  const colours = (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
  return [0x21, 0x2c, 0x3b].includes(bytes[13 + colours] ?? 0);
}

function isWebp(bytes: Uint8Array): boolean {
  return begins(bytes, "RIFF") && begins(bytes, "WEBPVP8", 8) && number(bytes, 4) + 8 <= bytes.length + 1;
}

/** The file's size or 0, two reserved fields, and one of the sizes that the second header has. */
function isBmp(bytes: Uint8Array): boolean {
  const size = number(bytes, 2);
  return (
    begins(bytes, "BM") &&
    (size === bytes.length || size === 0) &&
    number(bytes, 6) === 0 &&
    [12, 16, 40, 52, 56, 64, 108, 124].includes(number(bytes, 14))
  );
}

function begins(bytes: Uint8Array, signature: string, offset = 0): boolean {
  for (let at = 0; at < signature.length; at += 1) {
    if (bytes[offset + at] !== signature.charCodeAt(at)) return false;
  }
  return true;
}

/** Four bytes, the lowest first. */
function number(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 2 ** 8 + (bytes[at + 2] ?? 0) * 2 ** 16 + (bytes[at + 3] ?? 0) * 2 ** 24
  );
}
