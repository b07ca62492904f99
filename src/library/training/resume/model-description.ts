/** A model as plain data by which two builds of one architecture are equal, whatever their layers are called. */
import type { tf } from "../../engine/tf";
import { layerPlaces } from "../../models/weights/weights-layout";

/**
 * Configuration of the layers without what weights and names begin with, and the form of each weight. TensorFlow.js
 * numbers layers anew in each process and for each model, so names are replaced by places.
 */
export function describeModel(model: tf.LayersModel): unknown {
  return { config: configOf(model), weights: model.weights.map(describeWeight) };
}

function describeWeight(weight: tf.LayerVariable) {
  const { shape, dtype, trainable } = weight as tf.LayerVariable & { trainable: boolean };
  return { shape, dtype, trainable };
}

function configOf(model: tf.LayersModel): unknown {
  const places = new Map<string, string>([[model.name, "model"]]);
  layerPlaces(model).forEach(({ layer }, i) => places.set(layer.name, `layer ${i}`));
  return withoutNames(model.toJSON(null, false), places);
}

/** Initializers have done their work, and versions say nothing about the model. */
const IRRELEVANT = /(_initializer|Initializer|^(keras|tfjs)_?version|^backend|^weights)$/i;

function withoutNames(value: unknown, places: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return places.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withoutNames(item, places));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => !IRRELEVANT.test(key));
  return Object.fromEntries(entries.map(([key, item]) => [places.get(key) ?? key, withoutNames(item, places)]));
}
