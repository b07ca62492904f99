/** A file cannot ask for more weights than it brings. */
import { tf } from "../../engine/tf";

interface WithWeights {
  addWeight(this: tf.layers.Layer, name: string, shape: tf.Shape, ...rest: unknown[]): tf.LayerVariable;
}

/** Small states, such as seeds, are not in every file. */
const SPARE = 100_000;

/** Runs `body`, which makes layers; throws before the layers' weights together have more numbers than the file has bytes. */
export function withWeightLimit<T>(path: string, bytes: number, body: () => T): T {
  const prototype = tf.layers.Layer.prototype as unknown as WithWeights;
  const { addWeight } = prototype;
  let total = 0;
  prototype.addWeight = function (name, shape, ...rest) {
    total += shape.reduce((product: number, size) => product * (size ?? 1), 1);
    if (total > bytes + SPARE) {
      throw new Error(
        `'${path}' asks for a layer '${this.name}' with weights of shape [${shape.join(", ")}], and its weights take ${bytes} bytes in all; the file is damaged or hostile.`,
      );
    }
    return addWeight.call(this, name, shape, ...rest);
  };
  try {
    return body();
  } finally {
    prototype.addWeight = addWeight;
  }
}
