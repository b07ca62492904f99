import { beforeAll, describe, expect, it } from "vitest";
import { adam, datasetFromArrays, evaluate, fit, precision, sgd, tf, useEngine } from "../../../../src/library/index";

beforeAll(async () => void (await useEngine()));

function twoOutputs(): tf.LayersModel {
  const input = tf.input({ shape: [1] });
  const outputs = ["a", "b"].map((name) => {
    const layer = tf.layers.dense({ units: 1, name, kernelInitializer: "zeros", useBias: false });
    return layer.apply(input) as tf.SymbolicTensor;
  });
  const model = tf.model({ inputs: input, outputs });
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
  return model;
}

const x = [[1], [1]];
const y = { a: [[1], [3]], b: [[1], [3]] };
const quiet = { verbose: 0 } as const;

describe("sample weights", () => {
  it("count for the output that they are given for, by name and in the outputs' order", async () => {
    const plain = await evaluate(twoOutputs(), { x, y }, quiet);
    expect([plain.a_loss, plain.b_loss]).toEqual([5, 5]);
    for (const sampleWeight of [{ b: [1, 0] }, [null, [1, 0]]]) {
      const logs = await evaluate(twoOutputs(), { x, y }, { ...quiet, sampleWeight });
      expect([logs.a_loss, logs.b_loss]).toEqual([5, 0.5]);
    }
    const { history } = await fit(twoOutputs(), { x, y, sampleWeight: { a: [0, 2], b: [1, 1] } }, quiet);
    expect([history.a_loss, history.b_loss]).toEqual([[9], [5]]);
  });

  it("count for each step of a sequence", async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [3, 1], kernelInitializer: "zeros" })],
    });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    const steps = { x: [[[1], [1], [1]]], y: [[[1], [2], [3]]] };
    const nested = await evaluate(model, steps, { ...quiet, sampleWeight: [[1, 0, 3]] });
    const flat = await evaluate(model, steps, { ...quiet, sampleWeight: Float32Array.of(1, 0, 3) });
    const tensor = await evaluate(model, steps, { ...quiet, sampleWeight: tf.tensor([[1, 0, 3]]) });
    for (const { loss } of [nested, flat, tensor]) expect(loss).toBeCloseTo((1 + 27) / 3, 5);
  });

  it("are refused where they belong to no output, fit no labels or are no weights", async () => {
    const weighed = (sampleWeight: never) => evaluate(twoOutputs(), { x, y }, { ...quiet, sampleWeight });
    await expect(weighed({ c: [1, 1] } as never)).rejects.toThrow("sampleWeight names 'c', the model has the outputs");
    await expect(weighed({ a: [1] } as never)).rejects.toThrow("expected 2 weights, one for each sample, received 1");
    await expect(weighed({ a: [1, -1] } as never)).rejects.toThrow("weights.a[1]");
    await expect(
      weighed({
        a: [
          [1, 2, 3],
          [1, 2, 3],
        ],
      } as never),
    ).rejects.toThrow("do not fit the values of the loss");
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })] });
    model.compile({ optimizer: adam(), loss: "binaryCrossentropy", weightedMetrics: [precision()] });
    const data = datasetFromArrays({
      features: x,
      labels: [[0], [1]],
      sampleWeight: [
        [1, 1],
        [1, 1],
      ],
    });
    await expect(evaluate(model, data, quiet)).rejects.toThrow("do not fit");
  });
});
