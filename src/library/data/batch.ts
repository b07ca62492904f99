/** Batches: rows of the storage as tensors. */
import { tf } from "../engine/tf";
import { gather, type Storage } from "./storage";

/** A batch; the tensors are float32 (as the losses of tf.layers require of labels too) and belong to the caller. */
export interface Batch {
  /** `[samples, ...shape of a sample]`, scaled. */
  features: tf.Tensor;
  /** `[samples, ...shape of a label]`. */
  labels: tf.Tensor;
  /** `[samples]` or `[samples, steps]`, how much each counts in the loss; only of a data set with sample weights. */
  sampleWeights?: tf.Tensor;
  /** Of a data set with named columns: each by its name; `features` is then all of them side by side. */
  featuresByName?: Record<string, tf.Tensor>;
  /** The same of labels. */
  labelsByName?: Record<string, tf.Tensor>;
  /** The same of weights. */
  weightsByName?: Record<string, tf.Tensor>;
}

/** A batch in plain memory. */
export interface PreparedBatch {
  readonly count: number;
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly sampleWeights?: Float32Array;
}

/** Gathers and scales the rows. */
export function prepareBatch(storage: Storage, rows: Int32Array, scale: number): PreparedBatch {
  const { features, labels, sampleWeights } = storage;
  const weights = sampleWeights && { sampleWeights: gather(sampleWeights, rows) };
  return { count: rows.length, features: gather(features, rows, scale), labels: gather(labels, rows), ...weights };
}

/** Puts it on the engine. */
export function batchTensors(storage: Storage, { count, features, labels, sampleWeights }: PreparedBatch): Batch {
  return {
    features: tf.tensor(features, [count, ...storage.features.shape], "float32"),
    labels: tf.tensor(labels, [count, ...storage.labels.shape], "float32"),
    ...(sampleWeights && { sampleWeights: tf.tensor(sampleWeights, [count, ...storage.sampleWeights!.shape]) }),
  };
}
