/** What `fit`, `evaluate` and `predict` accept as data, brought to one shape: a batched {@link Dataset}. */
import { checkNumber, show } from "dnn-lab-core/check";
import { Dataset } from "../../data/dataset";
import type { tf } from "../../engine/tf";

/** A `Dataset`, batched or not. */
export type TrainingData = Dataset;

/** Keras' default. */
const DEFAULT_BATCH_SIZE = 32;

export function asBatched(owner: string, data: unknown, batchSize?: number): Dataset {
  if (!(data instanceof Dataset)) {
    throw new TypeError(
      `${owner}: expected a Dataset, received ${show(data)}. Load one (fashionMnist.load) or make one from arrays (datasetFromArrays({ features, labels })).`,
    );
  }
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

/** Throws when the samples do not fit the model's input, before the first step does so less clearly. */
export function checkSampleShape(owner: string, model: tf.LayersModel, data: Dataset): void {
  const expected = model.inputs[0].shape.slice(1);
  const { features: found } = data.elementShapes;
  const fits = expected.length === found.length && expected.every((size, i) => size === null || size === found[i]);
  if (!fits) {
    throw new Error(
      `${owner}: the model '${model.name}' expects samples of shape [${expected.join(", ")}], the data set has [${found.join(", ")}]. Give the first layer inputShape: [${found.join(", ")}]${resizable(expected, found)}.`,
    );
  }
}

/** Advice for images of another size. */
function resizable(expected: readonly (number | null)[], found: readonly number[]): string {
  const [height, width, channels] = expected;
  if (expected.length !== 3 || found.length !== 3 || channels !== found[2]) return "";
  return `, or the images another size: data.map(resize(${height === width ? height : `[${height}, ${width}]`}))`;
}
