/** `fit`, `evaluate` and `predict` against Keras' own on the same model, weights and batches (make_training.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { adam } from "../../../../src/library/techniques/optimizers/adam";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";
import { predict } from "../../../../src/library/training/fit/predict";

interface Case {
  name: string;
  history: Record<string, number[]>;
  evaluate: Record<string, number>;
  weights: number[][];
  predictions: number[];
}

const expected = JSON.parse(readFileSync(join(__dirname, "../../../expected/training/fit.json"), "utf8"));
const cases = new Map<string, Case>(expected.cases.map((entry: Case) => [entry.name, entry]));

const data = (x: number[], y: number[]) =>
  datasetFromArrays({ features: Float32Array.from(x), shape: [2, 3], labels: Int32Array.from(y) });
const samples = data(expected.x, expected.y);
const train = samples.batch(6);
const weighted = samples.withSampleWeights(expected.y.map((_: number, i: number) => i / 10)).batch(6);
const valid = data(expected.xValid, expected.yValid).batch(6);

function model(optimizer: tf.Optimizer): tf.Sequential {
  const network = tf.sequential();
  network.add(tf.layers.flatten({ inputShape: [2, 3] }));
  network.add(tf.layers.dense({ units: 5, activation: "relu" }));
  network.add(
    tf.layers.dense({ units: 3, activation: "softmax", kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
  );
  network.setWeights(
    expected.weights.map((w: number[], i: number) => tf.tensor(w, network.weights[i].shape as number[])),
  );
  network.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return network;
}

function expectClose(received: ArrayLike<number>, wanted: readonly number[], tolerance = 2e-6): void {
  expect(received.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(Math.abs(received[i] - value), `number ${i}`).toBeLessThan(tolerance));
}

describe.each([
  ["sgd", () => sgd({ learningRate: 0.1 }), {}],
  ["sgd, momentum", () => sgd({ learningRate: 0.05, momentum: 0.9 }), {}],
  ["sgd, clipvalue", () => sgd({ learningRate: 0.1, clipvalue: 0.01 }), {}],
  ["adam", () => adam({ learningRate: 0.01 }), {}],
  ["sgd, class weights", () => sgd({ learningRate: 0.1 }), { classWeight: { 0: 2, 1: 0.5 } }],
  ["sgd, sample weights", () => sgd({ learningRate: 0.1 }), {}],
] as const)("Keras' fit: %s", (name, optimizer, options) => {
  it.each([false, "graph", "lowered", "xla"] as const)("ends with the same numbers, compile: %s", async (compile) => {
    const wanted = cases.get(name) as Case;
    const network = model(optimizer());
    const { history } = await fit(network, name.includes("sample weights") ? weighted : train, {
      epochs: 4,
      validationData: valid,
      verbose: 0,
      compile,
      ...options,
    });
    expect(Object.keys(history).sort()).toEqual(Object.keys(wanted.history).sort());
    for (const [key, values] of Object.entries(wanted.history)) expectClose(history[key], values);
    network.getWeights().forEach((weight, i) => expectClose(weight.dataSync(), wanted.weights[i]));
    const logs = await evaluate(network, valid, { verbose: 0 });
    expectClose(Object.values(logs), [wanted.evaluate.loss, wanted.evaluate.accuracy]);
    const predictions = await predict(network, valid);
    expect(predictions.shape).toEqual([9, 3]);
    expectClose(predictions.dataSync(), wanted.predictions);
  });
});
