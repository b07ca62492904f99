/** The stand-in for CIFAR-10, drawn when it is first needed and kept in the cache folder. */
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { RandomStream } from "dnn-lab-core/random";
import { join, setImmediate } from "../../platform";
import { keptPart } from "../kept-part";
import { shuffledOrder } from "../shuffle";
import type { Storage } from "../storage";
import { TEXTURE_CLASS_NAMES } from "./classes";
import { drawTextured } from "./draw";

/** Changes whenever a picture would come out otherwise, so that a kept drawing is never taken for a newer one. */
export const TEXTURES_VERSION = 1;

export interface TexturesOptions {
  readonly name: string;
  readonly count: number;
  readonly side: number;
  readonly seed: number;
}

/** The part from the cache when it is there and whole, else drawn anew. */
export function standInPart(folder: string, options: TexturesOptions): Promise<Storage> {
  const path = join(folder, `textures-v${TEXTURES_VERSION}-${options.name}.bin`);
  return keptPart(path, { count: options.count, shape: [options.side, options.side, 3] }, () => drawTextures(options));
}

/** Draws `count` pictures, as many of each class, in random order; each picture has a random stream of its own. */
export async function drawTextures({ name, count, side, seed }: TexturesOptions): Promise<Storage> {
  const progress = startProgress({ title: `Drawing textured objects (${name})`, total: count, unit: "pictures" });
  const labels = balancedLabels(count, seed);
  const size = side * side * 3;
  const values = new Uint8Array(count * size);
  const seeds = new RandomStream(seed);
  for (let i = 0; i < count; i++) {
    if (i % 500 === 0) {
      checkInterrupt("Drawing");
      progress.update(i);
      await setImmediate();
    }
    drawTextured(labels[i], new RandomStream(seeds.uint32(), i), side, values.subarray(i * size, (i + 1) * size));
  }
  progress.finish();
  return { rows: count, features: { values, shape: [side, side, 3] }, labels: { values: labels, shape: [] } };
}

function balancedLabels(count: number, seed: number): Uint8Array {
  const order = shuffledOrder(count, { bufferSize: count, seed, reshuffleEachIteration: false }, 0);
  return Uint8Array.from(order, (place) => place % TEXTURE_CLASS_NAMES.length);
}
