/** Which layers learn. */
import { checkOneOf, checkOptions } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { topLayers, type TopOptions } from "./blocks";
import { isBatchNormalization, isModel, leafLayers } from "./graph";

type Layer = tf.layers.Layer;

/** Options of {@link unfreezeTop}. */
export interface UnfreezeOptions extends TopOptions {
  /**
   * `"frozen"` (default): batch normalization stays in inference mode with the averages of the data that the base was
   * trained on, as is advised for fine-tuning; `"trained"`: it learns too, as with Keras' `base.trainable = True`.
   */
  batchNormalization?: "frozen" | "trained";
}

/**
 * Freezes all layers of a model: its weights do not change in training, and its batch normalization runs in inference
 * mode, as in Keras (slides, transfer learning). Layers that it shares with other models are frozen there too: freeze
 * the base, and the model that was built on it trains only its head.
 *
 * Compile a model after its layers were frozen or unfrozen. Returns the model.
 * Slides' statements: transfer-freeze, transfer-similar.
 * @example const base = freeze(await mobileNetV2({ includeTop: false, pooling: "avg" }));
 */
export function freeze<Model extends tf.LayersModel>(model: Model): Model {
  checkBuilt("freeze", model);
  setTrainable(model, () => false);
  return model;
}

/**
 * Unfreezes all layers of a model. @param options.batchNormalization see {@link UnfreezeOptions}; here default `"trained"`.
 *
 * @example unfreeze(base);
 */
export function unfreeze<Model extends tf.LayersModel>(
  model: Model,
  options: Pick<UnfreezeOptions, "batchNormalization"> = {},
): Model {
  const { batchNormalization = "trained" } = checkOptions("unfreeze", options, { batchNormalization: true });
  checkOneOf("unfreeze", "batchNormalization", batchNormalization, ["frozen", "trained"]);
  checkBuilt("unfreeze", model);
  setTrainable(model, (layer) => batchNormalization === "trained" || !isBatchNormalization(layer));
  return model;
}

/**
 * Freezes a model but for its top: the uppermost `layers` or `blocks`, to be trained with a lower learning rate (slides).
 *
 * Counted are layers with weights other than batch normalization, and blocks that have any; layers in between come along.
 * Slides' statements: transfer-unfreeze.
 * @example unfreezeTop(base, { layers: 2 })
 * @example unfreezeTop(base, { blocks: 3, batchNormalization: "trained" })
 * @throws RangeError when the model has fewer.
 */
export function unfreezeTop<Model extends tf.LayersModel>(model: Model, options: UnfreezeOptions): Model {
  const owner = "unfreezeTop";
  const { batchNormalization = "frozen", ...top } = checkOptions(owner, options, {
    layers: true,
    blocks: true,
    batchNormalization: true,
  });
  checkOneOf(owner, "batchNormalization", batchNormalization, ["frozen", "trained"]);
  checkBuilt(owner, model);
  const counts = (layer: Layer) => layer.weights.length > 0 && !isBatchNormalization(layer);
  const chosen = new Set(topLayers(owner, leafLayers(model), top, counts));
  setTrainable(
    model,
    (layer) => chosen.has(layer) && (batchNormalization === "trained" || !isBatchNormalization(layer)),
  );
  return model;
}

function setTrainable(model: tf.LayersModel, learns: (layer: Layer) => boolean): void {
  // A model that is not trainable hides its layers' weights whatever they say; so only the layers decide.
  const open = (one: tf.LayersModel): void => {
    one.trainable = true;
    one.layers.forEach((layer) => isModel(layer) && open(layer));
  };
  open(model);
  for (const layer of leafLayers(model)) layer.trainable = learns(layer);
}
