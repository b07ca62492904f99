/** Data sets whose samples are made one after another. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import type { DatasetInfo } from "../dataset-info";
import type { Storage } from "../storage";
import { StreamDataset } from "./stream-dataset";
import type { StreamForm } from "./stream-sample";
import { interleaved } from "./stream-stages";
import { type SampleGenerator, sourceOpener } from "./stream-source";

/** Options of {@link datasetFromGenerator}. */
export interface GeneratorOptions {
  /**
   * Called at the beginning of each pass with `{ pass }`; gives something to iterate over whose entries are
   * `[features, label]`: numbers, typed arrays or nested arrays. `function*` or `async function*`.
   */
  generator: SampleGenerator;
  /** Shape of one sample; `[]` for a plain number. */
  shape: readonly number[];
  /** Shape of one label (default `[]`, a plain number such as a class). */
  labelShape?: readonly number[];
  /** How features are kept: `"float32"` (default), or `"uint8"` for pixels from 0 to 255 in a quarter of the memory. */
  dtype?: "float32" | "uint8";
  /** Samples of each pass, where that is known: `fit` then needs no `stepsPerEpoch`. A pass of another size is an error. */
  size?: number;
  /** Whether entries are `[features, label, sampleWeight]` (default false). */
  sampleWeights?: boolean;
  /** Name in errors and outputs (default "generator"). */
  name?: string;
  /** Name of each class, by its number. */
  classNames?: readonly string[];
}

/** Options of {@link interleave}. */
export interface InterleaveOptions {
  /** Streams that are open at a time (default all); where one ends, the next one is opened. */
  cycleLength?: number;
  /** Samples that come from one stream before the next one has its turn (default 1). */
  blockLength?: number;
}

const OPTIONS: OptionNames<GeneratorOptions> = {
  generator: true,
  shape: true,
  labelShape: true,
  dtype: true,
  size: true,
  sampleWeights: true,
  name: true,
  classNames: true,
};

/**
 * A data set whose samples are made or read while it is used, as tf.data's `from_generator`: of any size, since only the
 * batches that wait for their step are in memory. Numbers are copied, so a generator may fill one array again and again.
 *
 * The generator is called anew for each pass. An error in it, or a sample of another form, ends `fit` with the number of
 * the sample; what came before has been trained on. For a run that can be resumed it must give the same samples for the
 * same `pass`.
 *
 * @throws TypeError, RangeError for options that do not fit; the samples are checked when they come.
 * @example
 * const stream = datasetFromGenerator({
 *   generator: function* ({ pass }) { for (let i = 0; i < 64; i++) yield [[i, pass], i % 2]; },
 *   shape: [2], size: 64, classNames: ["even", "odd"],
 * });
 */
export function datasetFromGenerator(options: GeneratorOptions): StreamDataset {
  const owner = "datasetFromGenerator";
  checkOptions(owner, options, OPTIONS);
  const { generator, labelShape = [], dtype = "float32", size, sampleWeights = false } = options;
  const { name = "generator", classNames = [] } = options;
  if (typeof generator !== "function") {
    throw new TypeError(
      `${owner}: generator must be a function, which each pass calls, received ${show(generator)}. Pass the function itself, not what it returns.`,
    );
  }
  const shape = checkShape(owner, "shape", options.shape);
  checkShape(owner, "labelShape", labelShape);
  checkOneOf(owner, "dtype", dtype, ["float32", "uint8"]);
  checkBoolean(owner, "sampleWeights", sampleWeights);
  if (size !== undefined) checkNumber(owner, "size", size, { integer: true, min: 1 });
  const hasClasses = classNames.length > 0 && labelShape.length === 0;
  const form: StreamForm = {
    ...{ shape, labelShape, dtype, weighted: sampleWeights },
    ...(hasClasses && { classes: classNames.length }),
  };
  return StreamDataset.from({
    open: sourceOpener({ name, generator, form, size }),
    form: storageOf(form),
    info: infoOf(name, classNames),
    size,
    steps: [`${name} ${JSON.stringify({ ...form, size })}`],
  });
}

/**
 * The samples of several streams in turn, as tf.data's `interleave`: to mix files that each hold one class, or to read
 * several slow sources. All must have samples of one form.
 *
 * @example
 * const numbers = (first: number) => datasetFromGenerator({ generator: function* () { yield [[first], 0]; }, shape: [1] });
 * const mixed = interleave([numbers(1), numbers(2)], { blockLength: 1 });
 */
export function interleave(streams: readonly StreamDataset[], options: InterleaveOptions = {}): StreamDataset {
  const owner = "interleave";
  checkOptions(owner, options, { cycleLength: true, blockLength: true });
  if (!Array.isArray(streams) || streams.length === 0 || !streams.every((each) => each instanceof StreamDataset)) {
    throw new TypeError(`${owner}: expected streams (datasetFromGenerator), received ${show(streams)}.`);
  }
  const { cycleLength = streams.length, blockLength = 1 } = options;
  checkNumber(owner, "cycleLength", cycleLength, { integer: true, min: 1 });
  checkNumber(owner, "blockLength", blockLength, { integer: true, min: 1 });
  const [first] = streams as readonly StreamDataset[];
  const other = streams.find((each: StreamDataset) => formOf(each.storage) !== formOf(first.storage)) as
    StreamDataset | undefined;
  if (other) {
    throw new RangeError(
      `${owner}: all streams need samples of one form; '${first.info.name}' has ${formOf(first.storage)}, '${other.info.name}' ${formOf(other.storage)}.`,
    );
  }
  const sizes = streams.map((each: StreamDataset) => each.size);
  const names = streams.map((each: StreamDataset) => each.info.name);
  return StreamDataset.from({
    open: interleaved(
      streams.map((each: StreamDataset) => each.openSamples(owner)),
      cycleLength,
      blockLength,
    ),
    form: first.storage,
    info: infoOf([...new Set(names)].join("+"), first.info.classNames),
    size: sizes.reduce(
      (sum: number | undefined, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    ),
    steps: [`interleave ${cycleLength} ${blockLength}`, ...streams.flatMap((each: StreamDataset) => each.steps)],
  });
}

function checkShape(owner: string, name: string, shape: unknown): readonly number[] {
  if (!Array.isArray(shape)) {
    throw new TypeError(`${owner}: ${name} must be an array of sizes such as [28, 28], received ${show(shape)}.`);
  }
  shape.forEach((size) => checkNumber(owner, `a size in ${name}`, size, { integer: true, min: 1 }));
  return shape as number[];
}

/** No rows, but their form. */
function storageOf({ shape, labelShape, dtype, weighted }: StreamForm): Storage {
  return {
    rows: 0,
    features: { values: dtype === "uint8" ? new Uint8Array() : new Float32Array(), shape },
    labels: { values: new Float32Array(), shape: labelShape },
    ...(weighted && { sampleWeights: { values: new Float32Array(), shape: [] } }),
  };
}

function formOf({ features, labels, sampleWeights }: Storage): string {
  const dtype = features.values instanceof Uint8Array ? "uint8" : "float32";
  return `${dtype} [${features.shape.join(", ")}] and labels [${labels.shape.join(", ")}]${sampleWeights ? " with weights" : ""}`;
}

function infoOf(name: string, classNames: readonly string[]): DatasetInfo {
  return { name, split: "all", source: "stream", fingerprint: "", classNames, comparable: true, notes: [] };
}
