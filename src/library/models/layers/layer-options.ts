/** What every layer of TensorFlow.js may be told. */
import type { OptionNames } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";

/** The options of `tf.layers.Layer` itself. */
export type LayerOptions = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

export const LAYER_OPTIONS: OptionNames<LayerOptions> = {
  inputShape: true,
  batchInputShape: true,
  batchSize: true,
  dtype: true,
  inputDType: true,
  name: true,
  trainable: true,
  weights: true,
};
