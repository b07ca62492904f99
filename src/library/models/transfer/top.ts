/** Other tops for a model. */
import { show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { topLayers, type TopOptions } from "./blocks";
import { inputsOf, layerOutputs, layersBelow } from "./graph";

type Layer = tf.layers.Layer;

/**
 * The model without its uppermost `layers` (default 1) or `blocks`; every layer counts. The layers are shared, not copied:
 * what is trained in one model has changed in the other.
 *
 * @throws Error when what is left would have several ends, as in the middle of a block with a shortcut.
 * Slides' statements: transfer-replace.
 * @example const base = dropTop(model, { layers: 1 });
 */
export function dropTop(model: tf.LayersModel, options: TopOptions = { layers: 1 }): tf.LayersModel {
  return cutTop("dropTop", model, options);
}

/**
 * The model with `layers` in the place of its uppermost ones (default: of the last). The kept layers are shared.
 * Slides' statements: transfer-replace.
 * @example const model = replaceTop(pretrained, [tf.layers.dense({ units: 10, activation: "softmax" })]);
 */
export function replaceTop(
  model: tf.LayersModel,
  layers: readonly Layer[],
  options: TopOptions = { layers: 1 },
): tf.LayersModel {
  return putOn("replaceTop", cutTop("replaceTop", model, options), layers);
}

/**
 * A model that puts `layers` on a base; the base's layers are shared.
 * Slides' statements: transfer-replace.
 * @example const model = addOnTop(base, [tf.layers.dense({ units: 10, activation: "softmax" })]);
 */
export function addOnTop(base: tf.LayersModel, layers: readonly Layer[]): tf.LayersModel {
  checkBuilt("addOnTop", base);
  return putOn("addOnTop", base, layers);
}

function cutTop(owner: string, model: tf.LayersModel, options: TopOptions): tf.LayersModel {
  checkBuilt(owner, model);
  const outputs = layerOutputs(model);
  const order = model.layers.filter((layer) => outputs.has(layer));
  const dropped = new Set(topLayers(owner, order, options));
  // What is left ends where a dropped layer begins.
  const ends = new Set([...dropped].flatMap((layer) => inputsOf(outputs.get(layer)!)));
  const left = [...ends].filter(({ sourceLayer }) => !dropped.has(sourceLayer));
  const tops = left.filter((end) => left.every((other) => other === end || !layersBelow(other).has(end.sourceLayer)));
  if (tops.length === 1 && inputsOf(tops[0]).length > 0) return tf.model({ inputs: model.inputs, outputs: tops[0] });
  const names = tops.map(({ sourceLayer }) => sourceLayer.name).join("' and '");
  throw new Error(
    tops.length === 0 || inputsOf(tops[0]).length === 0
      ? `${owner}: nothing would be left of the model '${model.name}'.`
      : `${owner}: what is left would end in '${names}'; drop as many layers as leave one end, or whole blocks.`,
  );
}

function putOn(owner: string, base: tf.LayersModel, layers: readonly Layer[]): tf.LayersModel {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new TypeError(`${owner}: layers must be an array of at least one layer, received ${show(layers)}.`);
  }
  if (base.outputs.length !== 1) {
    throw new TypeError(`${owner}: the base has ${base.outputs.length} outputs, 1 is expected.`);
  }
  const output = layers.reduce((x, layer: Layer) => layer.apply(x) as tf.SymbolicTensor, base.outputs[0]);
  return tf.model({ inputs: base.inputs, outputs: output });
}
