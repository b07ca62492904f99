/** Class weights: how much a sample of each class counts in the loss, as Keras' `class_weight`. */
import { checkNumber, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { ClassWeight } from "./step";

/** `[classes]` weights, 1 where none is given; the caller disposes. Throws for a class that the model does not have. */
export function classWeightTensor(weights: ClassWeight, model: tf.LayersModel): tf.Tensor1D {
  const classes = (model.outputs[0].shape.at(-1) as number) ?? 1;
  const values = new Float32Array(classes).fill(1);
  for (const [key, weight] of Object.entries(weights)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= classes) {
      throw new RangeError(`fit: classWeight has class ${show(key)}, but the model has classes 0 to ${classes - 1}.`);
    }
    values[index] = checkNumber("fit", `classWeight[${key}]`, weight, { min: 0 });
  }
  return tf.tensor1d(values);
}
