/** A batch as the inputs of a model. */
import type { Batch } from "../../data/batch";
import type { tf } from "../../engine/tf";

/** The features, or of a data set with named columns one tensor for each input, in the model's order. */
export function modelInputs(model: tf.LayersModel, { features, featuresByName }: Batch): tf.Tensor | tf.Tensor[] {
  if (!featuresByName) return features;
  const inputs = model.inputNames.map((name) => featuresByName[name]);
  return inputs.length === 1 ? inputs[0] : inputs;
}
