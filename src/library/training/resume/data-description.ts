/** A data set as plain data by which two of the same samples in the same batches are equal. */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOf } from "dnn-lab-core/hash";
import type { Dataset } from "../../data/dataset";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";

/** The second pass tells whether samples are shuffled anew, and how. */
const PASSES = [0, 1];

export function describeData(data: AnyDataset) {
  return data instanceof StreamDataset ? describeStream(data) : describeStored(data);
}

/** What can be told of a stream: that the source gives the same samples again is up to its author. */
function describeStream(data: StreamDataset) {
  const { info, steps, scale, transforms, transformSeed } = data;
  return { stream: info.name, steps, scale, transforms: transforms.map(({ key }) => key), transformSeed };
}

function describeStored(data: Dataset) {
  const { info, size, stepsPerEpoch, batchSize, dropRemainder, scale } = data;
  const { sampleWeights } = data.storage;
  return {
    fingerprint: info.fingerprint,
    samples: size,
    steps: stepsPerEpoch,
    batchSize,
    dropRemainder,
    scale,
    transforms: data.transforms.map(({ key }) => key),
    ...columnTransforms(data),
    transformSeed: data.transformSeed,
    columns:
      (data.featureLayout ?? data.labelLayout) ? { features: data.featureLayout, labels: data.labelLayout } : undefined,
    sampleWeights: sampleWeights && hashOfArrays(sampleWeights.values),
    weightColumns: data.weightLayout,
    order: hashOfArrays(...PASSES.flatMap((pass) => [data.storedOrder(pass), data.batchOffsets(pass)])),
  };
}

/** Left out where there are none, as in the checkpoints of earlier versions. */
function columnTransforms({ columnTransforms: all }: Dataset): { columnTransforms?: Record<string, string[]> } {
  const keys = Object.entries(all).map(([name, own]) => [name, own.map(({ key }) => key)] as const);
  return keys.length > 0 ? { columnTransforms: Object.fromEntries(keys) } : {};
}

function hashOfArrays(...arrays: readonly (Float32Array | Int32Array)[]): string {
  return hashOf("sha256", ...arrays.map(bytesOf));
}
