/**
 * Where Keras 1 and 2 (and Keras 3 for `.h5`) keep the variables of a model: a group per layer, named in the attribute
 * `layer_names`, with the names of its datasets in `weight_names`; in whole-model files below `model_weights`.
 */
import type { tf } from "../../engine/tf";
import type { Hdf5Reader } from "./hdf5";
import { kerasWeights } from "./weights-layout";

type Layer = tf.layers.Layer;

/** HDF5 keeps an attribute in 64 kB; Keras splits longer lists into `name0`, `name1` … */
const ATTRIBUTE_BYTES = 64_512;

/** All variables of a layer or nested model in the file's order: trainable ones first. */
export function legacyVariables(layer: Layer): tf.LayerVariable[] {
  const inner = (layer as Partial<tf.LayersModel>).layers;
  if (!inner) return kerasWeights(layer);
  const ours = new Set(inner.flatMap(legacyVariables));
  return layer.weights.filter((variable) => ours.has(variable));
}

/** A list attribute, put together when it was split; undefined when there is none. */
function readList(file: Hdf5Reader, path: string, name: string): string[] | undefined {
  const whole = file.strings(path, name);
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = file.strings(path, `${name}${i}`);
    if (!part) return i === 0 ? undefined : parts;
    parts.push(...part);
  }
}

/** A list as one or more attributes that fit. */
export function splitList(name: string, values: readonly string[]): Record<string, readonly string[]> {
  const bytes = Math.max(1, ...values.map((text) => Buffer.byteLength(text)));
  const perPart = Math.floor(ATTRIBUTE_BYTES / bytes);
  if (values.length <= perPart) return { [name]: values };
  const parts = Math.ceil(values.length / perPart);
  return Object.fromEntries(
    Array.from({ length: parts }, (_, i) => [`${name}${i}`, values.slice(i * perPart, (i + 1) * perPart)]),
  );
}

/** The file's layers with weights: layer name → paths of its datasets, in order; undefined for another kind of file. */
export function legacyLayers(file: Hdf5Reader): { name: string; paths: string[] }[] | undefined {
  const root = file.list("model_weights") ? "model_weights" : "";
  const names = readList(file, root, "layer_names");
  return names?.flatMap((name) => {
    const group = root ? `${root}/${name}` : name;
    const paths = (readList(file, group, "weight_names") ?? []).map((weight) => `${group}/${weight}`);
    return paths.length > 0 ? [{ name, paths }] : [];
  });
}
