import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nextSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { loadWeights } from "../../../../src/library/models/weights/weights-file";
import { alphaDropout, dropout } from "../../../../src/library/models/layers/dropout";
import { adam, exponentialSchedule, nadam, oneCycleSchedule, sgd } from "../../../../src/library/techniques";
import {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
} from "../../../../src/library/training/callbacks";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { EPOCHS, Killed, killAtEpochEnd, network, type Recipe, start, STEPS, temporaryFolder } from "./runs";

const noisy = () => [
  batchNormalization(),
  dropout({ rate: 0.3 }),
  batchNormalization({ kind: "slides", alpha: 0.1 }),
  tf.layers.gaussianNoise({ stddev: 0.1 }),
  alphaDropout({ rate: 0.1 }),
];

/** Remembers in numbers that JSON does not know, and in typed arrays. */
function exponentialMean(): Callback {
  let memory = { mean: NaN, lowest: Infinity, all: new Float64Array(0), zero: -0 };
  return {
    name: "ExponentialMean",
    exportState: () => memory,
    importState: (state) => void (memory = state as typeof memory),
    onEpochEnd(_epoch, logs) {
      const { mean, lowest, all, zero } = memory;
      const next = Number.isNaN(mean) ? logs.loss : 0.5 * (mean + logs.loss);
      memory = { mean: next, lowest: Math.min(lowest, next), all: Float64Array.of(...all, logs.loss), zero };
      logs.mean = next;
      logs.lowest = memory.lowest;
      logs.sum = memory.all.reduce((sum, loss) => sum + loss, 0);
      logs.sign = 1 / memory.zero;
    },
  };
}

const recipes: Record<string, Recipe> = {
  "plain descent": { replayed: true },
  momentum: { optimizer: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, clipnorm: 1 }) },
  Adam: { optimizer: () => adam({ learningRate: 0.01 }) },
  "Nadam with a schedule": {
    optimizer: () =>
      nadam({ learningRate: exponentialSchedule({ initialLearningRate: 0.02, decaySteps: 9, decayRate: 0.5 }) }),
  },
  "one cycle": {
    optimizer: () =>
      sgd({ momentum: 0.9, learningRate: oneCycleSchedule({ totalSteps: EPOCHS * STEPS, maxLearningRate: 0.1 }) }),
  },
  "dropout, noise and batch normalization": { layers: noisy },
  "dropout, noise and batch normalization, replayed": { layers: noisy, replayed: true },
  "shuffled data": { replayed: true, data: (samples) => samples.shuffle({ bufferSize: 20, seed: 3 }) },
  "shuffled data without a seed": { data: (samples) => samples.shuffle({ bufferSize: 50 }) },
  "early stopping with the best weights": {
    optimizer: () => adam({ learningRate: 0.3 }),
    callbacks: () => [earlyStopping({ patience: 2, restoreBestWeights: true })],
    options: { epochs: 12 },
  },
  "a rate lowered on a plateau": {
    optimizer: () => sgd({ learningRate: 0.5 }),
    callbacks: () => [reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 10 })],
  },
  "a callback that draws from the global stream": {
    callbacks: () => [{ onEpochEnd: (_epoch, logs) => void (logs.drawn = nextSeed()) }],
  },
  "a callback with a memory of its own": { callbacks: () => [exponentialMean()] },
  "a rate by epoch": { callbacks: () => [learningRateScheduler((_epoch, rate) => rate * 0.7)] },
};

describe("a training that is resumed equals an uninterrupted one to the bit:", () => {
  it.each(Object.entries(recipes))("%s", async (_name, recipe) => {
    const whole = await start(recipe, temporaryFolder());
    const folder = temporaryFolder();
    const resume = { folder, everySteps: 3 };
    // Each time but the last it is ended after some steps of the next epoch, of which the last may be lost.
    for (const epoch of [1, 2]) {
      await expect(start(recipe, folder, { resume, callbacks: [killAtEpochEnd(epoch)] })).rejects.toThrow(Killed);
    }
    expect(await start(recipe, folder, { resume })).toEqual(whole);
  });
});

it.each([false, true])(
  "also when the model was built anew with other random numbers (replayed: %s)",
  async (replayed) => {
    const recipe: Recipe = { layers: noisy, data: (samples) => samples.shuffle({ bufferSize: 20, seed: 3 }), replayed };
    const whole = await start(recipe, "");
    const resume = { folder: temporaryFolder(), everySteps: 3 };
    await expect(start(recipe, "", { resume, callbacks: [killAtEpochEnd(1)] })).rejects.toThrow(Killed);
    expect(await start(recipe, "", { resume }, 8)).toEqual(whole);
  },
);

describe("checkpoints change nothing", () => {
  it.each([1, 5])("taken every %i steps of a replayed training", async (everySteps) => {
    const recipe: Recipe = { layers: noisy, replayed: true };
    const whole = await start(recipe, "");
    expect(await start(recipe, "", { resume: { folder: temporaryFolder(), everySteps } })).toEqual(whole);
  });
});

describe("files that callbacks write", () => {
  const recipe: Recipe = {
    optimizer: () => adam({ learningRate: 0.1 }),
    callbacks: (folder) => [
      modelCheckpoint({ filepath: join(folder, "best.weights.h5"), saveBestOnly: true, saveWeightsOnly: true }),
      modelCheckpoint({
        filepath: join(folder, "every-{epoch}-{batch}.weights.h5"),
        saveWeightsOnly: true,
        saveFreq: 5,
      }),
      csvLogger({ filename: join(folder, "log.csv") }),
    ],
  };
  /** Values of the weight files (their bytes hold the time of writing), and the log. */
  const contents = async (folder: string) => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".h5"));
    const found: Record<string, unknown> = { "log.csv": readFileSync(join(folder, "log.csv"), "utf8") };
    for (const name of names) {
      const model = network();
      await loadWeights(model, join(folder, name));
      found[name] = model.getWeights().map((weight) => Array.from(weight.dataSync()));
    }
    return found;
  };

  it("are those of an uninterrupted run", async () => {
    const [whole, folder] = [temporaryFolder(), temporaryFolder()];
    const expected = await start(recipe, whole);
    const resume = { folder: join(folder, "checkpoints"), everySteps: 3 };
    for (const epoch of [0, 2, 3]) {
      await expect(start(recipe, folder, { resume, callbacks: [killAtEpochEnd(epoch)] })).rejects.toThrow(Killed);
    }
    expect(await start(recipe, folder, { resume })).toEqual(expected);
    expect(await contents(folder)).toEqual(await contents(whole));
    expect(Object.keys(await contents(whole))).toHaveLength(2 + (EPOCHS * STEPS) / 5);
    // Once more: the run has finished, and nothing of it changes.
    expect(await start(recipe, folder, { resume })).toEqual(expected);
    expect(await contents(folder)).toEqual(await contents(whole));
    expect(existsSync(join(folder, "checkpoints", "finished.json"))).toBe(true);
  });
});
