/** A frozen base, run once over the data. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { isOwnTransform, transformedShape, type Transform } from "../../data/augment/transform";
import { Dataset } from "../../data/dataset";
import { informOnce } from "../../data/notice";
import type { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { frozenFeatures } from "./frozen-features";
import { leafLayers } from "./graph";
import { makesMask, whyNotPure } from "./pure-layers";

/** Options of {@link bottleneckFeatures}. */
export interface BottleneckOptions {
  /**
   * What is done to each batch before the base, after what `data.map` says, such as
   * `[resize(96), preprocessInput("mobilenet_v2")]`. None may be random.
   */
  transforms?: readonly Transform[];
  /** Samples computed at a time (default 64). */
  batchSize?: number;
  /** Keep the features for the next call with the same model, data and transforms (default true). */
  cache?: boolean;
}

const OWNER = "bottleneckFeatures";

/**
 * The outputs of a base for every sample of a data set, as a data set with the same labels, so that training a head on a
 * frozen base costs the base's work once and not in every epoch.
 *
 * The result has the samples in the order of `data`, unbatched: shuffle and batch it, not `data`. The features are kept,
 * in memory or (from 64 MB on) in the cache folder, by a key of the base's layers and weights, the data and the transforms.
 * With a layer or transform of your own, which may compute anything, they are computed in each call.
 * `model.predict` on the base gives the same numbers but for rounding.
 *
 * @example
 * const features = await bottleneckFeatures(base, train, { transforms: [resize(96), preprocessInput("mobilenet_v2")] });
 * await fit(head, features.shuffle({ bufferSize: features.size }).batch(32), { epochs: 5 });
 */
export async function bottleneckFeatures(
  base: tf.LayersModel,
  data: Dataset,
  options: BottleneckOptions = {},
): Promise<Dataset> {
  const { transforms: more = [], batchSize = 64, cache = true } = checkBottleneck(base, data, options);
  const transforms = [...data.transforms, ...more];
  const doubt = cache ? whyNotKept(base, transforms) : undefined;
  const job = { owner: OWNER, base, data, transforms, batchSize, cache: cache && doubt === undefined };
  const { samples, kept, features } = frozenFeatures(job);
  const { name, split } = data.info;
  informOnce(
    kept
      ? `Using the kept features of ${samples} samples of ${name} (${split}).`
      : `Running the frozen base once over ${samples} samples of ${name} (${split})${cache ? `; its features are ${doubt === undefined ? "kept" : `not kept: ${doubt}`}` : ""}.`,
  );
  return features();
}

/** Why the features must be computed anew in each call. */
function whyNotKept(base: tf.LayersModel, transforms: readonly Transform[]): string | undefined {
  const foreign = transforms.find((transform) => !isOwnTransform(transform));
  if (foreign) return `${foreign.key} may compute anything, since it is not one of the library's transforms`;
  return base.layers.map(whyNotPure).find((reason) => reason !== undefined);
}

function checkBottleneck(base: tf.LayersModel, data: Dataset, options: BottleneckOptions): BottleneckOptions {
  const {
    transforms = [],
    batchSize,
    cache,
  } = checkOptions(OWNER, options, { transforms: true, batchSize: true, cache: true });
  checkBuilt(OWNER, base);
  if (!(data instanceof Dataset)) throw new TypeError(`${OWNER}: expected a Dataset as second argument.`);
  if (batchSize !== undefined) checkNumber(OWNER, "batchSize", batchSize, { integer: true, min: 1 });
  if (cache !== undefined) checkBoolean(OWNER, "cache", cache);
  const all = [...data.transforms, ...transforms];
  const random = all.find((transform) => transform.random);
  if (random) {
    throw new Error(
      `${OWNER}: ${random.key} gives other images at each step, so features computed once would not be those of training. ` +
        "Leave it out, or train the whole model.",
    );
  }
  if (data.batchSize !== undefined || data.storedOrder(0).join() !== data.storedOrder(1).join()) {
    throw new Error(
      `${OWNER}: the data set is shuffled or batched; compute the features first, then shuffle and batch them.`,
    );
  }
  const found = transformedShape(all, data.storage.features.shape);
  const expected = base.inputs[0].shape.slice(1);
  if (expected.length !== found.length || expected.some((size, i) => size !== null && size !== found[i])) {
    throw new Error(
      `${OWNER}: the base '${base.name}' expects samples of shape [${expected.join(", ")}], and gets [${found.join(", ")}]. ` +
        "Add transforms, such as resize(size), or build the base for this size.",
    );
  }
  const masking = leafLayers(base).find(makesMask);
  if (masking && base.outputs[0].shape.length > 2) {
    throw new Error(
      `${OWNER}: '${masking.name}' makes a mask, which the features of the base '${base.name}' would lose. ` +
        "Train the whole model with fit, or end the base where the mask ends, as in a recurrent layer.",
    );
  }
  if (base.outputs[0].shape.slice(1).includes(null)) {
    throw new Error(`${OWNER}: the base's output has an open size; give its input a fixed shape.`);
  }
  return options;
}
