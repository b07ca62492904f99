/** One sample of a stream: what the source gives, checked and copied. */
import { show } from "dnn-lab-core/check";
import { flatten, type NestedNumbers } from "../nested";
import { asNumber, isTypedNumbers, type TypedNumbers } from "../stored-numbers";
import { type FeatureValues, rowLength } from "../storage";

/** The numbers of a sample or a label: one number, a typed array, or nested arrays. */
export type StreamValues = number | boolean | bigint | TypedNumbers | NestedNumbers;

/** A sample as a generator yields it, in Keras' order: features, label, and how much it counts in the loss. */
export type GivenSample =
  | readonly [features: StreamValues, label: StreamValues]
  | readonly [features: StreamValues, label: StreamValues, sampleWeight: number];

export interface StreamSample {
  /** Its number in the pass, counted where it came from. */
  readonly number: number;
  readonly features: FeatureValues;
  readonly labels: Float32Array;
  readonly weight: number;
}

/** What all samples of a stream have in common. */
export interface StreamForm {
  readonly shape: readonly number[];
  readonly labelShape: readonly number[];
  readonly dtype: "float32" | "uint8";
  /** Whether a third entry is given. */
  readonly weighted: boolean;
  /** How many classes there are, where the labels are their numbers. */
  readonly classes?: number;
}

/** Reads samples of one form. The sources' arrays may be used again: the numbers are copied. */
export function sampleReader(form: StreamForm): (given: unknown, number: number) => StreamSample {
  const width = rowLength(form.shape);
  const labelWidth = rowLength(form.labelShape);
  return (given, number) => {
    const [features, label, weight] = entries(given, form.weighted);
    const values = form.dtype === "uint8" ? new Uint8Array(width) : new Float32Array(width);
    copyInto(values, "features", features, form.shape);
    const labels = new Float32Array(labelWidth);
    copyInto(labels, "label", label, form.labelShape);
    if (form.classes !== undefined) checkClass(labels, form.classes);
    return { number, features: values, labels, weight: form.weighted ? checkedWeight(weight) : 1 };
  };
}

function entries(given: unknown, weighted: boolean): readonly unknown[] {
  const wanted = weighted ? 3 : 2;
  if (Array.isArray(given) && given.length === wanted) return given;
  const what = weighted ? "[features, label, sampleWeight]" : "[features, label]";
  const advice =
    Array.isArray(given) && given.length === 3 ? " Pass sampleWeights: true for weights in the third place." : "";
  throw new TypeError(`expected ${what}, received ${show(given)}.${advice}`);
}

function checkClass(labels: Float32Array, classes: number): void {
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong === undefined) return;
  throw new RangeError(`its label ${wrong} is no class; with ${classes} classes labels run from 0 to ${classes - 1}.`);
}

function checkedWeight(weight: unknown): number {
  if (typeof weight === "number" && Number.isFinite(weight) && weight >= 0) return weight;
  throw new RangeError(`its sampleWeight must be a finite number of at least 0, received ${show(weight)}.`);
}

function copyInto(target: FeatureValues, what: string, given: unknown, shape: readonly number[]): void {
  const values = numbersOf(what, given, shape);
  if (values.length !== target.length) {
    throw new RangeError(
      `its ${what} are ${values.length} numbers, and shape [${shape.join(", ")}] has ${target.length}.`,
    );
  }
  if (target instanceof Uint8Array) copyBytes(target, what, values);
  else copyFloats(target, what, values);
}

function copyBytes(target: Uint8Array, what: string, values: ArrayLike<number>): void {
  target.set(values);
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return;
  for (let i = 0; i < target.length; i++) {
    if (target[i] === values[i]) continue;
    throw new RangeError(
      `its ${what} contain ${values[i]}, and dtype "uint8" takes whole numbers from 0 to 255. Pass dtype: "float32".`,
    );
  }
}

function copyFloats(target: Float32Array, what: string, values: ArrayLike<number>): void {
  target.set(values);
  for (let i = 0; i < target.length; i++) {
    if (Number.isFinite(target[i])) continue;
    const reason = Number.isFinite(values[i]) ? ", which is too large for float32" : "";
    throw new RangeError(`its ${what} contain ${values[i]}${reason}; replace it or leave the sample out.`);
  }
}

function numbersOf(what: string, given: unknown, shape: readonly number[]): ArrayLike<number> {
  if (given instanceof BigInt64Array || given instanceof BigUint64Array) return Array.from(given, Number);
  if (isTypedNumbers(given)) return given as ArrayLike<number>;
  if (Array.isArray(given)) return nestedNumbers(what, given as NestedNumbers, shape);
  const number = asNumber(given);
  if (number !== undefined) return [number];
  const isTensor = typeof given === "object" && given !== null && "dataSync" in given;
  const advice = isTensor ? " Pass tensor.dataSync(), and dispose of the tensor." : "";
  throw new TypeError(`its ${what} must be a number, an array or a typed array, received ${show(given)}.${advice}`);
}

function nestedNumbers(what: string, given: NestedNumbers, shape: readonly number[]): readonly number[] {
  const { values, shape: found } = flatten(`its ${what}`, given);
  const isFlat = found.length <= 1;
  if (isFlat || found.join() === shape.join()) return values;
  throw new RangeError(`its ${what} have shape [${found.join(", ")}], the stream [${shape.join(", ")}].`);
}
