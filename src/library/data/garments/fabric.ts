/** What a garment is made of: brightness, weave, prints, folds and the grain of the picture. */
import { RandomStream } from "dnn-lab-core/random";
import type { Canvas } from "./canvas";
import { chance } from "./pieces";

/** Relative brightness at a pixel. */
type Weave = (x: number, y: number) => number;

/** Colours the covered pixels of the canvas with a fabric of its own and writes them as bytes to `pixels`. */
export function colour(canvas: Canvas, random: RandomStream, pixels: Uint8Array): void {
  const { side, tones, covered } = canvas;
  const brightness = 255 * random.uniform(0.25, 1);
  const weave = chooseWeave(random);
  const folds = new Folds(random, side);
  const roughness = random.uniform(1, 10);
  const grain = grainNumbers();
  const shift = random.integer(GRAIN);
  for (let y = 0; y < side; y++) {
    const fold = folds.row(y);
    for (let x = 0, i = y * side; x < side; x++, i++) {
      if (covered[i] === 0) {
        pixels[i] = 0;
        continue;
      }
      const light = brightness * tones[i] * fold[x] * (weave ? weave(x, y) : 1);
      const value = light + roughness * covered[i] * grain[(shift + i) % GRAIN];
      pixels[i] = value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
    }
  }
}

/** Undefined for plain cloth. */
function chooseWeave(random: RandomStream): Weave | undefined {
  const kind = random.uniform();
  const contrast = random.uniform(0.15, 0.7);
  const period = random.uniform(2.5, 7);
  const phase = random.uniform(0, period);
  const stripe = (at: number) => ((at + phase) % period < period / 2 ? 1 : 1 - contrast);
  if (kind < 0.6) return undefined;
  if (kind < 0.7) return (_x, y) => stripe(y);
  if (kind < 0.76) return (x) => stripe(x);
  if (kind < 0.82) return (x, y) => (stripe(x) + stripe(y)) / 2;
  if (kind < 0.9) return print(random);
  return (_x, y) => 1 - contrast * 0.8 * (period < 5 ? y / 28 : 1 - y / 28);
}

/** A printed block somewhere in the middle. */
function print(random: RandomStream): Weave {
  const left = random.uniform(8, 13);
  const right = random.uniform(15, 20);
  const top = random.uniform(6, 13);
  const bottom = top + random.uniform(3, 9);
  const tone = chance(random, 0.5) ? random.uniform(0.2, 0.7) : random.uniform(1.3, 1.8);
  return (x, y) => (x >= left && x <= right && y >= top && y <= bottom ? tone : 1);
}

const FOLD_POINTS = 6;

/** Soft light and dark patches: random numbers on a coarse grid, and straight lines between them. */
class Folds {
  private readonly grid: Float32Array;
  private readonly tones: Float32Array;

  constructor(random: RandomStream, side: number) {
    const depth = random.uniform(0.05, 0.3);
    this.grid = Float32Array.from({ length: FOLD_POINTS * FOLD_POINTS }, () => 1 + depth * random.uniform(-1, 1));
    this.tones = new Float32Array(side);
  }

  /** The tones of row `y` (valid until the next call). */
  row(y: number): Float32Array {
    const { grid, tones } = this;
    const scale = (FOLD_POINTS - 1) / tones.length;
    const above = Math.floor(y * scale) * FOLD_POINTS;
    const v = (y * scale) % 1;
    for (let x = 0; x < tones.length; x++) {
      const at = above + Math.floor(x * scale);
      const u = (x * scale) % 1;
      const upper = grid[at] * (1 - u) + grid[at + 1] * u;
      const lower = grid[at + FOLD_POINTS] * (1 - u) + grid[at + FOLD_POINTS + 1] * u;
      tones[x] = upper * (1 - v) + lower * v;
    }
    return tones;
  }
}

const GRAIN = 1 << 16;
let grainTable: Float32Array | undefined;

/** Numbers of mean 0 and deviation 1, nearly normal: sums of four uniform ones, which every machine adds alike. */
function grainNumbers(): Float32Array {
  if (grainTable) return grainTable;
  const random = new RandomStream(28);
  const uniform = () => random.uniform(-1, 1);
  grainTable = Float32Array.from(
    { length: GRAIN },
    () => ((uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3)) / 2,
  );
  return grainTable;
}
