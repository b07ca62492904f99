/** A data set as plain data by which two of the same samples in the same batches are equal. */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOf } from "dnn-lab-core/hash";
import type { Dataset } from "../../data/dataset";

/** The second pass tells whether samples are shuffled anew, and how. */
const PASSES = [0, 1];

export function describeData(data: Dataset) {
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
    transformSeed: data.transformSeed,
    columns:
      (data.featureLayout ?? data.labelLayout) ? { features: data.featureLayout, labels: data.labelLayout } : undefined,
    sampleWeights: sampleWeights && hashOfArrays(sampleWeights),
    order: hashOfArrays(...PASSES.flatMap((pass) => [data.storedOrder(pass), data.batchOffsets(pass)])),
  };
}

function hashOfArrays(...arrays: readonly (Float32Array | Int32Array)[]): string {
  return hashOf("sha256", ...arrays.map(bytesOf));
}
