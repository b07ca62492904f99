/** What every optimizer can do: accumulate gradients, average the weights, let them decay, and give layers other rates. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as lab from "../../../src/library/index";
import { adam, adamw, datasetFromArrays, fit, type Optimizer, sgd, tf } from "../../../src/library/index";

const quiet = { verbose: 0 } as const;
const factories = lab as unknown as Record<string, (options: object) => Optimizer>;
const NAMES = ["adadelta", "adagrad", "adam", "adamax", "adamw", "nadam", "rmsprop", "sgd"];

const rows = Array.from({ length: 16 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const data = datasetFromArrays({ features: rows, labels: rows.map(([a, b]) => [a - b]) });

function model(optimizer: tf.Optimizer): tf.Sequential {
  const kernelInitializer = tf.initializers.constant({ value: 0.3 });
  const network = tf.sequential();
  network.add(tf.layers.dense({ units: 3, activation: "tanh", inputShape: [2], kernelInitializer, name: "low" }));
  network.add(tf.layers.dense({ units: 1, kernelInitializer, name: "high" }));
  network.compile({ optimizer, loss: "meanSquaredError" });
  return network;
}

const values = (network: tf.LayersModel) => network.getWeights().map((weight) => [...weight.dataSync()]);
const close = (found: number[][], expected: number[][]) =>
  found.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i], 6));

describe.each(NAMES)("%s", (name) => {
  const make = (options: object = {}) => factories[name]({ learningRate: 0.05, ...options });

  it("moves by the gradients of four batches as by that of one large batch", async () => {
    const [large, small] = [model(make()), model(make({ gradientAccumulationSteps: 4 }))];
    await fit(large, data.batch(16), { epochs: 3, ...quiet });
    await fit(small, data.batch(4), { epochs: 3, ...quiet });
    close(values(small), values(large));
    expect((small.optimizer as Optimizer).iterations).toBe(3);
    expect((small.optimizer as Optimizer).steps).toBe(12);
  });

  it("gives the rate 0 to a layer, and a half of it as a half", async () => {
    const still = model(make({ layerMultipliers: [{ layers: ["low"], multiplier: 0 }] }));
    const before = values(still);
    await fit(still, data.batch(8), { epochs: 2, ...quiet });
    expect(values(still).slice(0, 2)).toEqual(before.slice(0, 2));
    expect(values(still)[2]).not.toEqual(before[2]);
    const [half, slow] = [model(make()), model(make({ learningRate: 0.025 }))];
    const both = [{ layers: half.layers, multiplier: 0.5 }];
    half.compile({ optimizer: make({ layerMultipliers: both }), loss: "meanSquaredError" });
    for (const network of [half, slow]) await fit(network, data.batch(8), { epochs: 2, ...quiet });
    close(values(half), values(slow));
  });

  it("ends with the average of the weights that it went through", async () => {
    const [plain, averaged] = [model(make()), model(make({ useEma: true, emaMomentum: 0.5 }))];
    const seen: number[][][] = [];
    const onTrainBatchEnd = () => void seen.push(values(plain));
    await fit(plain, data.batch(8), { epochs: 2, callbacks: [{ onTrainBatchEnd }], ...quiet });
    await fit(averaged, data.batch(8), { epochs: 2, ...quiet });
    const mean = seen.reduce((average, next) =>
      average.map((row, i) => row.map((value, j) => (value + next[i][j]) / 2)),
    );
    close(values(averaged), mean);
  });

  it("goes on to the bit from a checkpoint within an accumulation", async () => {
    const options = {
      ...{ gradientAccumulationSteps: 3, useEma: true, emaMomentum: 0.9, emaOverwriteFrequency: 2, weightDecay: 0.01 },
      layerMultipliers: [{ layers: ["low"], multiplier: 0.5 }],
    };
    const whole = model(make(options));
    const told = await fit(whole, data.batch(4), { epochs: 4, ...quiet });
    const resume = mkdtempSync(join(tmpdir(), "dnn lab optimizer "));
    const onEpochBegin = (epoch: number) => {
      if (epoch === 1) throw new Error("ended");
    };
    const broken = fit(model(make(options)), data.batch(4), {
      epochs: 4,
      resume,
      callbacks: [{ onEpochBegin }],
      ...quiet,
    });
    await expect(broken).rejects.toThrow("ended");
    const resumed = model(make(options));
    const history = await fit(resumed, data.batch(4), { epochs: 4, resume, ...quiet });
    expect(values(resumed)).toEqual(values(whole));
    expect(history.history).toEqual(told.history);
    rmSync(resume, { recursive: true });
  });

  it("keeps its options in its configuration, through TensorFlow.js' saved models", async () => {
    const options = {
      ...{
        gradientAccumulationSteps: 2,
        useEma: true,
        emaMomentum: 0.5,
        weightDecay: 0.1,
        excludeFromWeightDecay: ["bias"],
      },
      layerMultipliers: [{ layers: ["low_1", "high_2"], multiplier: 0.5 }],
    };
    const optimizer = make(options);
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as object;
    const again = lab.Optimizer.fromConfig<Optimizer>(lab.Optimizer, config);
    expect(again.getConfig()).toEqual(optimizer.getConfig());
    expect(again.stepScalars(1)).toEqual(optimizer.stepScalars(1));
  });
});

describe("refused before the first step", () => {
  it.each([
    [{ gradientAccumulationSteps: 1 }, /gradientAccumulationSteps must be an integer at least 2, received 1/],
    [{ gradientAccumulationSteps: 2.5 }, /gradientAccumulationSteps must be an integer/],
    [{ emaMomentum: 0.9 }, /emaMomentum needs useEma: true/],
    [{ useEma: true, emaMomentum: 1.5 }, /emaMomentum must be .* at most 1/],
    [{ useEma: true, emaOverwriteFrequency: 1 }, /emaOverwriteFrequency must be an integer at least 2/],
    [{ use_ema: true }, /unknown option 'use_ema'.*Did you mean 'useEma'/],
    [{ weightDecay: -1 }, /weightDecay must be .* at least 0/],
    [{ excludeFromWeightDecay: ["bias"] }, /needs a weightDecay/],
    [{ layerMultipliers: { low: 0.1 } }, /layerMultipliers must be an array of \{ layers, multiplier \}/],
    [{ layerMultipliers: [{ layers: "low", multiplier: 1 }] }, /layers must be an array/],
    [{ layerMultipliers: [{ layers: ["low"], multiplier: -1 }] }, /multiplier must be .* at least 0/],
  ])("%j", (options, message) => {
    expect(() => sgd(options as object)).toThrow(message);
  });

  it("layers that the model does not have, or has twice in the list", async () => {
    const misspelt = model(sgd({ layerMultipliers: [{ layers: ["lwo"], multiplier: 0.1 }] }));
    await expect(fit(misspelt, data, quiet)).rejects.toThrow(
      /the layer "lwo".*its layers are 'low', 'high'.*Did you mean 'low'/,
    );
    const both = [
      { layers: ["low"], multiplier: 0.1 },
      { layers: ["low"], multiplier: 0.2 },
    ];
    await expect(fit(model(adam({ layerMultipliers: both })), data, quiet)).rejects.toThrow(/'low' more than once/);
  });
});

it("a NaN among accumulated gradients reaches the weights at the update, not before", async () => {
  const network = model(adamw({ gradientAccumulationSteps: 2 }));
  const [first] = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const before = [...first.dataSync()];
  const optimizer = network.optimizer as Optimizer;
  const step = (value: number) =>
    tf.tidy(() => optimizer.applyGradients({ [first.name]: tf.fill(first.shape, value) }));
  step(NaN);
  expect([...first.dataSync()]).toEqual(before);
  step(1);
  expect([...first.dataSync()].every(Number.isNaN)).toBe(true);
});

// keras#18949: 9.985618 in TensorFlow, 0 in other backends.
it("a moving average without a model is the one that Keras documents", () => {
  const weight = tf.variable(tf.tensor1d([10]));
  const optimizer = sgd({ useEma: true });
  for (let i = 0; i < 10; i++) tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.tensor1d([1]) }));
  expect(weight.dataSync()[0]).toBeCloseTo(9.9, 5);
  optimizer.finalizeVariableValues([weight]);
  expect(weight.dataSync()[0]).toBeCloseTo(9.985618, 5);
});
