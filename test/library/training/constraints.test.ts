/** Weight constraints in `fit`, op by op and replayed, against Keras' fit (make_analysis.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";
import { maxNorm } from "../../../src/library/models/layers/constraints";
import { sgd } from "../../../src/library/techniques/optimizers/sgd";
import { fit } from "../../../src/library/training/fit/fit";

const expected = JSON.parse(readFileSync(join(__dirname, "../../expected/training/constraints.json"), "utf8"));
const train = datasetFromArrays({
  features: Float32Array.from(expected.x),
  shape: [4],
  labels: Int32Array.from(expected.y),
}).batch(6);

const constraints = {
  maxNorm: () => maxNorm({ maxValue: 0.9 }),
  "maxNorm, axis 1": () => maxNorm({ maxValue: 0.9, axis: 1 }),
  nonNeg: () => tf.constraints.nonNeg(),
  unitNorm: () => tf.constraints.unitNorm({ axis: 0 }),
  minMaxNorm: () => tf.constraints.minMaxNorm({ minValue: 0.7, maxValue: 1.1, rate: 0.5 }),
};

function expectClose(received: ArrayLike<number>, wanted: readonly number[], tolerance = 5e-6): void {
  expect(received.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(Math.abs(received[i] - value), `number ${i}`).toBeLessThan(tolerance));
}

describe.each(Object.entries(constraints))("%s", (name, constraint) => {
  it.each([false, "graph", "lowered", "xla"] as const)("trains as in Keras, compile: %s", async (compile) => {
    const wanted = expected.cases.find((entry: { name: string }) => entry.name === name);
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 5, activation: "tanh", inputShape: [4], kernelConstraint: constraint() }),
        tf.layers.dense({ units: 3, activation: "softmax", kernelConstraint: constraint() }),
      ],
    });
    // `setWeights` of TensorFlow.js would constrain the initial weights, which Keras' leaves as they are.
    model.weights.forEach((weight, i) =>
      (weight.read() as tf.Variable).assign(tf.tensor(expected.weights[i], weight.shape as number[])),
    );
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "sparseCategoricalCrossentropy" });
    const { history } = await fit(model, train, { epochs: 4, verbose: 0, compile });
    expectClose(history.loss, wanted.loss);
    model.getWeights().forEach((weight, i) => expectClose(weight.dataSync(), wanted.weights[i]));
  });
});

describe("maxNorm", () => {
  it("limits the norm over several axes, as for a convolution's kernel", () => {
    const kernel = tf.tensor(expected.kernel, [3, 3, 2, 4]);
    expectClose(
      maxNorm({ maxValue: 1.5, axis: [0, 1, 2] })
        .apply(kernel)
        .dataSync(),
      expected.constrainedKernel,
      1e-6,
    );
  });

  it("leaves shorter columns and keeps the direction of longer ones", () => {
    const [a, b, c, d] = maxNorm({ maxValue: 5 }).apply(tf.tensor2d([[3, 6], [4, 8]])).dataSync(); // prettier-ignore
    [a / 3, b / 3, c / 4, d / 4].forEach((ratio) => expect(ratio).toBeCloseTo(1, 6));
  });

  it.each([
    [{ maxValue: 0 }, /maxValue must be a finite number greater than 0/],
    [{ axis: -1 }, /axis must be an integer at least 0/],
    [{ axis: [] }, /at least one axis/],
    [{ max: 1 }, /unknown option 'max'/],
  ])("refuses %j", (options, message) => {
    expect(() => maxNorm(options as never)).toThrow(message);
  });
});
