import { checkNumber } from "dnn-lab-core/check";
import { whileListening } from "dnn-lab-core/interrupt";
import { Dataset } from "../../data/dataset";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import { useEngine } from "../../engine/engine";
import type { tf } from "../../engine/tf";
import { checkFitOptions, type FitOptions } from "./fit-options";
import { FitRun } from "./fit-run";
import { headTraining } from "./frozen-base";
import { givenData, splitAndShuffled, type TrainingData } from "./given-data";
import { claimOptimizer, whileTraining } from "./in-training";
import type { History } from "../history";
import { asBatched, checkSampleShape } from "./inputs";
import { checkLabels } from "../objective/label-checks";
import { objectiveOf } from "../steps/objective";
import { lineSink } from "./progress-line";

export type { FitOptions } from "./fit-options";

/**
 * Trains a compiled tf.layers model and returns what happened in each epoch, as Keras' `Model.fit`.
 *
 * One step takes one batch: forward pass, loss, gradients, clipping, update. `loss` and metrics of an epoch are means
 * over its samples, taken while the weights change; `val_…` are computed after it.
 *
 * Throws before the first step when the model is not compiled, an option is unknown or out of range, or the samples do
 * not fit the model. An interrupt from the notebook ends training after the running step and throws, weights kept.
 *
 * First used in In[20].
 *
 * @example
 * const history = await fit(model, train.shuffle({ bufferSize: 1000, seed: 42 }).batch(16), {
 *   epochs: 10, validationData: valid.batch(16), callbacks: [earlyStopping({ patience: 5 })],
 * });
 */
export async function fit(model: tf.LayersModel, data: TrainingData, options: FitOptions = {}): Promise<History> {
  const checked = checkFitOptions(options);
  await useEngine();
  const { train, validation } = dataOf(model, data, options);
  checkLength(train, checked.stepsPerEpoch);
  checkSampleShape("fit", model, train);
  const objective = objectiveOf("fit", model);
  checkLabels("fit", model, objective, train);
  if (validation) {
    checkSampleShape("fit: validationData", model, validation);
    checkLabels("fit: validationData", model, objective, validation);
  }
  if (options.classWeight && train.storage.sampleWeights) {
    throw new Error(
      "fit: the data set has sample weights; classWeight cannot be given as well. Multiply them yourself.",
    );
  }
  const sink = lineSink(checked.verbose);
  const notice = (line: string) => sink.settled(line);
  claimOptimizer("fit", model);
  return whileTraining("fit", model, () =>
    whileListening(async () => {
      const silent = checked.verbose === 0;
      const head =
        checked.cacheFeatures && isInMemory(train) && !train.featureLayout && isInMemory(validation)
          ? await headTraining({ model, train, validation, silent, notice })
          : undefined;
      const run = new FitRun({ model, objective, train, validation, sink, head, options, checked });
      try {
        return await run.run();
      } finally {
        run.dispose();
      }
    }),
  );
}

/** Training and validation data in batches. */
function dataOf(
  model: tf.LayersModel,
  data: TrainingData,
  options: FitOptions,
): { train: AnyDataset; validation?: AnyDataset } {
  const { batchSize, shuffle, validationSplit, validationData, validationSteps } = options;
  const given = { isDataset: data instanceof Dataset, data: givenData("fit", model, data, options) };
  const hasValidationData = validationData !== undefined;
  const parts = splitAndShuffled("fit", given, { validationSplit, shuffle, hasValidationData });
  const where = "fit: validationData";
  const held = hasValidationData ? givenData(where, model, validationData) : parts.validation;
  const train = asBatched("fit", parts.train, batchSize);
  if (!held) {
    if (validationSteps === undefined && options.validationFreq === undefined) return { train };
    throw new TypeError("fit: validationSteps and validationFreq need validationData or validationSplit.");
  }
  // Of the size of the training's batches when these are made here, as in Keras.
  const batches = asBatched(where, held, held.batchSize === undefined ? batchSize : undefined);
  return { train, validation: firstSteps(batches, validationSteps) };
}

function isInMemory<T>(data: T | StreamDataset): data is Exclude<T, StreamDataset> {
  return !(data instanceof StreamDataset);
}

/** What an epoch of unknown length is, must be said. */
function checkLength(data: AnyDataset, stepsPerEpoch: number | undefined): void {
  if (stepsPerEpoch !== undefined || Number.isFinite(data.stepsPerEpoch)) return;
  const fix = data.stepsPerEpoch === undefined ? ", or size to datasetFromGenerator where it is known" : "";
  const length = data.stepsPerEpoch === undefined ? "how many samples it has is not known" : "it has no end";
  throw new Error(`fit: '${data.info.name}' is a stream and ${length}; pass stepsPerEpoch${fix}.`);
}

function firstSteps(data: AnyDataset, steps: number | undefined): AnyDataset {
  if (steps === undefined && data.stepsPerEpoch !== Infinity) return data;
  if (steps === undefined) throw new Error("fit: validationData have no end; pass validationSteps.");
  const max = data.stepsPerEpoch;
  checkNumber("fit", "validationSteps", steps, {
    integer: true,
    min: 1,
    ...(max !== undefined && { max }),
    fix: "The validation data have no more batches.",
  });
  return data.take(steps);
}
