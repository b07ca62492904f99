/** Models whose weights exist. */
import { show } from "dnn-lab-core/check";
import type { tf } from "../engine/tf";

/** Returns `model` when it is one with weights and shapes; throws what to do about it otherwise. */
export function checkBuilt(owner: string, model: tf.LayersModel): tf.LayersModel {
  if (!Array.isArray(model?.layers)) {
    throw new TypeError(`${owner}: expected a tf.LayersModel (tf.sequential or tf.model), received ${show(model)}.`);
  }
  if (!build(model)) throw new Error(`${owner}: the model has no weights yet. Give its first layer an inputShape.`);
  return model;
}

/** A Sequential model puts itself together at its first use, and so do those within it. Returns whether all have weights. */
function build(model: tf.LayersModel): boolean {
  const { layers } = model;
  const ready = layers.every((layer) => (isModel(layer) ? build(layer) : layer.built));
  if (!ready || layers.length === 0) return false;
  if (!model.built) (model as tf.Sequential).build();
  return true;
}

function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return Array.isArray((layer as Partial<tf.LayersModel>).layers);
}
