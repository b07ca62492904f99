/** A garment's drawing before it meets the pixels: outlines with a tone each, painted one over another. */
import type { RandomStream } from "dnn-lab-core/random";
import type { Outline } from "./canvas";

export interface Piece {
  readonly outline: Outline;
  /** Brightness relative to the garment's own; 0 cuts a hole. */
  readonly tone: number;
}

/** Draws a garment's pieces; any unit will do, x to the right and y downwards. */
export type Pattern = (random: RandomStream) => Piece[];

export const piece = (tone: number, ...outline: number[]): Piece => ({ outline, tone });

export const chance = (random: RandomStream, probability: number): boolean => random.uniform() < probability;

export function choose<T>(random: RandomStream, items: readonly T[]): T {
  return items[random.integer(items.length)];
}

/** A straight band of the given width from one point to another. */
export function band(tone: number, width: number, x0: number, y0: number, x1: number, y1: number): Piece {
  const length = Math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) || 1;
  const dx = ((y1 - y0) / length) * (width / 2);
  const dy = ((x0 - x1) / length) * (width / 2);
  return piece(tone, x0 + dx, y0 + dy, x1 + dx, y1 + dy, x1 - dx, y1 - dy, x0 - dx, y0 - dy);
}

const CORNERS = 14;
const CIRCLE = Array.from({ length: CORNERS }, (_, i) => [
  Math.cos((2 * Math.PI * i) / CORNERS),
  Math.sin((2 * Math.PI * i) / CORNERS),
]);

export function ellipse(tone: number, x: number, y: number, radiusX: number, radiusY: number): Piece {
  return { tone, outline: CIRCLE.flatMap(([cos, sin]) => [x + radiusX * cos, y + radiusY * sin]) };
}

/** The upper half of a ring around (x, y), as thick as `thickness`. */
export function arch(tone: number, x: number, y: number, radiusX: number, radiusY: number, thickness: number): Piece {
  const half = CIRCLE.slice(CORNERS / 2).concat([CIRCLE[0]]);
  const ring = (rx: number, ry: number) => half.map(([cos, sin]) => [x + rx * cos, y + ry * sin]);
  const inner = ring(radiusX - thickness, radiusY - thickness).reverse();
  return { tone, outline: [...ring(radiusX, radiusY), ...inner].flat() };
}
