/** How far predicted and labelled regions overlap: intersection over union. */
import { checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { classNumbers, joined, type Shape } from "../labels";
import { METRIC_OPTIONS, makeSumsMetric, type MetricOptions, type SumsMetric, weighted } from "./metric";

/** Options of {@link meanIoU}. */
export interface MeanIoUOptions extends MetricOptions {
  /** Number of classes, at least 2 (default: the units of the outputs). */
  numClasses?: number;
  /** Positions with this label do not count (default none). */
  ignoreClass?: number;
}

const MEAN_OPTIONS: OptionNames<MeanIoUOptions> = { numClasses: true, ignoreClass: true, ...METRIC_OPTIONS };

/** Options of {@link iou}. */
export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean is taken. */
  targetClassIds: readonly number[];
}

/** Options of {@link binaryIoU}. */
export interface BinaryIoUOptions extends MetricOptions {
  /** The classes whose mean is taken (default [0, 1]). */
  targetClassIds?: readonly number[];
  /** Outputs of at least this count as class 1 (default 0.5). */
  threshold?: number;
}

/**
 * The mean over the classes of |A ∩ B| / |A ∪ B|, A being the positions that are labelled so and B those that are
 * predicted so, counted over the whole epoch. Labels are class numbers `[n, ...]` or rows `[n, ..., classes]`, outputs
 * rows of scores `[n, ..., classes]` (the largest counts) or class numbers `[n, ..., 1]`: the shapes decide.
 *
 * @throws RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: [meanIoU()] })
 */
export function meanIoU(options: MeanIoUOptions = {}): SumsMetric {
  return overlap("meanIoU", "mean_io_u", options, undefined);
}

/**
 * The same for some of the classes.
 *
 * @throws RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: [iou({ targetClassIds: [1] })] })
 */
export function iou(options: IoUOptions): SumsMetric {
  const { targetClassIds } = checkOptions("iou", options, { targetClassIds: true, ...MEAN_OPTIONS });
  return overlap("iou", "io_u", options, checkIds("iou", targetClassIds));
}

/**
 * The same for one unit and labels 0 and 1.
 *
 * @throws RangeError for options out of range.
 * @example model.compile({ optimizer: adam(), loss: "bce", metrics: [binaryIoU({ threshold: 0.4 })] })
 */
export function binaryIoU(options: BinaryIoUOptions = {}): SumsMetric {
  const owner = "binaryIoU";
  const { threshold = 0.5, targetClassIds = [0, 1] } = checkOptions(owner, options, {
    threshold: true,
    targetClassIds: true,
    ...METRIC_OPTIONS,
  });
  checkNumber(owner, "threshold", threshold);
  const ids = checkIds(owner, targetClassIds);
  const parts = {
    labels: "same" as const,
    width: () => 4,
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) =>
      countsOf(labels, tf.cast(tf.greaterEqual(outputs, threshold), "int32"), 2, weights),
    result: (sums: Float64Array) => meanOverlap(sums, 2, ids),
  };
  return makeSumsMetric("binary_io_u", parts, options);
}

function checkIds(owner: string, ids: readonly number[]): readonly number[] {
  if (!Array.isArray(ids) || ids.length === 0) {
    throw new TypeError(`${owner}: targetClassIds must be an array of class numbers, received ${show(ids)}.`);
  }
  ids.forEach((id: number, i) => checkNumber(owner, `targetClassIds[${i}]`, id, { integer: true, min: 0 }));
  return ids as readonly number[];
}

function overlap(
  owner: string,
  kerasName: string,
  options: MeanIoUOptions,
  ids: readonly number[] | undefined,
): SumsMetric {
  const { numClasses, ignoreClass } = ids ? options : checkOptions(owner, options, MEAN_OPTIONS);
  if (numClasses !== undefined) checkNumber(owner, "numClasses", numClasses, { integer: true, min: 2 });
  if (ignoreClass !== undefined) checkNumber(owner, "ignoreClass", ignoreClass, { integer: true });
  const classesOf = (outputs: Shape) => {
    const units = outputs.at(-1) ?? 1;
    const classes = numClasses ?? units;
    const largest = Math.max(0, ...(ids ?? []));
    if (classes >= 2 && (units === 1 || units === classes) && largest < classes) return classes;
    throw new RangeError(
      `${owner}: the outputs have ${units} units, numClasses is ${numClasses ?? "not given"}` +
        `${ids ? `, targetClassIds are ${show(ids)}` : ""}; expected as many units as classes, at least 2 ` +
        "(for one sigmoid unit: binaryIoU).",
    );
  };
  const parts = {
    labels: "byShape" as const,
    width: (outputs: Shape) => classesOf(outputs) ** 2,
    sums: (labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => {
      const classes = classesOf(outputs.shape);
      const isRows = outputs.shape.at(-1) === classes;
      const predicted = isRows ? tf.argMax(outputs, -1) : outputs;
      return countsOf(labelNumbers(labels, outputs, isRows), predicted, classes, weights, ignoreClass);
    },
    result: (sums: Float64Array) => {
      const classes = Math.sqrt(sums.length);
      return meanOverlap(sums, classes, ids ?? Array.from({ length: classes }, (_, i) => i));
    },
  };
  return makeSumsMetric(kerasName, parts, options);
}

/** Class numbers of the labels, from numbers or rows. */
function labelNumbers(labels: tf.Tensor, outputs: tf.Tensor, isRows: boolean): tf.Tensor {
  if (!isRows) return joined(labels, outputs);
  const isSame = labels.rank === outputs.rank && labels.shape.at(-1) === outputs.shape.at(-1);
  return isSame ? tf.argMax(labels, -1) : classNumbers(labels, outputs);
}

/** `[classes, classes]`: how often class i (row) was predicted as class j. Numbers that are no class do not count. */
function countsOf(
  labels: tf.Tensor,
  predicted: tf.Tensor,
  classes: number,
  weights?: tf.Tensor,
  ignoreClass?: number,
): tf.Tensor {
  const rows = (x: tf.Tensor) => {
    // One-hot encoding leaves a row of zeros for a number out of range.
    const numbers = tf.cast(tf.reshape(x, [-1]), "int32") as tf.Tensor1D;
    return tf.cast(tf.oneHot(numbers, classes), "float32");
  };
  const perSample = weights && weighted(tf.onesLike(tf.cast(labels, "float32")), weights);
  let is = rows(labels);
  if (perSample) is = tf.mul(is, tf.reshape(perSample, [-1, 1]));
  if (ignoreClass !== undefined) {
    const counts = tf.cast(tf.notEqual(tf.reshape(labels, [-1, 1]), ignoreClass), "float32");
    is = tf.mul(is, counts);
  }
  return tf.matMul(is as tf.Tensor2D, rows(predicted) as tf.Tensor2D, true);
}

/** The mean of intersection over union, of those of `ids` that occur. */
function meanOverlap(counts: Float64Array, classes: number, ids: readonly number[]): number {
  const sumOf = (start: number, stride: number) =>
    Array.from({ length: classes }, (_, i) => counts[start + i * stride]).reduce((a, b) => a + b, 0);
  const scores = ids.flatMap((id) => {
    const both = counts[id * classes + id];
    const union = sumOf(id * classes, 1) + sumOf(id, classes) - both;
    return union > 0 ? [both / union] : [];
  });
  return scores.length === 0 ? 0 : scores.reduce((a, b) => a + b, 0) / scores.length;
}
