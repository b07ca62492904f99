/** Shoes, seen from the side with the toes to the left: sandal, sneaker and ankle boot. */
import type { RandomStream } from "dnn-lab-core/random";
import { arch, band, chance, piece, type Pattern, type Piece } from "./pieces";

/** Measures; the shoe is about 1 long, y = 0 is the top of the sole. */
interface Last {
  /** Height of the sole at toe and heel. */
  toeSole: number;
  heelSole: number;
  /** Height of the upper at toe, instep and heel. */
  toe: number;
  instep: number;
  heel: number;
}

function sole({ toeSole, heelSole }: Last, tone: number, highHeel: boolean): Piece[] {
  if (!highHeel) return [piece(tone, -0.52, 0, 0.5, -heelSole * 0.3, 0.5, toeSole, -0.46, toeSole)];
  return [
    piece(tone, -0.52, 0.02, 0.5, -heelSole, 0.5, -heelSole + 0.07, 0.1, toeSole, -0.48, toeSole),
    piece(tone, 0.34, -heelSole, 0.5, -heelSole, 0.46, toeSole, 0.38, toeSole),
  ];
}

function upper({ toe, instep, heel, heelSole }: Last, raise: number): Piece {
  const back = -heelSole * raise;
  return piece(
    1,
    -0.5,
    0.01,
    -0.5,
    -toe * 0.6,
    -0.4,
    -toe,
    -0.12,
    -instep * 0.75,
    0.08,
    -instep,
    0.44,
    -heel,
    0.5,
    -heel * 0.6,
    0.5,
    back,
  );
}

export const sneaker: Pattern = (random) => {
  const high = chance(random, 0.12);
  const last: Last = {
    toeSole: random.uniform(0.05, 0.11),
    heelSole: random.uniform(0, 0.1),
    toe: random.uniform(0.1, 0.18),
    instep: random.uniform(0.24, 0.34),
    heel: high ? random.uniform(0.38, 0.55) : random.uniform(0.24, 0.38),
  };
  const laces = chance(random, 0.6) ? laceLines(random, last) : [];
  const side = chance(random, 0.5) ? [band(random.uniform(0.3, 1.4), 0.06, -0.1, -0.03, 0.15, -last.instep * 0.8)] : [];
  const opening = chance(random, 0.6)
    ? [piece(0.3, 0.1, -last.instep, 0.4, -last.heel * 0.95, 0.38, -last.heel * 0.8, 0.12, -last.instep * 0.85)]
    : [];
  return [upper(last, 0.3), ...opening, ...laces, ...side, ...sole(last, random.uniform(0.5, 1.3), false)];
};

function laceLines(random: RandomStream, { toe, instep }: Last): Piece[] {
  const tone = random.uniform(0.4, 1.4);
  return [0.2, 0.5, 0.8].map((part) => {
    const x = -0.38 + 0.45 * part;
    const y = -toe - (instep - toe) * part;
    return band(tone, 0.03, x, y, x + 0.08, y + 0.1);
  });
}

export const ankleBoot: Pattern = (random) => {
  const highHeel = chance(random, 0.3);
  const shaft = chance(random, 0.12) ? random.uniform(0.36, 0.5) : random.uniform(0.5, 0.95);
  const heelSole = highHeel ? random.uniform(0.12, 0.28) : random.uniform(0, 0.08);
  const toeSole = random.uniform(0.04, 0.1);
  const front = random.uniform(-0.08, 0.12);
  const lean = random.uniform(-0.04, 0.06);
  const toe = random.uniform(0.12, 0.2);
  const instep = random.uniform(0.26, 0.36);
  const body = piece(
    1,
    -0.5,
    0.02,
    -0.5,
    -toe * 0.6,
    -0.38,
    -toe,
    front - 0.12,
    -instep,
    front,
    -instep - 0.1,
    front + lean,
    -shaft,
    0.46 + lean,
    -shaft,
    0.48,
    -0.3,
    0.5,
    highHeel ? -heelSole : 0.01,
  );
  const last = { toeSole, heelSole, toe, instep, heel: shaft };
  return [
    body,
    ...(chance(random, 0.4) ? [band(random.uniform(0.5, 0.8), 0.035, front + 0.2, -shaft, front + 0.22, -0.2)] : []),
    ...(chance(random, 0.35)
      ? [band(random.uniform(0.4, 1.3), 0.07, front, -instep - 0.12, 0.47, -instep - 0.08)]
      : []),
    ...(chance(random, 0.4) ? laceLines(random, { ...last, instep: instep + 0.15 }) : []),
    ...sole(last, random.uniform(0.5, 1.2), highHeel),
  ];
};

export const sandal: Pattern = (random) => {
  const highHeel = chance(random, 0.4);
  const heelSole = highHeel ? random.uniform(0.15, 0.45) : random.uniform(0, 0.1);
  const last: Last = { toeSole: random.uniform(0.04, 0.1), heelSole, toe: 0.14, instep: 0.22, heel: 0.24 + heelSole };
  // A closed sandal is nearly a low shoe.
  const closed = chance(random, 0.1);
  return [
    ...(closed ? [upper(last, highHeel ? 1 : 0.3)] : straps(random, last)),
    ...(chance(random, 0.6) ? ankleStrap(random, heelSole) : []),
    ...sole(last, random.uniform(0.7, 1.1), highHeel),
  ];
};

/** Two to five bands that rise from the sole and lean either way, so that some cross. */
function straps(random: RandomStream, { heelSole }: Last): Piece[] {
  const count = 2 + random.integer(4);
  return Array.from({ length: count }, (_, i) => {
    const x = -0.47 + ((i + random.uniform(0, 0.6)) * 0.85) / count;
    const base = (-heelSole * (x + 0.52)) / 1.02;
    const height = random.uniform(0.1, 0.22) + 0.14 * (x + 0.5);
    const lean = random.uniform(-0.12, 0.24);
    return band(random.uniform(0.7, 1.2), random.uniform(0.04, 0.09), x, base, x + lean, base - height);
  });
}

function ankleStrap(random: RandomStream, heelSole: number): Piece[] {
  const top = -heelSole - random.uniform(0.12, 0.4);
  const front = random.uniform(0.05, 0.22);
  return [
    band(1, random.uniform(0.04, 0.09), 0.46, -heelSole, 0.44, top),
    arch(1, (front + 0.46) / 2, top + 0.08, (0.46 - front) / 2 + 0.03, random.uniform(0.08, 0.14), 0.05),
  ];
}
