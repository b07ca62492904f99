/**
 * Pictures: what an eye would see. pixelmatch finds the pixels that differ (and leaves out those that only smooth an edge); one
 * whose colour the other picture has right beside is smoothed otherwise. The rest is counted in small tiles, so that a digit
 * or a thin line counts however large the picture is.
 */
import pixelmatch from "pixelmatch";
import { different, same, type Comparison } from "./difference";
import { shown } from "./compare-numbers";
import { pixelsOf, type Pixels } from "./pixels";
import type { RuleBook } from "./rule-book";

/** Part of a tile's pixels that may differ, and the mean shift of its colours, without a rule. */
export const DEFAULT_PIXELS = 0.01;
/** How far the colours of a pixel must be apart (pixelmatch: 0 to 1). */
const COLOUR_DISTANCE = 0.04;
/** How far a colour may be from those of the nearest pixels of the other picture, of 255. */
const NEAR_COLOUR = 24;
/** Side of a block; a tile is 2 × 2 blocks, and tiles overlap. */
const BLOCK = 8;

export interface ImageOptions {
  readonly mime: string;
  readonly book: RuleBook;
}

/** Compares two pictures, each base64. */
export function compareImages(
  where: string,
  reference: string,
  ours: string,
  { mime, book }: ImageOptions,
): Comparison {
  const allowed = book.pixels() ?? DEFAULT_PIXELS;
  const [a, b] = [reference, ours].map((text) => text.replace(/\s/g, ""));
  if (a === b) return same;
  let pictures: Pixels[];
  try {
    pictures = [a, b].map((text) => pixelsOf(Buffer.from(text, "base64"), mime));
  } catch (error) {
    return different(
      "image",
      where,
      `its bytes differ from the reference's, and it cannot be compared as a picture: ${(error as Error).message}`,
    );
  }
  const [theirs, mine] = pictures;
  if (theirs.width !== mine.width || theirs.height !== mine.height) {
    return different(
      "image",
      where,
      `${mine.width} × ${mine.height} pixels, reference ${theirs.width} × ${theirs.height}`,
    );
  }
  const worst = worstTile(theirs, mine);
  if (worst.part <= allowed && worst.shift <= allowed) return same;
  const { x, y } = worst;
  const how =
    worst.part > allowed
      ? `${shown(100 * worst.part)} % of the pixels are others`
      : `the colours differ by ${shown(100 * worst.shift)} % on average`;
  return different(
    "image",
    where,
    `it shows something else: at x ${x}, y ${y} ${how}, allowed ${shown(100 * allowed)} %`,
  );
}

interface Tile {
  readonly x: number;
  readonly y: number;
  /** Part of its pixels that differ. */
  readonly part: number;
  /** Mean difference of its colours, 0 to 1. */
  readonly shift: number;
}

function worstTile(a: Pixels, b: Pixels): Tile {
  const white = [a, b].map((picture) => on(picture, 255));
  const onWhite = tileOf(white[0], white[1]);
  if (opaque(a) && opaque(b)) return onWhite;
  const black = [a, b].map((picture) => on(picture, 0));
  const onBlack = tileOf(black[0], black[1]);
  return Math.max(onBlack.part, onBlack.shift) > Math.max(onWhite.part, onWhite.shift) ? onBlack : onWhite;
}

function opaque({ data }: Pixels): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** A picture as it looks on a page of this colour. */
function on({ width, height, data }: Pixels, page: number): Pixels {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] / 255;
    for (let k = 0; k < 3; k++) out[i + k] = Math.round(page + (data[i + k] - page) * alpha);
    out[i + 3] = 255;
  }
  return { width, height, data: out };
}

/** The pixels that differ, as pixelmatch marks them: red where they do, transparent elsewhere. */
export function differenceOf(a: Pixels, b: Pixels): Pixels {
  const data = new Uint8Array(a.data.length);
  const options = { threshold: COLOUR_DISTANCE, includeAA: false, diffMask: true };
  pixelmatch(a.data, b.data, data, a.width, a.height, options);
  return { width: a.width, height: a.height, data };
}

/** Whether a pixel's colour lies among those of the other picture's pixel and its neighbours. */
function smoothed(a: Pixels, b: Pixels, x: number, y: number): boolean {
  const { width, height } = a;
  for (let k = 0; k < 3; k++) {
    let least = 255;
    let most = 0;
    for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
      for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
        const value = b.data[4 * (j * width + i) + k];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    const own = a.data[4 * (y * width + x) + k];
    if (own < least - NEAR_COLOUR || own > most + NEAR_COLOUR) return false;
  }
  return true;
}

function tileOf(a: Pixels, b: Pixels): Tile {
  const { width, height } = a;
  const mask = differenceOf(a, b).data;
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const counts = new Float64Array(columns * rows);
  const shifts = new Float64Array(columns * rows * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      // pixelmatch marks smoothed edges in yellow: red is 255, 0, 0
      if (mask[at + 3] !== 0 && mask[at + 1] === 0 && !(smoothed(a, b, x, y) && smoothed(b, a, x, y))) counts[block]++;
      for (let k = 0; k < 3; k++) shifts[3 * block + k] += b.data[at + k] - a.data[at + k];
    }
  }
  let worst: Tile = { x: 0, y: 0, part: 0, shift: 0 };
  for (let row = 0; row < Math.max(1, rows - 1); row++) {
    for (let column = 0; column < Math.max(1, columns - 1); column++) {
      const blocks = [0, 1].flatMap((down) =>
        [0, 1].flatMap((right) =>
          row + down < rows && column + right < columns ? [(row + down) * columns + column + right] : [],
        ),
      );
      const [x, y] = [column * BLOCK, row * BLOCK];
      const area = Math.min(2 * BLOCK, width - x) * Math.min(2 * BLOCK, height - y);
      const part = blocks.reduce((sum, block) => sum + counts[block], 0) / area;
      const shift = Math.max(
        ...[0, 1, 2].map((k) => Math.abs(blocks.reduce((sum, block) => sum + shifts[3 * block + k], 0)) / area / 255),
      );
      if (Math.max(part, shift) > Math.max(worst.part, worst.shift)) worst = { x, y, part, shift };
    }
  }
  return worst;
}
