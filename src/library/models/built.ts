/** Models whose weights exist. */
import { show } from "dnn-lab-core/check";
import type { tf } from "../engine/tf";

/** Returns `model` when it is one with weights and shapes; throws what to do about it otherwise. */
export function checkBuilt(owner: string, model: tf.LayersModel): tf.LayersModel {
  if (!Array.isArray(model?.layers)) {
    throw new TypeError(`${owner}: expected a tf.LayersModel (tf.sequential or tf.model), received ${show(model)}.`);
  }
  const ready = model.layers.length > 0 && model.layers.every(({ built }) => built);
  if (!ready) throw new Error(`${owner}: the model has no weights yet. Give its first layer an inputShape.`);
  // A Sequential model puts itself together at its first use.
  if (!model.built) (model as tf.Sequential).build();
  return model;
}
