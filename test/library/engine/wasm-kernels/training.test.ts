/** Whole trainings on the wasm engine, step by step equal to those on the complete engines. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { useEngine } from "../../../../src/library/engine/engine";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { dropout } from "../../../../src/library/models/layers/dropout";
import "../../../../src/library/models/initialization/seeded";
import { adam } from "../../../../src/library/techniques/optimizers/adam";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { fit } from "../../../../src/library/training/fit/fit";
import { onBackend, references, useWasm } from "./helpers";

beforeAll(async () => {
  // The engine reports itself once; the tests then change under it.
  await useEngine();
  await useWasm();
});

function images(shape: number[], count: number) {
  const random = new RandomStream(11);
  const labels = Int32Array.from({ length: count }, () => random.integer(10));
  const size = tf.util.sizeFromShape(shape);
  const features = Float32Array.from(
    { length: count * size },
    (_, i) => random.uniform() * (((i % size) * 10) / size < labels[Math.floor(i / size)] ? 1 : 0.3),
  );
  return datasetFromArrays({ features, shape, labels });
}

const stacked = (layers: tf.layers.Layer[]): tf.Sequential => tf.sequential({ layers });
const { dense, conv2d, separableConv2d, flatten, maxPooling2d, averagePooling2d, activation } = tf.layers;

const networks: Record<string, { shape: number[]; layers: () => tf.layers.Layer[]; optimizer: () => tf.Optimizer }> = {
  "the course's network with batch normalization and dropout": {
    shape: [28, 28],
    layers: () => [
      flatten({ inputShape: [28, 28] }),
      batchNormalization(),
      dense({ units: 50, activation: "relu" }),
      batchNormalization(),
      dropout({ rate: 0.2 }),
      dense({ units: 50, activation: "selu", kernelRegularizer: tf.regularizers.l1l2({ l1: 1e-4, l2: 1e-3 }) }),
      dense({ units: 10, activation: "softmax" }),
    ],
    optimizer: () => sgd({ learningRate: 0.05, momentum: 0.9, clipvalue: 0.5 }),
  },
  "a small convnet": {
    shape: [16, 16, 3],
    layers: () => [
      conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu", inputShape: [16, 16, 3] }),
      conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
      maxPooling2d({ poolSize: 2 }),
      batchNormalization(),
      flatten(),
      dense({ units: 10, activation: "softmax" }),
    ],
    optimizer: () => sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }),
  },
  "a convnet with separable and strided convolutions": {
    shape: [12, 12, 3],
    layers: () => [
      // A bias before batch normalization has no gradient but rounding, which Adam would blow up.
      conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: "same", useBias: false, inputShape: [12, 12, 3] }),
      batchNormalization(),
      activation({ activation: "tanh" }),
      separableConv2d({ filters: 12, kernelSize: 3, padding: "same", depthMultiplier: 2, activation: "elu" }),
      averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      flatten(),
      dense({ units: 10, activation: "softmax" }),
    ],
    optimizer: () => adam({ learningRate: 1e-3 }),
  },
};

/** Weights after a few steps, and the losses. */
async function train({ shape, layers, optimizer }: (typeof networks)[string]) {
  setRandomSeed(42);
  const model = stacked(layers());
  model.compile({ optimizer: optimizer(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const data = images(shape, 40);
  const options = { epochs: 3, verbose: 0, compile: false, validationData: data.batch(20) } as const;
  const { history } = await fit(model, data.batch(16), options);
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  model.dispose();
  return { weights, history };
}

/** The cpu backend's gradient of average pooling is wrong (see pool-gradients.ts), and it is slow. */
const complete = references.includes("tensorflow") ? "tensorflow" : "cpu";

describe.each(Object.entries(networks))("%s", (_, network) => {
  it("has the weights and the history that it has on the other engine", async () => {
    const found = await train(network);
    const wanted = await onBackend(complete, () => train(network));
    wanted.weights.forEach((weight, i) => {
      const apart = Math.max(...weight.map((value, j) => Math.abs(value - found.weights[i][j])));
      expect(apart, `weight ${i}`).toBeLessThan(1e-4);
    });
    for (const [name, values] of Object.entries(wanted.history)) {
      values.forEach((value, epoch) => expect(found.history[name][epoch], name).toBeCloseTo(value, 4));
    }
    expect(found.history.loss.at(-1)).toBeLessThan(found.history.loss[0]);
  });

  it("has the same weights to the last bit when it is run again", async () => {
    expect(await train(network)).toEqual(await train(network));
  });
});

it("shows that training has diverged", async () => {
  setRandomSeed(1);
  const model = stacked([dense({ units: 3, activation: "softmax", inputShape: [4] })]);
  model.setWeights([tf.fill([4, 3], NaN), tf.zeros([3])]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
  const features = new Float32Array(16).fill(1);
  const data = datasetFromArrays({ features, shape: [4], labels: Int32Array.of(0, 1, 2, 0) });
  const { history } = await fit(model, data.batch(4), { epochs: 1, verbose: 0 });
  expect(history.loss[0]).toBeNaN();
});
