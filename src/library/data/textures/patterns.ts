/** Textures as functions of the place on an object: 0 is the object's first colour, 1 its second. */
import type { RandomStream } from "dnn-lab-core/random";
import type { Texture } from "./classes";

/** Value from 0 to 1 at (u, v), coordinates in pixels that turn with the object. */
export type Pattern = (u: number, v: number) => number;

/** A texture of its kind, with period and phase of its own. */
export function pattern(texture: Texture, random: RandomStream): Pattern {
  const period = random.uniform(4, 7.5);
  const shiftU = random.uniform(0, period);
  const shiftV = random.uniform(0, period);
  switch (texture) {
    case "striped":
      return (u) => wave(u + shiftU, period);
    case "checked":
      return (u, v) => {
        const across = wave(u + shiftU, 1.5 * period);
        const along = wave(v + shiftV, 1.5 * period);
        return across + along - 2 * across * along;
      };
    case "dotted":
      return (u, v) => {
        const x = remainder(u + shiftU, period) - period / 2;
        const y = remainder(v + shiftV, period) - period / 2;
        return soften(0.3 * period - Math.sqrt(x * x + y * y));
      };
    case "ringed": {
      const centreU = random.uniform(-3, 3);
      const centreV = random.uniform(-3, 3);
      return (u, v) => wave(Math.sqrt((u - centreU) ** 2 + (v - centreV) ** 2) + shiftU, period);
    }
    case "mottled":
      return mottled(random, period / 2);
  }
}

const GRID = 16;

/** Random numbers on a grid of the given spacing, straight lines between them. */
function mottled(random: RandomStream, spacing: number): Pattern {
  const grid = Float32Array.from({ length: GRID * GRID }, () => random.uniform());
  return (u, v) => {
    const x = u / spacing + 1000;
    const y = v / spacing + 1000;
    const i = Math.floor(x);
    const j = Math.floor(y);
    const at = (column: number, row: number) => grid[(row % GRID) * GRID + (column % GRID)];
    const upper = at(i, j) + (at(i + 1, j) - at(i, j)) * (x - i);
    const lower = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * (x - i);
    return soften(6 * (upper + (lower - upper) * (y - j) - 0.5));
  };
}

/** A wave with soft edges: 1 over half of the period, 0 over the other. */
function wave(at: number, period: number): number {
  return soften(period / 4 - Math.abs(remainder(at, period) - period / 2));
}

/** From 0 to 1 within a pixel around the edge. */
export function soften(distance: number): number {
  return distance <= -0.5 ? 0 : distance >= 0.5 ? 1 : distance + 0.5;
}

function remainder(value: number, period: number): number {
  return value - period * Math.floor(value / period);
}
