/** "crossentropy", chosen by the shapes of labels and outputs as Keras does. */
import { tf } from "../../engine/tf";
import { kindByShape } from "../labels";
import { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from "./crossentropy";
import { type BatchFunction, type Loss, makeLoss } from "./loss";

/** The cross-entropy that fits labels and outputs. By name: `"crossentropy"`, `"ce"`. */
export function crossentropy(): Loss {
  const byKind = {
    binary: binaryCrossentropy(),
    sparse: sparseCategoricalCrossentropy(),
    categorical: categoricalCrossentropy(),
  };
  const chosen = (labels: tf.Tensor, outputs: tf.Tensor) => byKind[kindByShape(labels.shape, outputs.shape)];
  const values: BatchFunction = (labels, outputs) => chosen(labels, outputs)(labels, outputs);
  const fromLogits: BatchFunction = (labels, logits) =>
    (chosen(labels, logits).fromLogits as BatchFunction)(labels, logits);
  return makeLoss({ name: "crossentropy", labels: "byShape", values, fromLogits }, {});
}
