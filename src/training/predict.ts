import { checkOptions } from "../core/check";
import { checkInterrupt } from "../core/interrupt";
import { Dataset } from "../data/dataset";
import { useEngine } from "../engine/engine";
import { tf } from "../engine/tf";
import { asBatched, checkSampleShape } from "./inputs";
import { pacer } from "./pacer";

export interface PredictOptions {
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
}

/**
 * Outputs of a model for each sample, in inference mode: `[samples, ...output shape]`; the caller disposes.
 *
 * `data` is a {@link Dataset} or a tensor `[samples, ...sample shape]`, which stays the caller's.
 */
export async function predict(
  model: tf.LayersModel,
  data: Dataset | tf.Tensor,
  options: PredictOptions = {},
): Promise<tf.Tensor> {
  checkOptions("predict", options, ["batchSize"]);
  await useEngine();
  if (data instanceof tf.Tensor) return tf.tidy(() => model.predict(data, options) as tf.Tensor);
  const batched = asBatched("predict", data, options.batchSize);
  checkSampleShape("predict", model, batched);
  const outputs: tf.Tensor[] = [];
  const breathe = pacer();
  try {
    for (const batch of batched.batches(0)) {
      outputs.push(tf.tidy(() => model.apply(batch.features, { training: false }) as tf.Tensor));
      tf.dispose({ ...batch });
      await breathe();
      checkInterrupt("predict");
    }
    return tf.concat(outputs);
  } finally {
    tf.dispose(outputs);
  }
}
