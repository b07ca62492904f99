/** A data set as plain data by which two of the same samples in the same batches are equal. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../data/dataset";

/** The second pass tells whether samples are shuffled anew, and how. */
const PASSES = [0, 1];

export function describeData(data: Dataset) {
  const { info, size, stepsPerEpoch, batchSize, dropRemainder, scale, sampleWeights } = data;
  return {
    fingerprint: info.fingerprint,
    samples: size,
    steps: stepsPerEpoch,
    batchSize,
    dropRemainder,
    scale,
    transforms: data.transforms.map(({ key }) => key),
    transformSeed: data.transformSeed,
    sampleWeights: sampleWeights && hashOf(sampleWeights),
    order: hashOf(...PASSES.flatMap((pass) => [data.order(pass), data.batchOffsets(pass)])),
  };
}

function hashOf(...arrays: readonly (Float32Array | Int32Array)[]): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}
