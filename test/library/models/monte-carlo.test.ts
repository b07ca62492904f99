import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import { isNative } from "../../../src/library/engine/compile/native";
import { tf } from "../../../src/library/engine/tf";
import { batchNormalization } from "../../../src/library/models/layers/batch-normalization";
import { alphaDropout, dropout } from "../../../src/library/models/layers/dropout";
import { monteCarloPredict } from "../../../src/library/models/monte-carlo";
import { expectClose } from "./helpers";

const dropOnly = (rate: number) => tf.sequential({ layers: [dropout({ rate, inputShape: [30] })] });

function network(): tf.Sequential {
  setRandomSeed(1);
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 20, activation: "selu", inputShape: [4] }),
      batchNormalization(),
      alphaDropout({ rate: 0.2 }),
      tf.layers.dense({ units: 2 }),
    ],
  });
}
const x = tf.tensor2d(
  [...Array(20).keys()].map((i) => Math.sin(i)),
  [5, 4],
);

it("gives mean and standard deviation of the closed form: dropout of 1 is a scaled coin toss", async () => {
  const rate = 0.2;
  const { mean, standardDeviation } = await monteCarloPredict(dropOnly(rate), tf.ones([20, 30]), {
    samples: 400,
    seed: 3,
  });
  expect(mean.shape).toEqual([20, 30]);
  const deviation = Math.sqrt(rate / (1 - rate));
  // Over 600 units of 400 samples each.
  expect(Math.abs(tf.mean(mean).dataSync()[0] - 1)).toBeLessThan(0.005);
  expect(Math.abs(tf.mean(standardDeviation).dataSync()[0] - deviation)).toBeLessThan(0.005);
});

it("agrees with the samples computed one by one", async () => {
  const model = network();
  const { mean, standardDeviation } = await monteCarloPredict(model, x, { samples: 3, seed: 5 });
  const one = await monteCarloPredict(model, x, { samples: 1, seed: 5 });
  const two = await monteCarloPredict(model, x, { samples: 2, seed: 5 });
  const first = one.mean;
  const second = tf.sub(tf.mul(two.mean, 2), first);
  const third = tf.sub(tf.mul(mean, 3), tf.mul(two.mean, 2));
  const stacked = tf.stack([first, second, third]);
  expectClose(standardDeviation.dataSync(), tf.sqrt(tf.moments(stacked, 0).variance).dataSync(), 1e-5);
  expectClose(one.standardDeviation.dataSync(), new Float32Array(10), 0);
});

it.runIf(isNative())("gives the same numbers when the samples are replayed in one call", async () => {
  const model = network();
  const options = { samples: 100, seed: 6, batchSize: 2 };
  const tensors = tf.memory().numTensors;
  const [compiled, eager] = [
    await monteCarloPredict(model, x, options),
    await monteCarloPredict(model, x, { ...options, compile: false }),
  ];
  for (const name of ["mean", "standardDeviation"] as const) {
    expectClose(compiled[name].dataSync(), eager[name].dataSync(), 1e-5);
    expect(Math.min(...eager.standardDeviation.dataSync())).toBeGreaterThan(0.01);
  }
  tf.dispose([{ ...compiled }, { ...eager }]);
  expect(tf.memory().numTensors).toBe(tensors);
});

it("predicts a model that cannot be replayed all the same", async () => {
  class Reading extends tf.layers.Layer {
    static className = "Reading";
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const value = Array.isArray(inputs) ? inputs[0] : inputs;
      return tf.tidy(() => (value.dataSync()[0] > 1e9 ? value : tf.mul(value, 2)));
    }
  }
  const model = tf.sequential({ layers: [dropout({ rate: 0.5, inputShape: [30] }), new Reading({})] });
  const { mean } = await monteCarloPredict(model, tf.ones([2, 30]), { samples: 25, seed: 1 });
  expect(Math.abs(tf.mean(mean).dataSync()[0] - 2)).toBeLessThan(0.3);
});

it("repeats with a seed, differs with another, and draws one from setRandomSeed", async () => {
  const model = network();
  const mean = async (seed?: number) =>
    Array.from((await monteCarloPredict(model, x, { samples: 4, seed })).mean.dataSync());
  expect(await mean(1)).toEqual(await mean(1));
  expect(await mean(1)).not.toEqual(await mean(2));
  setRandomSeed(9);
  const drawn = await mean();
  expect(await mean()).not.toEqual(drawn);
  setRandomSeed(9);
  expect(await mean()).toEqual(drawn);
});

it("leaves batch normalization in inference mode and the model as it was, and keeps no other tensors", async () => {
  const model = network();
  const before = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  const plain = Array.from((model.predict(x) as tf.Tensor).dataSync());
  const tensors = tf.memory().numTensors;
  const { mean, standardDeviation } = await monteCarloPredict(model, x, { samples: 12, seed: 1, batchSize: 2 });
  expect(tf.memory().numTensors).toBe(tensors + 2);
  tf.dispose([mean, standardDeviation]);
  expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before);
  expect(Array.from((model.predict(x) as tf.Tensor).dataSync())).toEqual(plain);
});

it("gives the batches of one sample masks of their own", async () => {
  const { mean } = await monteCarloPredict(dropOnly(0.5), tf.ones([4, 30]), { samples: 1, seed: 1, batchSize: 2 });
  const [first, second] = tf.split(mean, 2).map((half) => Array.from(half.dataSync()));
  expect(first).not.toEqual(second);
});

describe("entropies", () => {
  const classifier = () => {
    const model = network();
    model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
    return model;
  };
  const entropy = (p: readonly number[]) => -p.reduce((sum, each) => sum + each * Math.log(each), 0);

  it.each([4, 30])("are those of %i samples computed one by one", async (samples) => {
    const model = classifier();
    // Sample k is k + 1 times the mean of the first k + 1, less k times the mean of the first k.
    const means: number[][][] = [];
    for (let k = 1; k <= 4; k++) {
      const { mean } = await monteCarloPredict(model, x, { samples: k, seed: 8 });
      means.push(mean.arraySync() as number[][]);
    }
    const sample = (k: number, i: number) =>
      means[k][i].map((value, c) => (k + 1) * value - k * (k ? means[k - 1][i][c] : 0));
    const found = await monteCarloPredict(model, x, { samples, seed: 8, entropies: true });
    const mean = found.mean.arraySync() as number[][];
    expectClose(found.predictiveEntropy.dataSync(), mean.map(entropy), 1e-5);
    const information = found.mutualInformation.dataSync();
    expect(found.mutualInformation.shape).toEqual([5]);
    expect(Math.min(...information)).toBeGreaterThan(0);
    expect(Math.max(...information)).toBeLessThanOrEqual(Math.log(3));
    if (samples !== 4) return;
    const expected = mean.map(
      (p, i) => entropy(p) - [0, 1, 2, 3].reduce((sum, k) => sum + entropy(sample(k, i)), 0) / 4,
    );
    expectClose(information, expected, 1e-5);
  });

  it("are the same op by op, and keep no other tensors", async () => {
    const model = classifier();
    const options = { samples: 25, seed: 2, entropies: true } as const;
    const tensors = tf.memory().numTensors;
    const replayed = await monteCarloPredict(model, x, options);
    const eager = await monteCarloPredict(model, x, { ...options, compile: false });
    expectClose(replayed.mutualInformation.dataSync(), eager.mutualInformation.dataSync(), 1e-5);
    expectClose(replayed.predictiveEntropy.dataSync(), eager.predictiveEntropy.dataSync(), 1e-5);
    tf.dispose([{ ...replayed }, { ...eager }]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("need probabilities", async () => {
    await expect(monteCarloPredict(network(), x, { entropies: true })).rejects.toThrow("End the model with softmax");
  });
});

describe("refuses", () => {
  it.each([
    [
      () => monteCarloPredict(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] }), x),
      /no dropout or noise layer/,
    ],
    [() => monteCarloPredict(dropOnly(0.5), x, { samples: 0 }), /samples must be an integer at least 1/],
    [() => monteCarloPredict(dropOnly(0.5), x, { sample: 3 } as never), /unknown option 'sample'/],
    [() => monteCarloPredict({} as never, x), /expected a tf.LayersModel/],
  ])("%s", async (run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});
