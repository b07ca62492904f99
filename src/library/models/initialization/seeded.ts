/**
 * Makes plain `tf.layers` repeatable: after `setRandomSeed(42)` building the same model gives the same weights, and
 * two runs are equal to the bit.
 *
 * Why TensorFlow.js' classes are changed in place: it draws the initial weights and dropout masks of a layer without
 * a `seed` from `Math.random`, which cannot be seeded, and offers no other hook. Wrapping every layer would mean
 * another API than the one that its documentation and its users know. So the few methods that draw are replaced once,
 * when this file is imported:
 * - initializers (`seeded-initializers.ts`) take an unset seed from `core/random`, and scale as Keras does;
 * - dropout and noise layers (`seeded-layers.ts`) draw by (layer's seed, step), never twice the same mask;
 * - `tf.util.shuffle`, by which `model.fit` orders its samples, draws from `core/random`.
 */
import { nextSeed, RandomStream } from "dnn-lab-core/random";
import { tf } from "../../engine/tf";
import { mendPlainLayers } from "../mended";
import { seedInitializers } from "./seeded-initializers";
import { seedRandomLayers } from "./seeded-layers";

const DONE = Symbol.for("dnn-lab.seeded");

/** Changes TensorFlow.js as described above; once, also when this file is loaded twice. */
function seedPlainLayers(): void {
  const mark = tf.layers as unknown as Record<symbol, boolean>;
  if (mark[DONE]) return;
  mendPlainLayers();
  seedInitializers();
  seedRandomLayers();
  (tf.util as { shuffle: typeof tf.util.shuffle }).shuffle = shuffle;
  Object.defineProperty(mark, DONE, { value: true });
}

/** Fisher and Yates' shuffle, in place, seeded. */
function shuffle(array: unknown[] | Uint32Array | Int32Array | Float32Array): void {
  const random = new RandomStream(nextSeed());
  for (let i = array.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [array[i], array[j]] = [array[j], array[i]];
  }
}

seedPlainLayers();
