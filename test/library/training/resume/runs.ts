/** Small trainings that are ended in the middle and started again, and what is compared of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import type { Dataset } from "../../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques";
import type { Optimizer } from "../../../../src/library/techniques/optimizers/optimizer";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";
import type { History } from "../../../../src/library/training/history";

export const EPOCHS = 5;
/** 50 samples by 8: the last batch of an epoch is smaller. */
export const STEPS = 7;
const [SAMPLES, WIDTH, BATCH] = [50, 6, 8];

export interface Recipe {
  readonly layers?: () => tf.layers.Layer[];
  readonly optimizer?: () => Optimizer;
  readonly callbacks?: (folder: string) => Callback[];
  readonly data?: (samples: Dataset) => Dataset;
  readonly options?: FitOptions;
  /** Whether steps are replayed as a graph, where the engine can; recording takes the longest part of so small a run. */
  readonly replayed?: boolean;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-resume-"));
  folders.push(folder);
  return folder;
}

export function samples(seed: number): Dataset {
  const random = new RandomStream(seed);
  const features = Float32Array.from({ length: SAMPLES * WIDTH }, () => random.normal());
  const labels = Uint8Array.from({ length: SAMPLES }, () => random.integer(3));
  return datasetFromArrays({ features, shape: [WIDTH], labels });
}

export function network(recipe: Recipe = {}): tf.Sequential {
  const { layers = () => [], optimizer = () => sgd({ learningRate: 0.05 }) } = recipe;
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, activation: "tanh", inputShape: [WIDTH] }));
  for (const layer of layers()) model.add(layer);
  model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
  model.compile({ optimizer: optimizer(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

export interface Outcome {
  readonly weights: number[][];
  readonly slots: number[][];
  readonly iterations: number;
  readonly learningRate: number;
  readonly history: Omit<History, "seconds">;
}

/** One start of a training, with everything made anew as in a process of its own. */
export async function start(recipe: Recipe, folder: string, options: FitOptions = {}, seed = 7): Promise<Outcome> {
  setRandomSeed(seed);
  const model = network(recipe);
  const train = (recipe.data?.(samples(1)) ?? samples(1)).batch(BATCH);
  const callbacks = [...(recipe.callbacks?.(folder) ?? []), ...(options.callbacks ?? [])];
  const validationData = samples(2).batch(BATCH);
  const compile = isNative() ? "graph" : false;
  const rest = {
    epochs: EPOCHS,
    validationData,
    verbose: 0,
    compile,
    ...recipe.options,
    ...options,
    callbacks,
  } as const;
  return outcomeOf(model, await fit(model, train, rest));
}

export function outcomeOf(model: tf.LayersModel, history: History): Outcome {
  const optimizer = model.optimizer as unknown as Optimizer;
  const { seconds: _, ...rest } = history;
  const values = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));
  return {
    weights: values(model.getWeights()),
    slots: values(optimizer.slotVariables()),
    iterations: optimizer.iterations,
    learningRate: optimizer.learningRate,
    history: rest,
  };
}

/** Ends the process, as far as a test within one can. */
export class Killed extends Error {}

export const killAtEpochEnd = (epoch: number): Callback => ({
  onEpochEnd(number) {
    if (number === epoch) throw new Killed(`at the end of epoch ${epoch}`);
  },
});

export const killAtBatch = (epoch: number, batch: number): Callback => {
  let present = -1;
  return {
    exportState: () => ({ present }),
    importState: (state) => void ({ present } = state as { present: number }),
    onEpochBegin: (number) => void (present = number),
    onTrainBatchEnd(number) {
      if (present === epoch && number === batch) throw new Killed(`at batch ${batch} of epoch ${epoch}`);
    },
  };
};
