/** A batch as the inputs of a model. */
import type { Batch } from "../../data/batch";
import { tf } from "../../engine/tf";

/**
 * The features, or of a data set with named columns one tensor for each input, in the model's order. Plain numbers `[n]`
 * become `[n, 1]` where the input is, as in Keras.
 */
export function modelInputs(model: tf.LayersModel, { features, featuresByName }: Batch): tf.Tensor | tf.Tensor[] {
  const inputs = model.inputs.map(({ shape }, i) => {
    const tensor = featuresByName ? featuresByName[model.inputNames[i]] : features;
    return isColumnOf(shape.slice(1), tensor.shape.slice(1)) ? tf.expandDims(tensor, -1) : tensor;
  });
  return inputs.length === 1 ? inputs[0] : inputs;
}

/** Whether an input takes one number as a row of one, and the samples are plain numbers. */
export function isColumnOf(expected: readonly (number | null)[], found: readonly number[]): boolean {
  return found.length === 0 && expected.length === 1 && expected[0] === 1;
}
