/** What can be done to each batch on its way to a model, on the engine: resizing, normalization, augmentation. */
import { mixSeeds } from "./seeds";
import type { Step } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";

/** A batch on the engine. */
export interface TransformBatch {
  /** `[samples, height, width, channels]`, float32. */
  readonly features: tf.Tensor4D;
  /** `[samples]` class numbers, or `[samples, classes]`. */
  readonly labels: tf.Tensor;
  /** `[samples]`, how much each counts in the loss; undefined when all count alike. */
  readonly sampleWeights?: tf.Tensor;
}

/**
 * A pure function of a batch and of (seed, step): it draws nothing from elsewhere and reads no values, so that a recorded
 * step can replay it with new random numbers, and a run can be repeated.
 */
export interface Transform {
  /** Name and settings as a text: equal for transforms that do the same. */
  readonly key: string;
  /** Whether it draws random numbers. Such a transform belongs to training only, and its results are not worth keeping. */
  readonly random: boolean;
  /** Shape of a sample after it; throws when it cannot be applied to samples of `shape`. */
  outputShape(shape: readonly number[]): readonly number[];
  /** Shape of a label after it (default: unchanged). */
  labelShape?(shape: readonly number[]): readonly number[];
  /** The changed batch; `seed` and `step` are all that randomness may depend on. */
  apply(batch: TransformBatch, seed: number, step: Step): TransformBatch;
  /** What remains of a random transform outside training (default: nothing). */
  outsideTraining?(batch: TransformBatch): TransformBatch;
}

const own = new WeakSet<Transform>();

/** Whether the library has made the transform, so that its key tells all that it does. */
export function isOwnTransform(transform: Transform): boolean {
  return own.has(transform);
}

function owned(transform: Transform): Transform {
  own.add(transform);
  return transform;
}

/** A transform of the images alone that draws nothing. */
export function imageTransform(
  key: string,
  apply: (images: tf.Tensor4D) => tf.Tensor,
  outputShape: (shape: readonly number[]) => readonly number[] = (shape) => shape,
): Transform {
  return owned({
    key,
    random: false,
    outputShape: (shape) => outputShape(checkImage(key, shape)),
    apply: (batch) => ({ ...batch, features: tf.tidy(() => apply(batch.features)) as tf.Tensor4D }),
  });
}

/** A random transform. `apply` gets a seed of its own for each kind of number that it draws: `seed(0)`, `seed(1)` … */
export function randomTransform(
  key: string,
  apply: (batch: TransformBatch, seed: (use: number) => number, step: Step) => TransformBatch,
  outputShape: (shape: readonly number[]) => readonly number[] = (shape) => shape,
): Transform {
  return {
    key,
    random: true,
    outputShape: (shape) => outputShape(checkImage(key, shape)),
    apply: (batch, seed, step) =>
      tf.tidy(() => ({ ...batch, ...apply(batch, (use) => mixSeeds(seed, use), step) })) as unknown as TransformBatch,
  };
}

/**
 * Applies transforms one after another; the n-th draws from a seed of its own. The results belong to the caller.
 *
 * @param step number of the training step; undefined outside training, where random transforms are left out.
 */
export function applyTransforms(
  transforms: readonly Transform[],
  batch: TransformBatch,
  seed: number,
  step: Step | undefined,
): TransformBatch {
  const apply = (result: TransformBatch, transform: Transform, i: number) => {
    if (transform.random && step === undefined) return transform.outsideTraining?.(result) ?? result;
    return transform.apply(result, mixSeeds(seed, i), step ?? 0);
  };
  return tf.tidy(() => {
    const { features, labels, sampleWeights } = batch;
    const copy: TransformBatch = {
      features: features.clone(),
      labels: labels.clone(),
      ...(sampleWeights && { sampleWeights: sampleWeights.clone() }),
    };
    return transforms.reduce(apply, copy) as never;
  });
}

/** Shape of a label after all of them. */
export function transformedLabelShape(transforms: readonly Transform[], shape: readonly number[]): readonly number[] {
  return transforms.reduce<readonly number[]>((result, transform) => transform.labelShape?.(result) ?? result, shape);
}

/** Shape of a sample after all of them. */
export function transformedShape(transforms: readonly Transform[], shape: readonly number[]): readonly number[] {
  return transforms.reduce<readonly number[]>((result, transform) => transform.outputShape(result), shape);
}

function checkImage(key: string, shape: readonly number[]): readonly number[] {
  if (shape.length === 3) return shape;
  throw new Error(`${key}: expected images [height, width, channels], the samples have shape [${shape.join(", ")}].`);
}
