/** Checkpoints of a real model on disk. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tf } from "../../../../src/library/engine/tf";
import { loadWeights } from "../../../../src/library/models/weights/weights-file";
import { adam, powerSchedule } from "../../../../src/library/techniques";
import { modelCheckpoint } from "../../../../src/library/training/callbacks";
import { FakeFit } from "./fake-fit";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "checkpoint-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function makeModel(): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  const learningRate = powerSchedule({ initialLearningRate: 0.1, decaySteps: 5 });
  model.compile({ optimizer: adam({ learningRate }), loss: "meanSquaredError", metrics: ["accuracy"] });
  return model;
}

const kernelOf = (model: tf.LayersModel) => Array.from(model.weights[0].read().dataSync());
const setKernel = (model: tf.LayersModel, value: number) =>
  tf.tidy(() => void model.weights[0].write(tf.fill([3, 2], value)));

describe("modelCheckpoint", () => {
  let model: tf.Sequential;
  let fit: FakeFit;
  beforeEach(() => {
    model = makeModel();
    fit = new FakeFit();
    Object.assign(fit, { model });
  });

  /** Runs epochs whose kernels are filled with 0, 1, 2 … */
  async function run(callback: ReturnType<typeof modelCheckpoint>, losses: number[]): Promise<void> {
    for (const [epoch, loss] of losses.entries()) {
      setKernel(model, epoch);
      await callback.onEpochBegin?.(epoch, fit);
      await callback.onEpochEnd?.(epoch, { val_loss: loss }, fit);
    }
  }

  it("saves the best weights, makes the folder, and says so in Keras' words", async () => {
    const filepath = join(folder, "made", "best.weights.h5");
    await run(modelCheckpoint({ filepath, saveBestOnly: true, saveWeightsOnly: true, verbose: 1 }), [0.5, 0.25, 0.75]);
    setKernel(model, 9);
    await loadWeights(model, filepath);
    expect(kernelOf(model)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(fit.notified).toEqual([
      `Epoch 1: val_loss improved from None to 0.50000, saving model to ${filepath}`,
      `Epoch 1: finished saving model to ${filepath}`,
      `Epoch 2: val_loss improved from 0.50000 to 0.25000, saving model to ${filepath}`,
      `Epoch 2: finished saving model to ${filepath}`,
      "Epoch 3: val_loss did not improve from 0.25000",
    ]);
  });

  it("saves each epoch under its own name", async () => {
    const filepath = join(folder, "each", "{epoch:02d}-{val_loss:.2f}.weights.h5");
    await run(modelCheckpoint({ filepath, saveWeightsOnly: true, verbose: 1 }), [0.5, 0.126]);
    expect(readdirSync(join(folder, "each")).sort()).toEqual(["01-0.50.weights.h5", "02-0.13.weights.h5"]);
    expect(fit.notified[0]).toBe(`Epoch 1: saving model to ${join(folder, "each", "01-0.50.weights.h5")}`);
  });

  it("saves every so many batches, over the ends of epochs", async () => {
    const filepath = join(folder, "batches", "{epoch}-{batch}.weights.h5");
    const callback = modelCheckpoint({ filepath, saveWeightsOnly: true, saveFreq: 2 });
    for (const epoch of [0, 1]) {
      await callback.onEpochBegin?.(epoch, fit);
      for (const batch of [0, 1, 2]) await callback.onTrainBatchEnd?.(batch, { loss: 1 }, fit);
      await callback.onEpochEnd?.(epoch, { loss: 1 }, fit);
    }
    expect(readdirSync(join(folder, "batches")).sort()).toEqual(["1-2.weights.h5", "2-1.weights.h5", "2-3.weights.h5"]);
  });

  it("watches batches only when it saves by them", () => {
    expect(modelCheckpoint({ filepath: "m" }).onTrainBatchEnd).toBeUndefined();
  });

  it("saves a whole model, optimizer included, that TensorFlow.js loads; an older one is replaced", async () => {
    const filepath = join(folder, "whole");
    const features = tf.randomNormal([8, 3], 0, 1, "float32", 1);
    const labels = tf.randomNormal([8, 2], 0, 1, "float32", 2);
    const callback = modelCheckpoint({ filepath });
    await run(callback, [1, 0.9]);
    await model.fit(features, labels, { epochs: 3, verbose: 0 });
    await callback.onEpochEnd?.(2, { val_loss: 1 }, fit);
    const names = readdirSync(filepath);
    expect(names).toEqual(["model.json", expect.stringMatching(/^weights-[0-9a-f]{12}\.bin$/)]);

    const loaded = await tf.loadLayersModel(folderHandler(filepath));
    expect(kernelOf(loaded)).toEqual(kernelOf(model));
    expect(loaded.optimizer.iterations).toBe(3);
    expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    expect(loaded.predict(features).toString()).toBe(model.predict(features).toString());
  });

  it("names the metrics there are when a template asks for another", async () => {
    const callback = modelCheckpoint({ filepath: join(folder, "{val_acc:.2f}") });
    await expect(run(callback, [1])).rejects.toThrow("names 'val_acc'; there are 'val_loss', 'epoch'.");
    const whole = modelCheckpoint({ filepath: join(folder, "{val_loss:d}") });
    await expect(run(whole, [0.5])).rejects.toThrow("the format 'd' for 0.5, which is not whole");
    expect(existsSync(join(folder, "{val_acc:.2f}"))).toBe(false);
  });
});

/** Reads a folder on any engine (`file://` paths are known to the native one only). */
function folderHandler(path: string): tf.io.IOHandler {
  const json = JSON.parse(readFileSync(join(path, "model.json"), "utf8")) as tf.io.ModelJSON;
  return {
    load: () =>
      tf.io.getModelArtifactsForJSON(json, async ([{ paths, weights }]) => {
        const bytes = readFileSync(join(path, paths[0]));
        return [weights, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer];
      }),
  };
}
