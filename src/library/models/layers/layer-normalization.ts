/** Layer normalization with Keras' defaults, and options that are checked. */
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import "../initialization/seeded";
import { LAYER_OPTIONS } from "./layer-options";

/** Options of {@link layerNormalization}: those of `tf.layers.layerNormalization`. */
export type LayerNormalizationOptions = NonNullable<Parameters<typeof tf.layers.layerNormalization>[0]>;

const OPTIONS: OptionNames<LayerNormalizationOptions> = {
  axis: true,
  epsilon: true,
  center: true,
  scale: true,
  betaInitializer: true,
  gammaInitializer: true,
  betaRegularizer: true,
  gammaRegularizer: true,
  ...LAYER_OPTIONS,
};

/**
 * Normalizes each sample over its features to mean 0 and variance 1, then scales by γ and shifts by β, both learned
 * (Ba et al., 2016), as `keras.layers.LayerNormalization`: ε = 1e-3 is added to the variance.
 *
 * Input of any shape `[batch, …]`, output the same. `axis` (default −1) names what is normalized over.
 * @example model.add(layerNormalization())
 * @throws TypeError for an option that is not known.
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): tf.layers.Layer {
  const owner = "layerNormalization";
  const checked = checkOptions(owner, options, OPTIONS);
  if (checked.epsilon !== undefined) checkNumber(owner, "epsilon", checked.epsilon, { above: 0 });
  return tf.layers.layerNormalization(checked);
}
