/** One picture of a garment: the pattern of its class, brought into the frame, painted and coloured. */
import { RandomStream } from "dnn-lab-core/random";
import { Canvas } from "./canvas";
import { colour } from "./fabric";
import { bag, trousers } from "./other-garments";
import { chance, type Pattern, type Piece } from "./pieces";
import { ankleBoot, sandal, sneaker } from "./shoes";
import { coat, dress, pullover, shirt, tShirt } from "./tops";

/** The pattern of each class, by label. */
const PATTERNS: readonly Pattern[] = [tShirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankleBoot];

/** Draws a garment of the class `label` into `pixels`; the picture depends on nothing but label and stream. */
export function drawGarment(label: number, random: RandomStream, canvas: Canvas, pixels: Uint8Array): void {
  canvas.clear();
  const pieces = PATTERNS[label](random);
  const place = placement(pieces, random, canvas.side);
  for (const { outline, tone } of pieces) canvas.fill(place(outline), tone);
  colour(canvas, random, pixels);
}

/** Fits the pieces into the frame, with a little play in size, place, proportion and slant. */
function placement(
  pieces: readonly Piece[],
  random: RandomStream,
  side: number,
): (outline: readonly number[]) => number[] {
  const { left, right, top, bottom } = bounds(pieces);
  const scale = (side * random.uniform(0.82, 1.0)) / Math.max(right - left, bottom - top);
  const stretch = random.uniform(0.9, 1.1);
  const slant = chance(random, 0.5) ? random.uniform(-0.1, 0.1) : 0;
  const tilt = random.uniform(-0.06, 0.06);
  const middleX = (left + right) / 2;
  const middleY = (top + bottom) / 2;
  const centreX = side / 2 + random.uniform(-1, 1);
  const centreY = side / 2 + random.uniform(-1, 1);
  return (outline) => {
    const placed = new Array<number>(outline.length);
    for (let i = 0; i < outline.length; i += 2) {
      const x = (outline[i] - middleX) * scale * stretch;
      const y = (outline[i + 1] - middleY) * scale;
      placed[i] = centreX + x + slant * y;
      placed[i + 1] = centreY + y + tilt * x;
    }
    return placed;
  };
}

function bounds(pieces: readonly Piece[]) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { outline, tone } of pieces) {
    if (tone === 0) continue;
    for (let i = 0; i < outline.length; i += 2) {
      box.left = Math.min(box.left, outline[i]);
      box.right = Math.max(box.right, outline[i]);
      box.top = Math.min(box.top, outline[i + 1]);
      box.bottom = Math.max(box.bottom, outline[i + 1]);
    }
  }
  return box;
}
