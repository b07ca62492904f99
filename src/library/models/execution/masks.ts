/** How masks travel through layers: as in Keras 3, along those that support masks and no others. */
import { tf } from "../../engine/tf";
import { registeredClass } from "../layers/layer-classes";

/** `[batch, ...]`, true where a position counts; undefined or null when all do. */
export type Mask = tf.Tensor | null | undefined;

type Layer = tf.layers.Layer;

/** Layers that hand on the mask of their input in Keras, and not in TensorFlow.js (4.22). */
const PASSING = new Set<unknown>(["LeakyReLU", "ELU", "Softmax", "Rescaling"].map((name) => registeredClass(name)));

/** The masks of a layer's outputs. */
export function outputMasks(
  layer: Layer,
  inputs: tf.Tensor[],
  masks: readonly Mask[],
  outputs: readonly tf.Tensor[],
): Mask[] {
  if (PASSING.has(layer.constructor)) return [...masks];
  if (!layer.supportsMasking) return [];
  const found = layer.computeMask(inputs, masks as tf.Tensor[]) as Mask | Mask[];
  return Array.isArray(found) ? found : outputs.map((_, i) => (i === 0 ? found : undefined));
}

/** The mask of a merged tensor: a position counts when it counts in one of them; none when one of them has no mask. */
export function eitherMask(_inputs: unknown, masks: Mask | Mask[]): Mask {
  const all = [masks].flat();
  if (!all.every((mask): mask is tf.Tensor => mask instanceof tf.Tensor)) return null;
  return tf.tidy(() => all.map(asBool).reduce((a, b) => tf.logicalOr(a, b)));
}

/** The mask of tensors joined along `axis`: a position counts when one of its numbers does. */
export function joinedMask(inputs: tf.Tensor[], masks: Mask | Mask[], axis: number): Mask {
  const all = [masks].flat();
  if (all.every((mask) => !mask)) return null;
  return tf.tidy(() => {
    const full = inputs.map((input, i) => spreadOver(input, all[i]));
    return tf.any(tf.concat(full, axis), -1);
  });
}

/** A mask with as many numbers as `x`. */
export function spreadOver(x: tf.Tensor, mask: Mask): tf.Tensor {
  const ones = tf.onesLike(x);
  if (!mask) return tf.cast(ones, "bool");
  return tf.cast(tf.mul(ones, tf.cast(withRank(mask, x.rank), "float32")), "bool");
}

/** A mask with axes of 1 at its end. */
export function withRank(mask: tf.Tensor, rank: number): tf.Tensor {
  return tf.reshape(mask, [...mask.shape, ...Array<number>(Math.max(0, rank - mask.rank)).fill(1)]);
}

export function asBool(mask: tf.Tensor): tf.Tensor {
  return mask.dtype === "bool" ? mask : tf.cast(mask, "bool");
}
