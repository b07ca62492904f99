/** The outputs of a base for rows of a data set, computed once and kept. */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOf } from "dnn-lab-core/hash";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { applyTransforms, type Transform } from "../../data/augment/transform";
import type { Dataset } from "../../data/dataset";
import { rowLength } from "../../data/storage";
import { deviceData } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { FeatureExtractor } from "./feature-extractor";
import { keepFeatures, keptFeatures } from "./feature-store";
import { modelHash } from "./model-hash";

export interface FeatureJob {
  /** Who asks, for the message of an interrupt. */
  readonly owner: string;
  readonly base: tf.LayersModel;
  readonly data: Dataset;
  /** What is done to each batch before the base; none random. */
  readonly transforms: readonly Transform[];
  /** Samples computed at a time. */
  readonly batchSize: number;
  /** Whether to use what is kept, and to keep what was computed. */
  readonly cache: boolean;
  /** Shows no progress (default false). */
  readonly silent?: boolean;
}

export interface FrozenFeatures {
  /** Samples that passes over the data take. */
  readonly samples: number;
  /** Whether their features are there already. */
  readonly kept: boolean;
  /** The data with the features in their place; computes them when they are not there. */
  features(): Promise<Dataset>;
}

/** Samples between two looks at the clock and at the stop button. */
const CHUNK = 512;

/** The features of all samples that passes over the data take, each once. */
export function frozenFeatures(job: FeatureJob): FrozenFeatures {
  const { base, data, cache } = job;
  const rows = data.usedRows();
  const shape = base.outputs[0].shape.slice(1) as number[];
  const length = rows.length * rowLength(shape);
  const key = featureKey(job, rows);
  const kept = cache ? keptFeatures(key, length) : undefined;
  return {
    samples: rows.length,
    kept: kept !== undefined,
    async features() {
      const values = kept ?? (await compute(job, rows, length));
      if (cache && !kept) await keepFeatures(key, values);
      return data.withFeatures({ values, shape }, key);
    },
  };
}

function featureKey({ base, data, transforms }: FeatureJob, rows: Int32Array): string {
  const pipeline = JSON.stringify([data.info.fingerprint, data.scale, transforms.map(({ key }) => key)]);
  return hashOf("sha256", modelHash(base), pipeline, bytesOf(rows)).slice(0, 40);
}

async function compute(job: FeatureJob, rows: Int32Array, length: number): Promise<Float32Array> {
  const { owner, base, data, transforms, batchSize } = job;
  const values = new Float32Array(length);
  const width = length / rows.length;
  const images = deviceData(data.storage.features.values, data.storage.features.shape);
  const forward = (features: tf.Tensor) => {
    const batch = { features: features as tf.Tensor4D, labels: tf.zeros([features.shape[0]]) };
    const changed = transforms.length > 0 ? applyTransforms(transforms, batch, 0, undefined).features : features;
    return base.apply(changed, { training: false }) as tf.Tensor;
  };
  const extractor = new FeatureExtractor(images, data.scale, forward, { rows, batchSize });
  const progress = job.silent
    ? undefined
    : startProgress({ title: "Computing features", total: rows.length, unit: "samples" });
  try {
    for (let done = 0; done < rows.length;) {
      const part = extractor.next(done, Math.max(CHUNK, batchSize));
      values.set(part, done * width);
      done += part.length / width;
      progress?.update(done);
      await new Promise((resume) => setImmediate(resume));
      checkInterrupt(owner);
    }
    return values;
  } finally {
    progress?.finish();
    extractor.dispose();
    images.dispose();
  }
}
