/** Whole models: saved, loaded and trained on, as if nothing had come between. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setRandomSeed } from "dnn-lab-core/random";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { lstm } from "../../../../src/library/models/recurrent";
import { adam, sgd } from "../../../../src/library/techniques";
import { modelCheckpoint } from "../../../../src/library/training/callbacks";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "dnn-lab-whole-"))));
afterEach(() => rmSync(folder, { recursive: true }));

// Loading is replaced where the packages export it; `tf` of a test may be a copy of the exports.
const { loadLayersModel } = createRequire(__filename)("@tensorflow/tfjs") as Pick<typeof tf, "loadLayersModel">;

const x = Array.from({ length: 32 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const data = datasetFromArrays({ features: x, labels: x.map(([a, b]) => [a * b]) }).batch(8);
const quiet = { verbose: 0 } as const;

function network(loss: Parameters<tf.LayersModel["compile"]>[0]["loss"] = "meanSquaredError"): tf.LayersModel {
  setRandomSeed(1);
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 6, activation: "tanh", inputShape: [2] }),
      batchNormalization(),
      dropout({ rate: 0.2 }),
      tf.layers.reshape({ targetShape: [3, 2] }),
      lstm({ units: 3, dropout: 0.1 }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss });
  return model;
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
const saving = () => modelCheckpoint({ filepath: folder });
const load = () => loadLayersModel(`file://${folder}/model.json`);

describe("10-whole-model, 26-whole-model-cause", () => {
  it("goes on with the same dropout masks as an uninterrupted run", async () => {
    const whole = network();
    await fit(whole, data, { ...quiet, epochs: 4 });
    await fit(network(), data, { ...quiet, epochs: 2, callbacks: [saving()] });
    setRandomSeed(99);
    const loaded = await load();
    await fit(loaded, data, { ...quiet, epochs: 4, initialEpoch: 2 });
    expect(weightsOf(loaded)).toEqual(weightsOf(whole));
  });

  it("leaves no tensors in memory: not of saving, nor of a model that was disposed of", async () => {
    // The first training makes tensors that stay for the process.
    const first = network();
    await fit(first, data, { ...quiet, epochs: 1 });
    first.dispose();
    const before = tf.memory().numTensors;
    const model = network();
    await fit(model, data, { ...quiet, epochs: 1 });
    const trained = tf.memory().numTensors;
    await fit(model, data, { ...quiet, epochs: 3, callbacks: [saving()] });
    expect(tf.memory().numTensors).toBe(trained);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says that a loss of one's own was not saved, and goes on once it is compiled again", async () => {
    const own = (labels: tf.Tensor, outputs: tf.Tensor) => tf.mean(tf.square(tf.sub(labels, outputs)), -1);
    await fit(network(own), data, { ...quiet, epochs: 1, callbacks: [saving()] });
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const loaded = await load();
    expect(said.mock.calls.join()).toMatch(/saved with a loss of its own.*compile it again/);
    said.mockRestore();
    await expect(fit(loaded, data, quiet)).rejects.toThrow(/Cannot train or evaluate: the model .* compile it again/);
    loaded.compile({ optimizer: loaded.optimizer, loss: own });
    expect(loaded.optimizer.iterations).toBe(4);
    expect((await evaluate(loaded, data, quiet)).loss).toBeGreaterThan(0);
  });

  it("loads without metrics of one's own", async () => {
    const model = network();
    const farthest = (labels: tf.Tensor, outputs: tf.Tensor) => tf.max(tf.abs(tf.sub(labels, outputs)));
    model.compile({ optimizer: sgd(), loss: "meanSquaredError", metrics: [farthest] });
    await fit(model, data, { ...quiet, epochs: 1, callbacks: [saving()] });
    const loaded = await load();
    expect(Object.keys(await evaluate(loaded, data, quiet))).toEqual(["loss"]);
    expect(loaded.optimizer.iterations).toBe(4);
  });
});

describe("hard sigmoid", () => {
  const layer = () =>
    tf.layers.dense({ units: 1, kernelInitializer: "ones", activation: "hardSigmoid", inputShape: [1] });
  const outputs = (model: tf.LayersModel) =>
    Array.from((model.predict(tf.tensor2d([[1], [2.8]])) as tf.Tensor).dataSync());

  it("is Keras 3's in a model that is made and saved here", async () => {
    const model = tf.sequential({ layers: [layer()] });
    await model.save(`file://${folder}`);
    for (const one of [model, await load()]) {
      expect(outputs(one)).toEqual([expect.closeTo(4 / 6, 6), expect.closeTo(5.8 / 6, 6)]);
    }
  });

  it("stays the old one in a model that TensorFlow.js or Keras 2 has saved", async () => {
    await tf.sequential({ layers: [layer()] }).save(`file://${folder}`);
    const file = join(folder, "model.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as { generatedBy: string };
    writeFileSync(file, JSON.stringify({ ...json, generatedBy: "TensorFlow.js tfjs-layers v4.22.0" }));
    expect(outputs(await load())).toEqual([expect.closeTo(0.7, 6), 1]);
  });
});

describe("a layer added after the first prediction", () => {
  it("takes part in the next one, and in training", async () => {
    const model = network() as tf.Sequential;
    const samples = tf.tensor2d(x);
    model.predict(samples);
    model.add(tf.layers.dense({ units: 1, kernelInitializer: "zeros" }));
    expect(Math.max(...(model.predict(samples) as tf.Tensor).dataSync())).toBe(0);
    await fit(model, data, quiet);
    expect(Math.max(...(model.predict(samples) as tf.Tensor).dataSync().map(Math.abs))).toBeGreaterThan(0);
  });
});
