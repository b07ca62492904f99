import { afterEach, describe, expect, it, vi } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization, fit, predict } from "../../../../src/library/index";
import { adam } from "../../../../src/library/techniques";
import { CompiledPredictor } from "../../../../src/library/training/steps/compiled-predict";

const [ROWS, WIDTH] = [330, 5];

function features(seed: number, rows = ROWS): Float32Array {
  return Float32Array.from({ length: rows * WIDTH }, (_, i) => Math.sin(i * i * seed));
}

const tensor = (seed: number, rows = ROWS) => tf.tensor2d(features(seed, rows), [rows, WIDTH]);

function data(seed: number) {
  const labels = Uint8Array.from({ length: ROWS }, (_, i) => (i * seed) % 3);
  return datasetFromArrays({ features: features(seed), shape: [WIDTH], labels }).batch(8);
}

function network(): tf.Sequential {
  setRandomSeed(5);
  const first = tf.layers.dense({ units: 8, activation: "relu", inputShape: [WIDTH] });
  const last = tf.layers.dense({ units: 3, activation: "softmax" });
  // Not the small network that is computed without TensorFlow (small-network.ts).
  return tf.sequential({ layers: [first, batchNormalization(), tf.layers.leakyReLU(), last] });
}

/** Of the recordings made from now on. */
const recordings = () => vi.spyOn(CompiledPredictor, "record");

/** Predicts and compares with TensorFlow.js. */
async function expectRight(model: tf.Sequential, given: tf.Tensor2D, batchSize: number): Promise<void> {
  const [found, expected] = [await predict(model, given, { batchSize }), model.predict(given) as tf.Tensor];
  expect(found.shape).toEqual(expected.shape);
  const [values, right] = [found.dataSync(), expected.dataSync()];
  values.forEach((value, i) => expect(Math.abs(value - right[i])).toBeLessThan(1e-5));
  tf.dispose([found, expected]);
}

afterEach(() => vi.restoreAllMocks());

describe.runIf(isNative())("the recording of predict", () => {
  it("is used again for tensors and data sets of the same form, with the outputs of the new samples", async () => {
    const [model, made] = [network(), recordings()];
    for (const seed of [1, 2, 3]) await expectRight(model, tensor(seed), 8);
    expect(made).toHaveBeenCalledTimes(1);
    for (const seed of [1, 2]) {
      const [found, given] = [await predict(model, data(seed)), tensor(seed)];
      const right = (model.predict(given) as tf.Tensor).dataSync();
      found.dataSync().forEach((value, i) => expect(Math.abs(value - right[i])).toBeLessThan(1e-5));
    }
    expect(made).toHaveBeenCalledTimes(2);
  });

  it("sees new weights: set, and trained", async () => {
    const [model, given] = [network(), tensor(1)];
    await expectRight(model, given, 8);
    const made = recordings();
    model.setWeights(model.getWeights().map((weight) => tf.add(tf.mul(weight, 2), 0.5)));
    await expectRight(model, given, 8);
    model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: "sparseCategoricalCrossentropy" });
    await fit(model, data(1), { verbose: 0 });
    await expectRight(model, given, 8);
    expect(made).not.toHaveBeenCalled();
  });

  it.each<[string, (model: tf.Sequential) => void]>([
    ["another size of the batch", () => undefined],
    ["a frozen layer", (model) => (model.layers[1].trainable = false)],
    ["another activation", (model) => Object.assign(model.layers[0], { activation: tanh() })],
    ["another layer", (model) => model.add(tf.layers.dense({ units: 2 }))],
  ])("is made anew after %s", async (what, change) => {
    const [model, given] = [network(), tensor(1)];
    await expectRight(model, given, 8);
    change(model);
    const made = recordings();
    await expectRight(model, given, what.includes("size") ? 4 : 8);
    expect(made).toHaveBeenCalledTimes(1);
  });

  it("is made once many small calls have come together, also for fewer samples than a batch", async () => {
    const [model, made] = [network(), recordings()];
    for (let i = 1; i <= 39; i++) await expectRight(model, tensor(i, 1), 32);
    expect(made).not.toHaveBeenCalled();
    for (let i = 40; i <= 60; i++) await expectRight(model, tensor(i, 1), 32);
    expect(made).toHaveBeenCalledTimes(1);
  });

  it("is not kept with layers of the user's, whose numbers nobody sees", async () => {
    let factor = 1;
    class Scaled extends tf.layers.Layer {
      static className = "ScaledByClosure";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([inputs].flat()[0], factor);
      }
    }
    const model = network();
    model.add(new Scaled({}));
    const given = tensor(1);
    await expectRight(model, given, 8);
    factor = 3;
    await expectRight(model, given, 8);
  });

  it("runs beside itself, and leaves no tensors and no samples behind", async () => {
    const [model, given, other] = [network(), tensor(1), tensor(2)];
    tf.dispose(await predict(model, given, { batchSize: 8 }));
    const { numTensors } = tf.memory();
    const found = await Promise.all([given, other].map((each) => predict(model, each, { batchSize: 8 })));
    for (const [i, each] of [given, other].entries()) {
      const right = (model.predict(each) as tf.Tensor).dataSync();
      found[i].dataSync().forEach((value, k) => expect(Math.abs(value - right[k])).toBeLessThan(1e-5));
    }
    tf.dispose(found);
    expect(tf.memory().numTensors).toBe(numTensors + 2 /* what TensorFlow.js predicted */);
    given.dispose();
    await expect(predict(model, given)).rejects.toThrow(/the tensor has been disposed/);
    await expectRight(model, tensor(3), 8);
    const before = tf.memory().numTensors;
    const weights = model.weights.length;
    model.dispose();
    expect(tf.memory().numTensors).toBe(before - weights);
  });
});

function tanh(): unknown {
  const layer = tf.layers.dense({ units: 1, activation: "tanh", inputShape: [1] });
  return (layer as unknown as { activation: unknown }).activation;
}
