/** `gradientFlow` against Keras' tape (make_analysis.py), the slides' equations by hand, and closed forms. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { freeze } from "../../../../src/library/models/transfer";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { gradientFlow } from "../../../../src/library/training/diagnostics/gradient-flow";

const expected = JSON.parse(readFileSync(join(__dirname, "../../../expected/training/gradient-flow.json"), "utf8"));
const batch = {
  features: tf.tensor2d(expected.x, [7, 4]),
  labels: tf.tensor1d(expected.y, "float32"),
};

function network(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 6, activation: "relu", inputShape: [4] }),
      batchNormalization(),
      tf.layers.dense({ units: 5, activation: "tanh" }),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  const trained = expected.weights.map(({ shape, values }: { shape: number[]; values: number[] }) =>
    tf.tensor(values, shape),
  );
  model.trainableWeights.forEach((weight, i) => weight.write(trained[i]));
  model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
  return model;
}

const close = (received: number | undefined, wanted: number) =>
  expect(Math.abs(received! - wanted), `${received} instead of ${wanted}`).toBeLessThan(2e-5 * Math.max(1, wanted));

describe("against Keras' tape", () => {
  it("gives the same loss, gradients, sensitivities and statistics", async () => {
    const { loss, samples, layers } = await gradientFlow(network(), batch);
    close(loss, expected.loss);
    expect(samples).toBe(7);
    expect(layers.map(({ type }) => type)).toEqual(["Dense", "BatchNormalization", "Dense", "Dense"]);
    layers.forEach((layer, i) => {
      for (const [key, value] of Object.entries(expected.layers[i])) close(layer[key as "mean"], value as number);
    });
    expect(layers[0].deadShare).toBeCloseTo(1 / 6, 6);
    const norms = layers.flatMap(({ weightGradientNorms }) => Object.values(weightGradientNorms));
    norms.forEach((norm, i) => close(norm, expected.gradientNorms[i]));
    expect(layers.map(({ weightGradientNorms }) => Object.keys(weightGradientNorms))).toEqual([
      ["kernel", "bias"],
      ["gamma", "beta"],
      ["kernel", "bias"],
      ["kernel", "bias"],
    ]);
    close(layers[0].gradientNorm, Math.hypot(expected.gradientNorms[0], expected.gradientNorms[1]));
  });
});

it("obeys the slides' recursion s^k = s^{k+1} (W^{k+1})ᵀ F'(n^k), worked by hand for one sample", async () => {
  setRandomSeed(1);
  const layer = (units: number) => tf.layers.dense({ units, activation: "sigmoid", useBias: false });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, activation: "sigmoid", useBias: false, inputShape: [2] }), layer(2), layer(1)],
  });
  model.compile({ optimizer: sgd(), loss: "meanSquaredError" });
  const [w1, w2, w3] = model.getWeights().map((w) => w.arraySync() as number[][]);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const times = (a: number[], w: number[][]) =>
    w[0].map((_, j) => a.reduce((sum, value, i) => sum + value * w[i][j], 0));
  const x = [0.5, -1];
  const a1 = times(x, w1).map(sigmoid);
  const a2 = times(a1, w2).map(sigmoid);
  const [a3] = times(a2, w3).map(sigmoid);
  const s3 = [2 * (a3 - 1) * a3 * (1 - a3)];
  const back = (s: number[], w: number[][], a: number[]) =>
    a.map((value, i) => s.reduce((sum, each, j) => sum + each * w[i][j], 0) * value * (1 - value));
  const s2 = back(s3, w3, a2);
  const s1 = back(s2, w2, a1);
  const { layers } = await gradientFlow(model, { features: tf.tensor2d([x]), labels: tf.tensor2d([[1]]) });
  [s1, s2, s3].forEach((s, i) => expect(layers[i].sensitivityNorm).toBeCloseTo(Math.hypot(...s), 6));
  // ∂L/∂W = a sᵀ, so its norm is the product of the norms.
  [
    [x, s1],
    [a1, s2],
    [a2, s3],
  ].forEach(([a, s], i) => expect(layers[i].gradientNorm).toBeCloseTo(Math.hypot(...a) * Math.hypot(...s), 6));
});

it("changes nothing: weights, moving averages, random streams, tensors", async () => {
  const model = network();
  const before = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  const own = model.layers.map((layer) => layer.call);
  await gradientFlow(model, batch);
  const tensors = tf.memory().numTensors;
  const first = await gradientFlow(model, batch);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before);
  expect(model.layers.map((layer) => layer.call)).toEqual(own);
  expect(await gradientFlow(model, batch)).toEqual(first);
  expect(batch.features.isDisposed).toBe(false);
});

it("uses the moving averages with training: false", async () => {
  const [trained, tested] = [
    await gradientFlow(network(), batch),
    await gradientFlow(network(), batch, { training: false }),
  ];
  expect(tested.layers[0]).toEqual(trained.layers[0] && { ...tested.layers[0], mean: trained.layers[0].mean });
  expect(Math.abs(tested.layers[1].standardDeviation - trained.layers[1].standardDeviation)).toBeGreaterThan(0.1);
});

it("tells the sensitivity of frozen layers, and of layers in nested models, but not below the first weights", async () => {
  const inner = tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [4] }), tf.layers.leakyReLU({ alpha: 0.1 })],
  });
  const model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [2, 2] }), inner, tf.layers.dense({ units: 3, activation: "softmax" })],
  });
  freeze(inner);
  model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
  const { layers } = await gradientFlow(model, { features: tf.ones([2, 2, 2]), labels: tf.tensor1d([0, 1]) });
  expect(layers.map(({ type }) => type)).toEqual(["Flatten", "Dense", "LeakyReLU", "Dense"]);
  expect(layers.map(({ gradientNorm }) => gradientNorm !== undefined)).toEqual([false, false, false, true]);
  expect(layers.map(({ sensitivityNorm }) => (sensitivityNorm ?? 0) > 0)).toEqual([false, true, true, true]);
});

it("refuses what it cannot analyse", async () => {
  const plain = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
  await expect(gradientFlow(plain, batch)).rejects.toThrow("not compiled");
  await expect(gradientFlow(network(), {} as never)).rejects.toThrow("train.take(256).tensors()");
  await expect(gradientFlow(network(), batch, { train: true } as never)).rejects.toThrow("unknown option 'train'");
});
