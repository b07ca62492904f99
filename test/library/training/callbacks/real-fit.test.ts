/** One tiny real training with the callbacks together. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { loadWeights } from "../../../../src/library/models/weights/weights-file";
import { powerSchedule, sgd, type Optimizer } from "../../../../src/library/techniques";
import {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
} from "../../../../src/library/training/callbacks";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "real-fit-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Points of two overlapping classes, so that a large rate makes the loss jump about. */
function points(seed: number) {
  const random = new RandomStream(seed);
  const labels = Int32Array.from({ length: 60 }, () => random.integer(2));
  const features = Float32Array.from({ length: 120 }, (_, i) => random.normal() + labels[i >> 1]);
  return datasetFromArrays({ features, shape: [2], labels }).batch(8);
}

function compiled(optimizer: Optimizer): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 7 });
  const layer = tf.layers.dense({ units: 2, activation: "softmax", inputShape: [2], kernelInitializer });
  const model = tf.sequential({ layers: [layer] });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

it("stops early, lowers the rate, saves and restores the best, logs each epoch", async () => {
  const filepath = join(folder, "best.weights.h5");
  const filename = join(folder, "log.csv");
  const model = compiled(sgd({ learningRate: 20 }));
  const { history, epoch, stopped } = await fit(model, points(1), {
    epochs: 60,
    validationData: points(2),
    verbose: 0,
    callbacks: [
      modelCheckpoint({ filepath, saveBestOnly: true, saveWeightsOnly: true }),
      reduceLROnPlateau({ patience: 2, factor: 0.9 }),
      earlyStopping({ patience: 6, restoreBestWeights: true }),
      csvLogger({ filename }),
    ],
  });
  expect(stopped).toBe("val_loss has not improved for 6 epochs");
  expect(epoch.length).toBeLessThan(60);
  expect(history.learning_rate.at(-1)).toBeLessThan(20);

  const best = Math.min(...history.val_loss);
  expect((await evaluate(model, points(2), { verbose: 0 })).loss).toBeCloseTo(best, 6);
  const other = compiled(sgd());
  await loadWeights(other, filepath);
  expect((await evaluate(other, points(2), { verbose: 0 })).loss).toBeCloseTo(best, 6);

  const rows = readFileSync(filename, "utf8").trim().split("\r\n");
  expect(rows[0]).toBe("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss");
  expect(rows.slice(1).map((row) => Number(row.split(",")[5]))).toEqual(history.val_loss);
});

it("sets the rate of each epoch by a function", async () => {
  const callbacks = [learningRateScheduler((epoch) => 1 / (epoch + 1))];
  const { history } = await fit(compiled(sgd()), points(1), { epochs: 3, callbacks, verbose: 0 });
  expect(history.learning_rate).toEqual([1, 1 / 2, 1 / 3]);
});

it("ends at the batch whose loss is no number", async () => {
  const regression = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
  regression.compile({ optimizer: sgd(), loss: "meanSquaredError" });
  const features = Float32Array.from({ length: 20 }, (_, i) => (i === 9 ? 1e30 : 1));
  const data = datasetFromArrays({ features, shape: [1], labels: new Float32Array(20) }).batch(4);
  const history = await fit(regression, data, { epochs: 9, callbacks: [terminateOnNaN()], verbose: 0 });
  expect(history.stopped).toBe("the loss of batch 2 is Infinity");
  expect(regression.optimizer.iterations).toBe(3);
});

it("refuses to change the rate under a schedule before the first step", async () => {
  const optimizer = sgd({ learningRate: powerSchedule({ initialLearningRate: 0.1, decaySteps: 10 }) });
  const run = fit(compiled(optimizer), points(1), { callbacks: [reduceLROnPlateau({ monitor: "loss" })], verbose: 0 });
  await expect(run).rejects.toThrow("follows a schedule");
  expect(optimizer.iterations).toBe(0);
});
