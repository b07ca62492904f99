/** A frozen base, run once over the data. */
import { createHash } from "node:crypto";
import { checkBoolean, checkNumber, checkOptions } from "../../core/check";
import { checkInterrupt } from "../../core/interrupt";
import { startProgress } from "../../core/progress";
import { applyTransforms, transformedShape, type Transform } from "../../data/augment";
import { Dataset } from "../../data/dataset";
import { notifyOnce } from "../../data/notice";
import { gather, rowLength } from "../../data/storage";
import { deviceData } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { FeatureExtractor } from "./feature-extractor";
import { keepFeatures, keptFeatures } from "./feature-store";
import { modelHash } from "./model-hash";

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
/** Samples between two looks at the clock and at the stop button. */
const CHUNK = 512;

/**
 * The outputs of a base for every sample of a data set, as a data set with the same labels, so that training a head on a
 * frozen base costs the base's work once and not in every epoch.
 *
 * The result has the samples in the order of `data`, unbatched: shuffle and batch it, not `data`. The features are kept,
 * in memory or (from 64 MB on) in the cache folder, by a key of the base's layers and weights, the data and the transforms.
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
  const shape = base.outputs[0].shape.slice(1) as number[];
  const rows = data.order(0);
  const length = rows.length * rowLength(shape);
  const key = featureKey(base, data, rows, transforms);
  const kept = cache ? keptFeatures(key, length) : undefined;
  const values = kept ?? (await compute({ base, data, rows, transforms, batchSize, length }));
  if (kept) notifyOnce(`Using the kept features of ${rows.length} samples of ${data.info.name} (${data.info.split}).`);
  else if (cache) await keepFeatures(key, values);
  return asDataset(data, rows, { values, shape }, key);
}

function checkBottleneck(base: tf.LayersModel, data: Dataset, options: BottleneckOptions): BottleneckOptions {
  const { transforms = [], batchSize, cache } = checkOptions(OWNER, options, ["transforms", "batchSize", "cache"]);
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
  if (data.batchSize !== undefined || data.order(0).join() !== data.order(1).join()) {
    throw new Error(
      `${OWNER}: the data set is shuffled or batched; compute the features first, then shuffle and batch them.`,
    );
  }
  const found = transformedShape(all, data.features.shape);
  const expected = base.inputs[0].shape.slice(1);
  if (expected.length !== found.length || expected.some((size, i) => size !== null && size !== found[i])) {
    throw new Error(
      `${OWNER}: the base '${base.name}' expects samples of shape [${expected.join(", ")}], and gets [${found.join(", ")}]. ` +
        "Add transforms, such as resize(size), or build the base for this size.",
    );
  }
  if (base.outputs[0].shape.slice(1).includes(null)) {
    throw new Error(`${OWNER}: the base's output has an open size; give its input a fixed shape.`);
  }
  return options;
}

function featureKey(base: tf.LayersModel, data: Dataset, rows: Int32Array, transforms: readonly Transform[]): string {
  const hash = createHash("sha256").update(modelHash(base));
  hash.update(JSON.stringify([data.info.fingerprint, data.scale, transforms.map(({ key }) => key)]));
  return hash
    .update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
    .digest("hex")
    .slice(0, 40);
}

interface Job {
  readonly base: tf.LayersModel;
  readonly data: Dataset;
  readonly rows: Int32Array;
  readonly transforms: readonly Transform[];
  readonly batchSize: number;
  readonly length: number;
}

async function compute({ base, data, rows, transforms, batchSize, length }: Job): Promise<Float32Array> {
  const { name, split } = data.info;
  notifyOnce(`Running the frozen base once over ${rows.length} samples of ${name} (${split}); its features are kept.`);
  const values = new Float32Array(length);
  const width = length / rows.length;
  const images = deviceData(data.features.values, data.features.shape);
  const forward = (features: tf.Tensor) => {
    const batch = { features: features as tf.Tensor4D, labels: tf.zeros([features.shape[0]]) };
    const changed = transforms.length > 0 ? applyTransforms(transforms, batch, 0, 0).features : features;
    return base.apply(changed, { training: false }) as tf.Tensor;
  };
  const extractor = new FeatureExtractor(images, data.scale, forward, { rows, batchSize });
  const progress = startProgress({ title: "Computing features", total: rows.length, unit: "samples" });
  try {
    for (let done = 0; done < rows.length;) {
      const part = extractor.next(done, Math.max(CHUNK, batchSize));
      values.set(part, done * width);
      done += part.length / width;
      progress.update(done);
      await new Promise((resume) => setImmediate(resume));
      checkInterrupt(OWNER);
    }
    return values;
  } finally {
    progress.finish();
    extractor.dispose();
    images.dispose();
  }
}

function asDataset(
  data: Dataset,
  rows: Int32Array,
  features: { values: Float32Array; shape: readonly number[] },
  key: string,
): Dataset {
  const gathered = gather({ values: data.labels, shape: data.labelShape }, rows);
  const labels = {
    values: data.labels instanceof Float32Array ? gathered : Int32Array.from(gathered),
    shape: data.labelShape,
  };
  const notes = [...data.info.notes, "features of a frozen base"];
  return Dataset.fromStorage({ rows: rows.length, features, labels }, { ...data.info, fingerprint: key, notes });
}
