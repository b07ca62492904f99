/** Places of tensors in Keras' configurations of functional models. */
import { isRecord } from "dnn-lab-core/objects";

/** An output of a use of a layer. */
export type Place = [layer: string, use: number, output: number];

/** One place, or several in a list or by names. */
export function placesOf(value: unknown): Place[] {
  if (Array.isArray(value) && typeof value[0] === "string") return [value as Place];
  if (Array.isArray(value)) return value.flatMap(placesOf);
  if (isRecord(value)) return Object.values(value).flatMap(placesOf);
  throw new Error("loadModel: the configuration does not say what goes into the model and what comes out.");
}

/** The tensors among a call's arguments, one after another. */
export function tensorsIn(value: unknown): Place[] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (!isRecord(value) || value.class_name !== "__keras_tensor__" || !isRecord(value.config)) return [];
  return placesOf(value.config.keras_history);
}
