import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { isNative, nativeBackend } from "../../../src/library/engine/compile/native";
import { tf } from "../../../src/library/engine/tf";
import { adam } from "../../../src/library/techniques";
import { fit } from "../../../src/library/training/fit/fit";

const WIDTH = 64;

function data() {
  const features = Uint8Array.from({ length: 404 * WIDTH }, (_, i) => (i * i) % 251);
  const labels = Uint8Array.from({ length: 404 }, (_, i) => i % 10);
  return datasetFromArrays({ features, shape: [WIDTH], labels })
    .rescale(1 / 255)
    .shuffle({ bufferSize: 100, seed: 1 })
    .batch(8);
}

function network(): tf.Sequential {
  setRandomSeed(1);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: WIDTH, activation: "relu", inputShape: [WIDTH] }));
  model.add(tf.layers.dropout({ rate: 0.2 }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

// 3060 steps: one that kept a copy of the weights and moments (57 kB) would leave 175 MB.
it.runIf(isNative())("60 epochs leave no more tensors, memory and files than 5", async () => {
  const [model, train] = [network(), data()];
  const options = { validationData: train, verbose: 0 } as const;
  const after = async (epochs: number) => {
    await fit(model, train, { epochs, ...options });
    const tensors = [tf.memory().numTensors, nativeBackend().binding.getNumOfTensors()];
    return { tensors, megabytes: process.memoryUsage().rss / 1e6 };
  };
  const few = await after(5);
  const many = await after(60);
  expect(many.tensors).toEqual(few.tensors);
  expect(many.megabytes - few.megabytes).toBeLessThan(60);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`dnn-lab-graph-${process.pid}-`))).toEqual([]);
});
