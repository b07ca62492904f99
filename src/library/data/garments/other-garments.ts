/** Trousers and bags. */
import type { RandomStream } from "dnn-lab-core/random";
import { arch, band, chance, ellipse, piece, type Pattern, type Piece } from "./pieces";

export const trousers: Pattern = (random) => {
  const waist = random.uniform(0.2, 0.28);
  const hip = waist * random.uniform(1.05, 1.3);
  const crotch = random.uniform(0.28, 0.4);
  const gap = random.uniform(0.02, 0.12);
  const leg = random.uniform(0.12, 0.22);
  const length = chance(random, 0.1) ? random.uniform(0.55, 0.75) : random.uniform(1.1, 1.25);
  const outer = gap + leg;
  const half = [0, 0, waist, 0, hip, 0.2, outer + 0.02, 0.7 * length, outer, length, gap, length, 0.008, crotch];
  const mirror = half.map((value, i) => (i % 2 === 0 ? -value : value));
  return [
    piece(random.uniform(0.85, 1), ...half),
    piece(random.uniform(0.85, 1), ...mirror),
    band(random.uniform(0.6, 1.1), 0.05, -waist, 0.03, waist, 0.03),
    ...(chance(random, 0.3) ? [band(0.6, 0.02, 0, 0, 0, crotch)] : []),
  ];
};

function handle(random: RandomStream, width: number): Piece[] {
  const reach = random.uniform(0.15, 0.7);
  const half = width * random.uniform(0.3, 0.85);
  const thickness = random.uniform(0.05, 0.1);
  const tone = random.uniform(0.6, 1.1);
  return chance(random, 0.6)
    ? [arch(tone, 0, 0.03, half, reach, thickness)]
    : [
        band(tone, thickness, -half, 0.02, -half * 0.6, -reach),
        band(tone, thickness, half, 0.02, half * 0.6, -reach),
        band(tone, thickness, -half * 0.6 - 0.02, -reach, half * 0.6 + 0.02, -reach),
      ];
}

export const bag: Pattern = (random) => {
  const width = random.uniform(0.4, 0.6);
  const height = random.uniform(0.4, 1.0);
  const taper = random.uniform(0.75, 1.1);
  const body = piece(
    1,
    -width * taper,
    0,
    width * taper,
    0,
    width,
    height * 0.9,
    width * 0.94,
    height,
    -width * 0.94,
    height,
    -width,
    height * 0.9,
  );
  const flap = height * random.uniform(0.25, 0.6);
  return [
    ...(chance(random, 0.88) ? handle(random, width * taper) : []),
    body,
    ...(chance(random, 0.5)
      ? [piece(random.uniform(0.7, 1.2), -width * taper, 0, width * taper, 0, width * 0.9, flap, -width * 0.9, flap)]
      : []),
    ...(chance(random, 0.5) ? [band(random.uniform(0.3, 0.7), 0.03, -width * 0.95, flap, width * 0.95, flap)] : []),
    ...(chance(random, 0.4) ? [ellipse(random.uniform(0.2, 1.4), 0, flap, 0.05, 0.05)] : []),
  ];
};
