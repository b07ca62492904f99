/** Labels are checked before the first step: their shape beside the outputs, and each value of them. */
import { list } from "dnn-lab-core/check";
import type { AnyDataset } from "../../data/stream/stream-dataset";
import type { LabelCheck } from "../../data/stream/stream-feed";
import { rowLength } from "../../data/storage";
import type { tf } from "../../engine/tf";
import { classShape, fits, joinedShape, kindByShape, type LabelKind, type Shape } from "../../techniques/labels";
import type { Objective, OutputObjective } from "../steps/objective";

/** The labels of one output: their shape as the model gets them, and the stored values. */
interface LabelColumn {
  /** Without the batch's axis. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Shape of a stored label; another one when a transform makes rows of it. */
  readonly storedShape: readonly number[];
}

/** A loss or a metric that reads the labels. */
interface Reader {
  readonly what: string;
  readonly kind: LabelKind;
  readonly ignoreClass?: number;
}

/**
 * Throws when the labels do not fit the outputs, naming both shapes, or when a value is none that the loss or a metric
 * can take (no class number, no share, not finite), naming the sample.
 */
export function checkLabels(owner: string, model: tf.LayersModel, objective: Objective, data: AnyDataset): void {
  objective.outputs.forEach((output, i) => {
    const readers = readersOf(output);
    if (readers.length === 0) return;
    const labels = labelsOf(owner, data, objective, output.name);
    const outputs = model.outputs[i].shape;
    for (const reader of readers) {
      checkShape(owner, reader, [null, ...labels.shape], outputs);
      checkValues(owner, reader, labels, outputs, data);
    }
  });
}

/** The same look at the values for a stream's labels, which come one sample after another; their shape is checked already. */
export function labelCheck(owner: string, model: tf.LayersModel, objective: Objective, data: AnyDataset): LabelCheck {
  const [output] = objective.outputs;
  const labels = labelsOf(owner, data, objective, output.name);
  const outputs = model.outputs[0].shape;
  const rules = readersOf(output)
    .map((reader) => valueRule(reader, labels, outputs))
    .filter((rule) => rule !== undefined);
  return (values) => {
    for (const rule of rules) {
      const wrong = values.find((value) => !rule.allows(value));
      if (wrong !== undefined) throw new RangeError(`its label ${wrong} is ${rule.complaint}.`);
    }
  };
}

function readersOf({ loss, metrics, weightedMetrics }: OutputObjective): Reader[] {
  const first = loss ? [{ what: `the loss ${loss.lossName}`, kind: loss.labels, ignoreClass: loss.ignoreClass }] : [];
  const others = [...metrics, ...weightedMetrics];
  // A class that the loss ignores does not count for the metrics either.
  return [
    ...first,
    ...others.map(({ metricName, labels }) => ({
      what: `the metric '${metricName}'`,
      kind: labels,
      ignoreClass: loss?.ignoreClass,
    })),
  ];
}

function labelsOf(owner: string, data: AnyDataset, objective: Objective, output: string): LabelColumn {
  const column = data.labelColumn(output);
  if (!column || (objective.outputs.length > 1 && !data.labelLayout)) {
    const names = objective.outputs.map(({ name }) => name);
    throw new Error(
      `${owner}: the model has the outputs ${list(names)}, and the data set no labels of each. Name them: ` +
        `datasetFromArrays({ features, labels: { ${names.join(", ")} } }).`,
    );
  }
  const shape = data.labelLayout ? column.shape : data.elementShapes.labels;
  return { shape, values: column.values, storedShape: column.shape };
}

/** What "byShape" comes to beside these shapes. */
function settled(kind: LabelKind, labels: Shape, outputs: Shape): LabelKind {
  if (kind !== "byShape") return kind;
  return kindByShape(labels, outputs) === "sparse" ? "classes" : "same";
}

function checkShape(owner: string, { what, kind }: Reader, labels: Shape, outputs: Shape): void {
  const settledKind = settled(kind, labels, outputs);
  if (settledKind === "any") return;
  const isClasses = settledKind === "classes";
  const expected = isClasses ? outputs.slice(0, -1) : outputs;
  const found = isClasses ? classShape(labels, outputs) : joinedShape(labels, outputs);
  if (fits(found, expected)) return;
  const units = outputs.at(-1) ?? 1;
  const isRows = isClasses && labels.length === outputs.length;
  const isNumbers = !isClasses && labels.length === outputs.length - 1 && units > 1;
  if (isRows) {
    throw new Error(
      `${owner}: the labels are rows of ${labels.at(-1)} shares (one-hot, mixup), which ${named(what)} does not take. ` +
        `Compile the model with ${isLoss(what) ? "loss: 'categoricalCrossentropy'" : "a metric for rows, such as 'accuracy'"}.`,
    );
  }
  if (isNumbers && /ategorical/.test(what)) {
    throw new Error(
      `${owner}: the labels are class numbers, and ${named(what)} takes rows of ${units} shares. ` +
        `Compile the model with ${isLoss(what) ? "loss: 'sparseCategoricalCrossentropy'" : "a metric for class numbers"}, or use data.oneHot(${units}).`,
    );
  }
  throw new Error(
    `${owner}: the labels have shape ${inBrackets(labels)}, the model's outputs ${inBrackets(outputs)}; ${what} needs labels ` +
      `${isClasses ? `of class numbers, ${inBrackets(expected)}` : `of the outputs' shape${units === 1 ? `, or ${inBrackets(outputs.slice(0, -1))}` : ""}`}.`,
  );
}

function isLoss(what: string): boolean {
  return what.startsWith("the loss");
}

function named(what: string): string {
  return what.replace("the loss ", "");
}

function inBrackets([, ...shape]: Shape): string {
  return `[${["n", ...shape.map((size) => size ?? "any")].join(", ")}]`;
}

function checkValues(owner: string, reader: Reader, labels: LabelColumn, outputs: Shape, data: AnyDataset): void {
  const { values, storedShape } = labels;
  const rule = valueRule(reader, labels, outputs);
  if (!rule) return;
  const width = rowLength(storedShape);
  let used: Set<number> | undefined;
  for (let i = 0; i < values.length; i++) {
    if (rule.allows(values[i])) continue;
    const sample = Math.floor(i / width);
    // Rows that no pass takes may hold anything.
    used ??= new Set(data.usedRows());
    if (!used.has(sample)) continue;
    const place = width > 1 ? ` (number ${i % width} of its labels)` : "";
    throw new RangeError(`${owner}: label ${values[i]} of sample ${sample}${place} is ${rule.complaint}.`);
  }
}

function valueRule(reader: Reader, { storedShape, shape }: LabelColumn, outputs: Shape): ValueRule | undefined {
  // A transform (mixup) makes rows of shares of the stored class numbers.
  const isTransformed = storedShape.length !== shape.length || storedShape.some((size, i) => size !== shape[i]);
  return isTransformed ? undefined : ruleOf(settled(reader.kind, [null, ...shape], outputs), reader, outputs);
}

interface ValueRule {
  allows(value: number): boolean;
  readonly complaint: string;
}

/** Shares may miss 0 and 1 by a rounding. */
const ROUNDING = 1e-5;

function ruleOf(kind: LabelKind, { what, ignoreClass }: Reader, outputs: Shape): ValueRule | undefined {
  if (kind === "any") return undefined;
  if (kind === "classes") {
    const classes = outputs.at(-1) ?? Infinity;
    return {
      allows: (value) => (Number.isInteger(value) && value >= 0 && value < classes) || value === ignoreClass,
      complaint:
        `no class: the outputs have ${classes} units, so ${what} takes whole numbers from 0 to ${classes - 1}` +
        (ignoreClass === undefined ? "" : ` and ${ignoreClass}`),
    };
  }
  if (kind === "shares") {
    return {
      allows: (value) => value >= -ROUNDING && value <= 1 + ROUNDING,
      complaint: `no probability: ${what} takes numbers from 0 to 1`,
    };
  }
  return { allows: Number.isFinite, complaint: `no finite number, which ${what} needs` };
}
