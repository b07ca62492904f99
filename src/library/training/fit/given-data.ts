/** What `fit`, `evaluate` and `predict` accept beside a data set: samples and labels as they are, `{ x, y }`. */
import { checkBoolean, checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { ColumnValues } from "../../data/columns";
import { Dataset } from "../../data/dataset";
import { isFrame } from "../../data/frame";
import { datasetFromArrays, isNamed, type NamedValues } from "../../data/from-arrays";
import type { SampleWeights, SampleWeightValues } from "../../data/sample-weights";
import { isTypedNumbers } from "../../data/stored-numbers";
import { type AnyDataset, checkInMemory, StreamDataset } from "../../data/stream/stream-dataset";
import { rowLength } from "../../data/storage";
import { tf } from "../../engine/tf";

/** The values of one input or output; of several by their names, or in the order of the model's. */
export type GivenValues = ColumnValues | NamedValues | readonly (tf.Tensor | Float32Array | Int32Array | Uint8Array)[];

/** Samples and labels as Keras' `fit` takes them: arrays, typed arrays, tensors or danfo frames. */
export interface SamplesAndLabels {
  /** One entry a sample. */
  x: GivenValues;
  /** One entry a sample. */
  y: GivenValues;
  /** How much each sample counts in the loss (default all alike), as the option of that name. */
  sampleWeight?: GivenWeights;
}

/** A `Dataset` or a `StreamDataset`, batched or not, or samples with their labels. */
export type TrainingData = Dataset | StreamDataset | SamplesAndLabels;

export interface GivenOptions {
  readonly sampleWeight?: GivenWeights;
}

/** Weights of samples or of their steps; of several outputs by name, or one entry for each in their order. */
export type GivenWeights = SampleWeights | readonly (SampleWeightValues | null)[];

/** Whether data are `{ x, y }`. */
function isGiven(data: unknown): data is SamplesAndLabels {
  return typeof data === "object" && data !== null && !(data instanceof Dataset) && "x" in data;
}

/** The given data as a data set or a stream. */
export function givenData(owner: string, model: tf.LayersModel, data: unknown, options: GivenOptions = {}): AnyDataset {
  if (!(data instanceof StreamDataset)) return givenDataset(owner, model, data, options);
  if (options.sampleWeight === undefined) return data;
  throw new TypeError(
    `${owner}: sampleWeight is for data in memory; a stream's samples bring theirs: datasetFromGenerator({ sampleWeights: true }).`,
  );
}

/** The given data as a data set in memory. A data set stays as it is, except that it gets the sample weights. */
export function givenDataset(owner: string, model: tf.LayersModel, data: unknown, options: GivenOptions = {}): Dataset {
  checkInMemory(owner, data);
  const sampleWeight = weightsByName(options.sampleWeight, model.outputNames);
  if (data instanceof Dataset) return sampleWeight ? data.withSampleWeights(sampleWeight) : data;
  if (!isGiven(data)) throw wrongData(owner, data);
  checkOptions(`${owner}: data`, data, { x: true, y: true, sampleWeight: true });
  if (data.y === undefined) throw new TypeError(`${owner}: the labels are missing; pass { x, y }.`);
  if (sampleWeight && data.sampleWeight) throw new TypeError(`${owner}: sampleWeight is given twice; leave one out.`);
  const features = byName(`${owner}: x`, data.x, model.inputNames, model.inputs);
  const labels = byName(`${owner}: y`, data.y, model.outputNames, model.outputs);
  return datasetFromArrays({
    features: features.values,
    shape: features.shape,
    labels: labels.values,
    labelShape: labels.shape,
    sampleWeight: weightsByName(data.sampleWeight, model.outputNames) ?? sampleWeight,
  });
}

/** A list with one entry for each of several outputs, put under their names. */
function weightsByName(given: GivenWeights | undefined, outputs: readonly string[]): SampleWeights | undefined {
  const isOneEach = Array.isArray(given) && outputs.length > 1 && given.length === outputs.length;
  const isRows = (each: unknown) =>
    each === null || Array.isArray(each) || isTypedNumbers(each) || each instanceof tf.Tensor;
  if (!isOneEach || !(given as readonly unknown[]).every(isRows)) return given as SampleWeights | undefined;
  const entries = outputs.map((name, i) => [name, given[i] as SampleWeightValues | null] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== null)) as Record<string, SampleWeightValues>;
}

/** Samples alone, for `predict`. */
export function givenSamples(owner: string, model: tf.LayersModel, data: unknown): Dataset {
  if (data instanceof Dataset) return data;
  const x = isGiven(data) ? data.x : (data as GivenValues);
  const isValues = Array.isArray(x) || isTypedNumbers(x) || isFrame(x) || x instanceof tf.Tensor || isNamed(x);
  if (!isValues) throw wrongData(owner, data);
  const { values, shape } = byName(`${owner}: x`, x, model.inputNames, model.inputs);
  const first = isNamed(values) ? Object.entries(values)[0] : (["", values] as const);
  const firstShape = isNamed(values)
    ? (shape as Record<string, readonly number[]>)[first[0]]
    : (shape as readonly number[]);
  const count = isTypedNumbers(first[1]) ? first[1].length / rowLength(firstShape) : rowsOf(first[1]);
  return datasetFromArrays({ features: values, shape, labels: new Float32Array(count), labelShape: [] });
}

function rowsOf(values: ColumnValues): number {
  if (values instanceof tf.Tensor || isFrame(values)) return values.shape[0];
  return (values as ArrayLike<unknown>).length;
}

function wrongData(owner: string, data: unknown): TypeError {
  return new TypeError(
    `${owner}: expected a Dataset or { x, y }, received ${show(data)}. Load one (fashionMnist.load), make one from arrays ` +
      "(datasetFromArrays({ features, labels })), or pass arrays, tensors or danfo frames as { x, y }.",
  );
}

interface Named {
  readonly values: ColumnValues | NamedValues;
  readonly shape: readonly number[] | Readonly<Record<string, readonly number[]>> | undefined;
}

/** Values under the names of the inputs or outputs that they belong to, and the shapes of typed arrays. */
function byName(
  owner: string,
  given: GivenValues,
  names: readonly string[],
  places: readonly tf.SymbolicTensor[],
): Named {
  const list = isList(given, names.length) ? Object.fromEntries(names.map((name, i) => [name, given[i]])) : given;
  if (!isNamed(list)) {
    const values = list as ColumnValues;
    return { values, shape: isTypedNumbers(values) ? shapeOf(owner, places[0]) : undefined };
  }
  const flat = Object.entries(list).filter(([, values]) => isTypedNumbers(values));
  const shapes = flat.map(([name]) => {
    const place = places[names.indexOf(name)] as tf.SymbolicTensor | undefined;
    return [name, place ? shapeOf(`${owner}.${name}`, place) : []] as const;
  });
  return { values: list, shape: Object.fromEntries(shapes) };
}

/** Whether a list holds one entry for each of several inputs, rather than one for each sample. */
function isList(given: GivenValues, count: number): given is readonly (tf.Tensor | Float32Array)[] {
  if (!Array.isArray(given) || given.length !== count) return false;
  const all = given as readonly unknown[];
  if (all.every((each) => each instanceof tf.Tensor)) return true;
  return count > 1 && all.every((each) => isTypedNumbers(each) || each instanceof tf.Tensor || isFrame(each));
}

/** Shape of one row of a typed array: that of the model's input or output, or a plain number. */
function shapeOf(owner: string, place: tf.SymbolicTensor): readonly number[] {
  const shape = place.shape.slice(1);
  if (shape.includes(null)) {
    throw new TypeError(
      `${owner}: the model leaves a size open ([${shape.map((size) => size ?? "any").join(", ")}]), so a flat typed array does not say ` +
        "where a sample ends. Pass nested arrays or a tensor.",
    );
  }
  return shape as number[];
}

export interface SplitOptions {
  readonly validationSplit: number | undefined;
  readonly shuffle: boolean | undefined;
  readonly hasValidationData: boolean;
}

/** Keras' `validation_split` and `shuffle`, which are for arrays: a data set says itself what belongs to it, in which order. */
export function splitAndShuffled(
  owner: string,
  { isDataset, data }: { isDataset: boolean; data: AnyDataset },
  { validationSplit, shuffle, hasValidationData }: SplitOptions,
): { train: AnyDataset; validation?: AnyDataset } {
  if (shuffle !== undefined) checkBoolean(owner, "shuffle", shuffle);
  if (isDataset || data instanceof StreamDataset) {
    if (validationSplit !== undefined) {
      throw new TypeError(
        `${owner}: validationSplit is for { x, y }; split a data set by take and skip, and pass validationData.`,
      );
    }
    if (shuffle !== undefined) {
      throw new TypeError(
        `${owner}: shuffle is for { x, y }; a data set has its own: data.shuffle({ bufferSize: data.size }).`,
      );
    }
    return { train: data };
  }
  const { size } = data;
  const mixed = (part: Dataset) => (shuffle === false ? part : part.shuffle({ bufferSize: part.size }));
  if (validationSplit === undefined) return { train: mixed(data) };
  if (hasValidationData)
    throw new TypeError(`${owner}: validationSplit and validationData are both given; leave one out.`);
  checkNumber(owner, "validationSplit", validationSplit, { above: 0, below: 1 });
  const kept = Math.floor(size * (1 - validationSplit));
  if (kept === 0 || kept === size) {
    throw new RangeError(
      `${owner}: validationSplit ${validationSplit} of ${size} samples leaves none for ${kept === 0 ? "training" : "validation"}.`,
    );
  }
  return { train: mixed(data.take(kept)), validation: data.skip(kept) };
}
