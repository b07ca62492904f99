/** How the labels of a batch meet the outputs of a model: by shape, as Keras joins them. */
import { tf } from "../engine/tf";

/**
 * What labels a loss or a metric takes beside outputs `[n, ..., units]`:
 * - `same`: one number for each number of the outputs, `[n, ..., units]` (`[n, ...]` where units is 1);
 * - `classes`: class numbers `[n, ...]` or `[n, ..., 1]`, whole and from 0 to units − 1;
 * - `shares`: as `same`, each number from 0 to 1;
 * - `byShape`: one of these, as the shapes of labels and outputs say;
 * - `any`: what a function of the user's own takes.
 */
export type LabelKind = "same" | "classes" | "shares" | "byShape" | "any";

/** A size that is not known yet is null. */
export type Shape = readonly (number | null)[];

/** The shape that labels get beside outputs: an axis of 1 is added or dropped where the ranks differ by one. */
export function joinedShape(labels: Shape, outputs: Shape): Shape {
  if (outputs.length === labels.length + 1 && outputs.at(-1) === 1) return [...labels, 1];
  if (labels.length === outputs.length + 1 && labels.at(-1) === 1) return labels.slice(0, -1);
  return labels;
}

/** The shape that class numbers get: that of the outputs without their last axis. */
export function classShape(labels: Shape, outputs: Shape): Shape {
  return labels.length === outputs.length && labels.at(-1) === 1 ? labels.slice(0, -1) : labels;
}

/** Labels in the shape that {@link joinedShape} tells. */
export function joined(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return reshaped(labels, joinedShape(labels.shape, outputs.shape));
}

/** Class numbers in the shape that {@link classShape} tells. */
export function classNumbers(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return reshaped(labels, classShape(labels.shape, outputs.shape));
}

function reshaped(labels: tf.Tensor, shape: Shape): tf.Tensor {
  return shape.length === labels.rank ? labels : tf.reshape(labels, shape as number[]);
}

/** Whether both shapes may be the same. */
export function fits(found: Shape, expected: Shape): boolean {
  return found.length === expected.length && found.every((size, i) => size === null || sizeFits(size, expected[i]));
}

function sizeFits(size: number, expected: number | null): boolean {
  return expected === null || size === expected;
}

/** What "accuracy" and "crossentropy" mean beside these shapes: Keras' rule. */
export function kindByShape(labels: Shape, outputs: Shape): "binary" | "sparse" | "categorical" {
  const units = outputs.at(-1);
  if (units === 1) return "binary";
  return labels.length < outputs.length || labels.at(-1) === 1 ? "sparse" : "categorical";
}

/** Throws unless labels and outputs have one shape, which an operation would otherwise stretch in silence. */
export function checkSameShape(owner: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  if (fits(labels.shape, outputs.shape)) return;
  const [found, expected] = [labels.shape, outputs.shape].map((shape) => `[${shape.join(", ")}]`);
  throw new Error(`${owner}: the labels have shape ${found}, the outputs ${expected}; they must have the same shape.`);
}
