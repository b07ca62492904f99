import { encodePng } from "./runtime/display/png";

/** A layer of the drawn network: x and the ys of its nodes, in a square of 64. */
const LAYERS: readonly (readonly [number, readonly number[]])[] = [
  [15, [20, 44]],
  [32, [12, 32, 52]],
  [49, [32]],
];
const BACKGROUND = [0x17, 0x3f, 0x5f] as const;
const LINE = [0x8f, 0xc1, 0xe3] as const;
const NODE = [0xff, 0xff, 0xff] as const;
const LAST_NODE = [0xf6, 0xd5, 0x5c] as const;
const SIZE = 64;
const CORNER = 12;
const NODE_RADIUS = 5.5;
const LINE_RADIUS = 1;

type Point = readonly [number, number];
type Colour = readonly [number, number, number];

const nodes = (): Point[] => LAYERS.flatMap(([x, ys]) => ys.map((y): Point => [x, y]));

function edges(): (readonly [Point, Point])[] {
  return LAYERS.slice(1).flatMap(([x, ys], index) => {
    const [fromX, fromYs] = LAYERS[index] as readonly [number, readonly number[]];
    return fromYs.flatMap((fromY) => ys.map((y) => [[fromX, fromY] as Point, [x, y] as Point] as const));
  });
}

/** The kernel's logo, a small network, as SVG. */
export function logoSvg(): string {
  const hex = (colour: Colour): string => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const lines = edges().map(([[x1, y1], [x2, y2]]) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`);
  const circles = nodes().map(
    ([x, y], index, all) =>
      `<circle cx="${x}" cy="${y}" r="${NODE_RADIUS}" fill="${hex(index === all.length - 1 ? LAST_NODE : NODE)}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}"><rect width="${SIZE}" height="${SIZE}" rx="${CORNER}" fill="${hex(BACKGROUND)}"/><g stroke="${hex(LINE)}" stroke-width="${2 * LINE_RADIUS}">${lines.join("")}</g>${circles.join("")}</svg>\n`;
}

/** The same as PNG, drawn by distances: a pixel is covered as far as it lies inside. */
export function logoPng(pixels: number): Buffer {
  const data = new Uint8ClampedArray(pixels * pixels * 4);
  for (let row = 0; row < pixels; row += 1) {
    for (let column = 0; column < pixels; column += 1) {
      data.set(
        pixel([((column + 0.5) * SIZE) / pixels, ((row + 0.5) * SIZE) / pixels], SIZE / pixels),
        (row * pixels + column) * 4,
      );
    }
  }
  return encodePng({ width: pixels, height: pixels, data });
}

function pixel(at: Point, blur: number): number[] {
  const coverage = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance / blur));
  let colour: Colour = BACKGROUND;
  for (const [from, to] of edges()) colour = blend(colour, LINE, coverage(segmentDistance(at, from, to) - LINE_RADIUS));
  nodes().forEach(([x, y], index, all) => {
    const inside = coverage(Math.hypot(at[0] - x, at[1] - y) - NODE_RADIUS);
    colour = blend(colour, index === all.length - 1 ? LAST_NODE : NODE, inside);
  });
  return [...colour, 255 * coverage(squareDistance(at))];
}

function blend(below: Colour, above: Colour, share: number): Colour {
  return below.map((part, index) => part + ((above[index] as number) - part) * share) as unknown as Colour;
}

function segmentDistance([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}

/** Distance from the rounded square; negative inside. */
function squareDistance([x, y]: Point): number {
  const half = SIZE / 2 - CORNER;
  const [dx, dy] = [Math.abs(x - SIZE / 2) - half, Math.abs(y - SIZE / 2) - half];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - CORNER;
}
