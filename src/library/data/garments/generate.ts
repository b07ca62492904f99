/** Whole parts of the stand-in: as many pictures, classes and sizes as Fashion-MNIST. */
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { RandomStream } from "dnn-lab-core/random";
import { setImmediate } from "../../platform";
import { shuffledOrder } from "../shuffle";
import type { Storage } from "../storage";
import { Canvas } from "./canvas";
import { drawGarment } from "./draw";

/** Changes whenever a picture would come out otherwise, so that a kept drawing is never taken for a newer one. */
export const GENERATOR_VERSION = 1;
export const CLASSES = 10;

export interface PartOptions {
  readonly name: string;
  readonly count: number;
  readonly side: number;
  readonly seed: number;
}

/** Draws `count` pictures, as many of each class, in random order; each picture has a random stream of its own. */
export async function generatePart({ name, count, side, seed }: PartOptions): Promise<Storage> {
  const progress = startProgress({ title: `Drawing garments (${name})`, total: count, unit: "pictures" });
  const labels = balancedLabels(count, seed);
  const values = new Uint8Array(count * side * side);
  const canvas = new Canvas(side);
  const seeds = new RandomStream(seed);
  for (let i = 0; i < count; i++) {
    if (i % 1000 === 0) {
      checkInterrupt("Drawing");
      progress.update(i);
      await setImmediate();
    }
    const pixels = values.subarray(i * side * side, (i + 1) * side * side);
    drawGarment(labels[i], new RandomStream(seeds.uint32(), i), canvas, pixels);
  }
  progress.finish();
  return { rows: count, features: { values, shape: [side, side] }, labels: { values: labels, shape: [] } };
}

function balancedLabels(count: number, seed: number): Uint8Array {
  const order = shuffledOrder(count, { bufferSize: count, seed, reshuffleEachIteration: false }, 0);
  return Uint8Array.from(order, (place) => place % CLASSES);
}
