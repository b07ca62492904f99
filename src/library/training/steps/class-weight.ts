/** Class weights: how much a sample of each class counts in the loss, as Keras' `class_weight`. */
import { checkNumber, show } from "dnn-lab-core/check";
import type { Dataset } from "../../data/dataset";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import { rowLength } from "../../data/storage";
import { tf } from "../../engine/tf";
import { joinedShape } from "../../techniques/labels";
import { targetsOf } from "../objective/compile";
import type { ClassWeight } from "./step";

/**
 * `[classes]` weights, 1 for a class without a weight; the caller disposes. Throws for a class that the model does not have, and
 * for labels that are not classes.
 */
export function classWeightTensor(weights: ClassWeight, model: tf.LayersModel, data: AnyDataset): tf.Tensor1D {
  if (model.outputs.length > 1) {
    throw new Error(
      `fit: classWeight needs a model with one output, this one has ${model.outputs.length}. Use sample weights: data.withSampleWeights(…).`,
    );
  }
  checkOneClassEach(model, data);
  const classes = classesOf(model, data);
  const values = new Float32Array(classes).fill(1);
  for (const [key, weight] of Object.entries(weights)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= classes) {
      throw new RangeError(`fit: classWeight has class ${show(key)}, but the model has classes 0 to ${classes - 1}.`);
    }
    values[index] = checkNumber("fit", `classWeight[${key}]`, weight, { min: 0 });
  }
  return tf.tensor1d(values);
}

/** One unit answers yes or no: classes 0 and 1. A regression has as many as its labels count. */
function classesOf(model: tf.LayersModel, data: AnyDataset): number {
  const units = (model.outputs[0].shape.at(-1) as number) ?? 1;
  if (units > 1) return units;
  const isBinary = targetsOf(model)?.[0].loss?.labels === "shares";
  if (isBinary) return 2;
  if (data instanceof StreamDataset) {
    throw new Error("fit: classWeight needs to know the classes, and a stream's labels of a regression name none.");
  }
  let largest = 1;
  for (const label of data.storage.labels.values) largest = Math.max(largest, label);
  return largest + 1;
}

function checkOneClassEach(model: tf.LayersModel, data: AnyDataset): void {
  const outputs = model.outputs[0].shape;
  const labels = data.elementShapes.labels;
  const joined = joinedShape([null, ...labels], outputs);
  const advice = "Give weights by sample instead: data.withSampleWeights(…).";
  if (joined.length > 2 || outputs.length > 2) {
    throw new Error(
      `fit: classWeight weighs whole samples, and each has labels of shape [${labels.join(", ")}] (steps or pixels). ${advice}`,
    );
  }
  if (data instanceof StreamDataset) return checkStream(data, rowLength(labels));
  const rowsAreStored =
    labels.length === data.labelShape.length && labels.every((size, i) => size === data.labelShape[i]);
  if (!rowsAreStored) return;
  const width = rowLength(labels);
  if (width > 1) checkRows(data, width, advice);
  else checkNumbers(data);
}

/** Labels that have not come yet: rows could not be looked at. */
function checkStream({ info }: StreamDataset, width: number): void {
  if (width <= 1) return;
  throw new Error(
    `fit: classWeight on the stream '${info.name}' needs class numbers as labels. Or give each sample its weight: sampleWeights: true.`,
  );
}

/** Rows of shares of one class each: their sum is 1. */
function checkRows({ labels }: Dataset, width: number, advice: string): void {
  for (let row = 0; row * width < labels.length; row++) {
    let sum = 0;
    for (const share of labels.subarray(row * width, (row + 1) * width)) sum += share;
    if (Math.abs(sum - 1) < 1e-3) continue;
    throw new Error(
      `fit: classWeight needs one class for each sample, and the labels of sample ${row} add up to ${sum} (several classes, or none). ${advice}`,
    );
  }
}

/** Class numbers; Keras rounds others in silence. */
function checkNumbers({ labels }: Dataset): void {
  const sample = labels.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (sample === -1) return;
  throw new RangeError(`fit: classWeight needs class numbers as labels, sample ${sample} has ${labels[sample]}.`);
}
