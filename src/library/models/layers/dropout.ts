/** Dropout layers whose masks come from the project's seeds. `tf.layers.dropout` does the same; these refuse typos too. */
import { checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import "../initialization/seeded";
import { LAYER_OPTIONS } from "./layer-options";

type LayerOptions = Omit<Parameters<typeof tf.layers.dropout>[0], "rate" | "noiseShape" | "seed" | "weights">;
type Layer = tf.layers.Layer;

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Probability that a unit is dropped, from 0 to below 1. */
  rate: number;
  /** Shape of the mask, broadcast over the input; `null` takes the input's size. Default: the input's shape. */
  noiseShape?: (number | null)[];
  /** An integer, the key of the layer's masks. Default: drawn from `setRandomSeed` when the layer is built. */
  seed?: number;
}

/** Options of {@link alphaDropout}. */
export interface AlphaDropoutOptions extends Omit<DropoutOptions, "noiseShape"> {
  /** Shape of the mask, 1 along axes that share it (default: that of the input). */
  noiseShape?: number[];
}

const { weights: _, ...layerOptions } = LAYER_OPTIONS;
const OPTIONS = { rate: true, noiseShape: true, seed: true, ...layerOptions } as const;

/**
 * Inverted dropout (slides; Srivastava et al., 2014): in training a unit is 0 with probability `rate`, and otherwise
 * divided by the keep probability 1 − rate, so that nothing changes at test time. Not for the output layer.
 *
 * A mask is a function of (seed, training step): another at each step, the same when the run is repeated.
 * Slides' statements: dropout-mask, dropout-rate, dropout-training, dropout-scaling, inverted-dropout, dropout.
 * @throws RangeError when rate is not in [0, 1).
 * @example model.add(dropout({ rate: 0.2 }))  // In[43]
 */
export function dropout(options: DropoutOptions): Layer {
  return tf.layers.dropout(checkOptions("dropout", options, OPTIONS) as Parameters<typeof tf.layers.dropout>[0]);
}

/**
 * Dropout that keeps mean 0 and variance 1, for stacks of SELU layers (Klambauer et al., 2017): dropped units take
 * SELU's lowest value −λα = −1.7581, and the result is scaled and shifted.
 *
 * @throws RangeError when rate is not in [0, 1).
 * @example model.add(alphaDropout({ rate: 0.1 }))
 */
export function alphaDropout(options: AlphaDropoutOptions): Layer {
  return tf.layers.alphaDropout(
    checkOptions("alphaDropout", options, OPTIONS) as Parameters<typeof tf.layers.alphaDropout>[0],
  );
}
