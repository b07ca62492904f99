/** Samples of a stream side by side, as rows in plain memory. */
import type { PreparedBatch } from "../batch";
import { type FeatureValues, rowLength, type Storage } from "../storage";
import type { StreamSample } from "./stream-sample";

type Packed<Values> = Omit<PreparedBatch, "features"> & { readonly features: Values };

/** Scaled and in float32, as a batch is; or with `like` in its kind of array, where the scale is 1, and in its memory where it has enough. */
export function packSamples(form: Storage, samples: readonly StreamSample[], scale: number): Packed<Float32Array>;
export function packSamples(
  form: Storage,
  samples: readonly StreamSample[],
  scale: number,
  like: FeatureValues,
): Packed<FeatureValues>;
export function packSamples(
  form: Storage,
  samples: readonly StreamSample[],
  scale: number,
  like: FeatureValues = new Float32Array(),
): Packed<FeatureValues> {
  const count = samples.length;
  const width = rowLength(form.features.shape);
  const features = room(like, count * width);
  const labelWidth = rowLength(form.labels.shape);
  const labels = new Float32Array(count * labelWidth);
  const sampleWeights = form.sampleWeights && new Float32Array(count);
  samples.forEach((sample, row) => {
    features.set(sample.features, row * width);
    labels.set(sample.labels, row * labelWidth);
    if (sampleWeights) sampleWeights[row] = sample.weight;
  });
  if (scale !== 1) for (let i = 0; i < features.length; i++) features[i] *= scale;
  return { count, features, labels, ...(sampleWeights && { sampleWeights }) };
}

/** So many numbers in the kind of array of `like`: its own first ones, or new ones. */
function room(like: FeatureValues, length: number): FeatureValues {
  if (like.length >= length) return like.subarray(0, length);
  return like instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
}
