/** What `fit`, `evaluate` and `predict` accept as data, brought to one shape: a batched {@link Dataset}. */
import { checkNumber, guess, list } from "dnn-lab-core/check";
import type { Dataset } from "../../data/dataset";
import type { AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import type { tf } from "../../engine/tf";
import { isColumnOf } from "../steps/model-inputs";

/** Keras' default. */
const DEFAULT_BATCH_SIZE = 32;

export function asBatched(owner: string, data: Dataset, batchSize?: number): Dataset;
export function asBatched(owner: string, data: StreamDataset, batchSize?: number): StreamDataset;
export function asBatched(owner: string, data: AnyDataset, batchSize?: number): AnyDataset;
export function asBatched(owner: string, data: AnyDataset, batchSize?: number): AnyDataset {
  if (data.size === 0) throw new RangeError(`${owner}: the data set holds no samples.`);
  if (batchSize !== undefined) {
    checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
    if (data.batchSize !== undefined && data.batchSize !== batchSize) {
      throw new Error(
        `${owner}: batchSize is ${batchSize}, but the data set is batched by ${data.batchSize} already. Leave one of them out.`,
      );
    }
  }
  return data.batchSize === undefined ? data.batch(batchSize ?? DEFAULT_BATCH_SIZE) : data;
}

/** Throws when the samples do not fit the model's inputs, before the first step does so less clearly. */
export function checkSampleShape(
  owner: string,
  model: tf.LayersModel,
  data: AnyDataset,
  { labels = true }: { labels?: boolean } = {},
): void {
  const { featureLayout } = data;
  if (featureLayout) checkNames(owner, "inputs", model.inputNames, Object.keys(featureLayout));
  else if (model.inputs.length > 1) {
    throw new Error(
      `${owner}: the model '${model.name}' has the inputs ${list(model.inputNames)}, the data set one column of samples. ` +
        `Name the columns: datasetFromArrays({ features: { ${model.inputNames.join(", ")} }, labels }).`,
    );
  }
  model.inputs.forEach((input, i) => {
    const name = model.inputNames[i];
    checkShape(
      owner,
      model,
      input.shape.slice(1),
      featureLayout ? featureLayout[name] : data.elementShapes.features,
      name,
    );
  });
  const { labelLayout, weightLayout = {} } = data;
  const stranger = Object.keys(weightLayout).find((name) => !model.outputNames.includes(name));
  if (stranger !== undefined && labels) {
    const hint = guess(stranger, model.outputNames);
    throw new Error(
      `${owner}: sampleWeight names '${stranger}', the model has the outputs ${list(model.outputNames)}.${hint}`,
    );
  }
  if (labelLayout && labels) checkNames(owner, "outputs", model.outputNames, Object.keys(labelLayout));
}

/** Throws when the columns are not those of the model. */
function checkNames(owner: string, what: string, expected: readonly string[], found: readonly string[]): void {
  const missing = expected.find((name) => !found.includes(name));
  const unknown = found.find((name) => !expected.includes(name));
  if (missing === undefined && unknown === undefined) return;
  const hint = unknown === undefined ? "" : guess(unknown, expected);
  throw new Error(
    `${owner}: the model has the ${what} ${list(expected)}, the data set the columns ${list(found)}; give one column for each.${hint}`,
  );
}

function checkShape(
  owner: string,
  model: tf.LayersModel,
  expected: readonly (number | null)[],
  found: readonly number[],
  input: string,
): void {
  const fits = expected.length === found.length && expected.every((size, i) => size === null || size === found[i]);
  if (fits || isColumnOf(expected, found)) return;
  const what =
    model.inputs.length > 1
      ? `'${model.name}' expects for its input '${input}' samples`
      : `'${model.name}' expects samples`;
  throw new Error(
    `${owner}: the model ${what} of shape [${expected.join(", ")}], the data set has [${found.join(", ")}]. Give the first layer inputShape: [${found.join(", ")}]${resizable(expected, found)}.`,
  );
}

/** Advice for images of another size. */
function resizable(expected: readonly (number | null)[], found: readonly number[]): string {
  const [height, width, channels] = expected;
  if (expected.length !== 3 || found.length !== 3 || channels !== found[2]) return "";
  return `, or the images another size: data.map(resize(${height === width ? height : `[${height}, ${width}]`}))`;
}
