/**
 * Garments with a trunk: T-shirt, pullover, dress, coat and shirt. They are one pattern with other measures, and the
 * measures overlap, so that some pictures of one class could be of another.
 */
import type { RandomStream } from "dnn-lab-core/random";
import { band, chance, choose, ellipse, piece, type Pattern, type Piece } from "./pieces";

/** Measures; the length of the trunk from shoulder to hem is about 1, x = 0 is the middle. */
interface Cut {
  /** Half widths from top to bottom. */
  neck: number;
  shoulder: number;
  chest: number;
  waist: number;
  hem: number;
  length: number;
  /** Length of the sleeve as part of a whole arm; 0 for none. */
  sleeve: number;
  /** Sideways step of the arm for each step down. */
  spread: number;
  sleeveWidth: number;
  neckDepth: number;
  collar: "round" | "pointed" | "lapel" | "turtle" | "hood" | "none";
  /** Front opening from top to hem, and what is seen of it. */
  opening: "closed" | "buttons" | "zip" | "open";
  pockets: boolean;
  /** Hem and cuffs of another tone. */
  ribbed: boolean;
}

const ARM = 0.95;

function trunk(cut: Cut, drop: number): Piece {
  const { neck, shoulder, chest, waist, hem, length } = cut;
  const right = [neck, 0, shoulder, drop, chest, 0.32, waist, 0.6 * length, hem, length];
  const left: number[] = [];
  for (let i = right.length - 2; i >= 0; i -= 2) left.push(-right[i], right[i + 1]);
  return { tone: 1, outline: [...right, ...left] };
}

function sleeve(cut: Cut, drop: number, side: 1 | -1, tone: number): Piece[] {
  if (cut.sleeve === 0) return [];
  const { shoulder, chest, spread, sleeveWidth } = cut;
  const length = ARM * cut.sleeve;
  const stretch = 1 / Math.sqrt(1 + spread * spread);
  const [dx, dy] = [spread * stretch * length, stretch * length];
  const cuff = sleeveWidth * (1 - 0.35 * cut.sleeve);
  const [endX, endY] = [shoulder + dx, drop + dy];
  const [inX, inY] = [endX - cuff * stretch, endY + cuff * spread * stretch];
  const arm = [shoulder * 0.7, drop * 0.6, shoulder, drop, endX, endY, inX, inY, chest * 0.96, 0.3 + 0.1 * cut.sleeve];
  const pieces = [mirrored(piece(tone, ...arm), side)];
  if (cut.ribbed) pieces.push(mirrored(band(tone * 0.8, 0.05, endX, endY, inX, inY), side));
  return pieces;
}

function mirrored({ tone, outline }: Piece, side: 1 | -1): Piece {
  return { tone, outline: outline.map((value, i) => (i % 2 === 0 ? value * side : value)) };
}

function neckline({ neck, neckDepth: depth, collar }: Cut): Piece[] {
  const inner = neck * 0.92;
  switch (collar) {
    case "round":
      return [ellipse(0, 0, -0.01, inner, depth)];
    case "turtle":
      return [piece(0.9, -neck, 0.03, -neck * 0.9, -0.12, neck * 0.9, -0.12, neck, 0.03)];
    case "hood":
      return [ellipse(0.85, 0, 0, neck * 1.5, 0.14), ellipse(0.45, 0, 0.02, neck * 0.8, 0.07)];
    case "pointed":
      return [
        piece(0, -inner, -0.01, 0, depth, inner, -0.01),
        piece(1.2, -neck, -0.03, -neck * 0.2, depth * 0.7, -neck * 0.8, depth * 1.2),
        piece(1.2, neck, -0.03, neck * 0.2, depth * 0.7, neck * 0.8, depth * 1.2),
      ];
    case "lapel":
      return [
        piece(0.35, -inner, -0.01, 0, depth * 2.2, inner, -0.01),
        piece(1.15, -neck, -0.03, 0, depth * 2.4, -neck * 1.1, depth * 1.5),
        piece(1.15, neck, -0.03, 0, depth * 2.4, neck * 1.1, depth * 1.5),
      ];
    case "none":
      return [piece(0, -inner, -0.01, -inner * 0.6, depth, inner * 0.6, depth, inner, -0.01)];
  }
}

function front(cut: Cut, random: RandomStream): Piece[] {
  const x = random.uniform(-0.03, 0.03);
  const { length, neckDepth } = cut;
  switch (cut.opening) {
    case "closed":
      return [];
    case "zip":
      return [band(random.uniform(0.3, 0.7), 0.035, x, neckDepth, x, length)];
    case "open":
      return [
        piece(random.uniform(0.05, 0.4), x - 0.02, neckDepth, x + 0.02, neckDepth, x + 0.09, length, x - 0.07, length),
      ];
    case "buttons": {
      const buttons = [0.3, 0.45, 0.6, 0.75].map((part) =>
        ellipse(random.uniform(0.2, 0.5), x + 0.02, part * length, 0.022, 0.022),
      );
      return [band(random.uniform(0.6, 0.85), 0.025, x - 0.02, neckDepth, x - 0.02, length), ...buttons];
    }
  }
}

function details(cut: Cut): Piece[] {
  const { hem, waist, length } = cut;
  const pieces: Piece[] = [];
  if (cut.ribbed) pieces.push(band(0.8, 0.06, -hem, length - 0.03, hem, length - 0.03));
  if (cut.pockets) {
    for (const side of [-1, 1]) {
      pieces.push(band(0.65, 0.03, side * waist * 0.4, 0.68 * length, side * waist * 0.8, 0.71 * length));
    }
  }
  return pieces;
}

function sewn(random: RandomStream, cut: Cut): Piece[] {
  const drop = random.uniform(0.05, 0.12);
  const armTone = random.uniform(0.86, 1.0);
  // The two arms never hang quite alike.
  const other = { ...cut, spread: cut.spread * random.uniform(0.85, 1.15) };
  return [
    ...sleeve(cut, drop, 1, armTone),
    ...sleeve(other, drop, -1, armTone),
    trunk(cut, drop),
    ...details(cut),
    ...front(cut, random),
    ...neckline(cut),
  ];
}

/** Measures that all tops share, each somewhat different. */
function plain(random: RandomStream): Cut {
  const chest = random.uniform(0.3, 0.38);
  return {
    neck: random.uniform(0.12, 0.17),
    shoulder: chest * random.uniform(0.98, 1.12),
    chest,
    waist: chest * random.uniform(0.88, 1.02),
    hem: chest * random.uniform(0.92, 1.1),
    length: random.uniform(0.92, 1.1),
    sleeve: 0,
    spread: random.uniform(0.1, 0.35),
    sleeveWidth: random.uniform(0.15, 0.2),
    neckDepth: random.uniform(0.05, 0.14),
    collar: "round",
    opening: "closed",
    pockets: false,
    ribbed: false,
  };
}

const shortSleeve = (random: RandomStream) => ({
  sleeve: random.uniform(0.2, 0.42),
  spread: random.uniform(0.35, 1.0),
});
const longSleeve = (random: RandomStream) => ({
  sleeve: random.uniform(0.82, 1.02),
  spread: random.uniform(0.08, 0.4),
});

export const tShirt: Pattern = (random) =>
  sewn(random, {
    ...plain(random),
    ...(chance(random, 0.08) ? {} : chance(random, 0.06) ? longSleeve(random) : shortSleeve(random)),
    collar: choose(random, ["round", "round", "round", "none", "pointed"]),
    opening: chance(random, 0.04) ? "buttons" : "closed",
  });

export const pullover: Pattern = (random) =>
  sewn(random, {
    ...plain(random),
    ...longSleeve(random),
    collar: choose(random, ["round", "round", "round", "turtle", "hood"]),
    opening: chance(random, 0.08) ? "zip" : "closed",
    ribbed: chance(random, 0.5),
    pockets: chance(random, 0.1),
  });

export const coat: Pattern = (random) => {
  const cut = plain(random);
  return sewn(random, {
    ...cut,
    ...longSleeve(random),
    length: cut.length * random.uniform(1.0, 1.3),
    hem: cut.hem * random.uniform(1.0, 1.15),
    sleeveWidth: cut.sleeveWidth * random.uniform(1.0, 1.15),
    collar: choose(random, ["lapel", "lapel", "hood", "turtle", "pointed"]),
    opening: choose(random, ["zip", "buttons", "open", "open", "closed"]),
    pockets: chance(random, 0.45),
  });
};

export const shirt: Pattern = (random) =>
  sewn(random, {
    ...plain(random),
    ...(chance(random, 0.62) ? longSleeve(random) : chance(random, 0.85) ? shortSleeve(random) : {}),
    length: random.uniform(0.95, 1.18),
    collar: choose(random, ["pointed", "pointed", "pointed", "round", "none"]),
    opening: choose(random, ["buttons", "buttons", "buttons", "closed", "closed", "open"]),
    pockets: chance(random, 0.12),
  });

export const dress: Pattern = (random) => {
  const cut = plain(random);
  const flare = random.uniform(0.9, 1.9);
  const sleeves = random.uniform();
  return sewn(random, {
    ...cut,
    chest: cut.chest * 0.85,
    shoulder: cut.chest * random.uniform(0.6, 0.95),
    waist: cut.chest * random.uniform(0.62, 0.95),
    hem: cut.chest * flare,
    length: random.uniform(1.35, 1.9),
    ...(sleeves < 0.55 ? {} : sleeves < 0.85 ? shortSleeve(random) : longSleeve(random)),
    collar: choose(random, ["round", "none", "none", "pointed"]),
    opening: chance(random, 0.08) ? "buttons" : "closed",
  });
};
