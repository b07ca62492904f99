/** Which way of replaying suits a model, by a rule that gives the same answer in every run. */
import type { Plan } from "../engine/compile";
import type { tf } from "../engine/tf";

/**
 * `lowered` for models with convolutions, which TensorFlow then fuses for oneDNN; `graph`, the way with the least
 * overhead, for all others (figures in docs/performance.md).
 */
export function planFor(model: tf.LayersModel): Plan {
  return hasConvolution(model) ? "lowered" : "graph";
}

function hasConvolution(model: tf.LayersModel): boolean {
  return model.layers.some((layer) => {
    const inner = (layer as unknown as { layers?: unknown }).layers;
    return Array.isArray(inner)
      ? hasConvolution(layer as unknown as tf.LayersModel)
      : /Conv/.test(layer.getClassName());
  });
}
