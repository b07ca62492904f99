/** How raw inputs become a model's inputs, kept with the model and in its file. */
import { show } from "dnn-lab-core/check";
import { isRecord } from "dnn-lab-core/objects";
import type { tf } from "../../engine/tf";

/** Plain data (what JSON can hold) that says how inputs are made; `kind` says which. */
export type Preprocessing = Readonly<Record<string, unknown>> & { readonly kind: string };

const kept = new WeakMap<object, Preprocessing>();

/**
 * What was given to `saveModel` or found in the file; undefined when there is none.
 *
 * @example const classNames = preprocessingOf(model)?.classNames;
 */
export function preprocessingOf(model: tf.LayersModel): Preprocessing | undefined {
  return kept.get(model);
}

export function keepPreprocessing(model: tf.LayersModel, preprocessing: Preprocessing): void {
  kept.set(model, preprocessing);
}

/** Throws when it is no plain data with a `kind`. */
export function checkPreprocessing(owner: string, value: unknown): Preprocessing {
  if (isRecord(value) && typeof value.kind === "string" && isPlain(value)) return value as Preprocessing;
  throw new TypeError(
    `${owner}: preprocessing must be plain data with a kind, such as table.preprocessing, received ${show(value)}.`,
  );
}

/** Whether JSON gives back the same. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
