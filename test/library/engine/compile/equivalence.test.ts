import { describe, expect, test } from "vitest";
import { PLANS, recordStep, type Plan } from "../../../../src/library/engine/compile";
import { tf } from "../../../../src/library/engine/tf";
import {
  convolutionalNetwork,
  courseNetwork,
  inputsAt,
  largestDifference,
  makeData,
  restore,
  runEagerly,
  schedule,
  sgdStep,
  snapshot,
  weightsOf,
} from "./networks";

const STEPS = 100;
const BATCH = 16;

function trainBothWays(model: tf.Sequential, shape: number[], plans: readonly Plan[]) {
  const data = makeData(300, shape);
  const step = sgdStep(model, data);
  const inputs = schedule(data, BATCH, STEPS);
  const weights = weightsOf(model);
  const start = snapshot(weights);
  const at = (i: number) => inputsAt(inputs, BATCH, i);
  const losses = runEagerly(step, at, STEPS);
  const eager = snapshot(weights);
  const replays = plans.map((plan) => {
    restore(weights, start);
    const compiled = recordStep({ step, examples: [at(0), at(1)], plan });
    expect(largestDifference(snapshot(weights), start), "recording leaves the variables").toBe(0);
    const runs = [0, 1].map(() => {
      restore(weights, start);
      const { loss } = compiled.run({ steps: STEPS, inputs });
      return { losses: loss.dataSync().slice() as Float32Array, weights: snapshot(weights) };
    });
    compiled.dispose();
    return { plan, runs };
  });
  return { losses, eager, start, replays };
}

describe("replaying equals running eagerly", () => {
  test("for the course's network, whatever the plan", () => {
    const { losses, eager, start, replays } = trainBothWays(courseNetwork(), [28, 28], PLANS);
    expect(losses[STEPS - 1]).toBeLessThan(losses[0] * 0.7);
    expect(largestDifference(eager, start)).toBeGreaterThan(0.01);
    for (const { plan, runs } of replays) {
      expect(largestDifference(runs[0].weights, eager), plan).toBeLessThan(1e-6);
      expect(largestDifference([runs[0].losses], [losses]), plan).toBeLessThan(1e-5);
    }
  });

  test("for a convolutional network with tanh and average pooling", () => {
    const { eager, replays } = trainBothWays(convolutionalNetwork("smooth"), [16, 16, 3], ["graph", "lowered"]);
    for (const { plan, runs } of replays) expect(largestDifference(runs[0].weights, eager), plan).toBeLessThan(1e-6);
  });

  test("in its losses for one with relu and max pooling, where rounding decides at the kinks", () => {
    const { losses, replays } = trainBothWays(convolutionalNetwork("relu"), [16, 16, 3], ["graph", "lowered"]);
    for (const { plan, runs } of replays)
      expect(largestDifference([runs[0].losses], [losses]), plan).toBeLessThan(0.05);
  });

  test("to the last bit for a relu that runs after its max pooling, windows overlapping or not", () => {
    for (const strides of [1, 2, 3]) {
      const x = tf.variable(tf.randomNormal<tf.Rank.R4>([2, 9, 9, 3], 0, 1, "float32", 5));
      const network = () => tf.maxPool(tf.relu(x), 2, strides, "same");
      const weigh = (y: tf.Tensor) => tf.mul(y, tf.reshape(tf.range(0, y.size), y.shape));
      const gradients = () => tf.variableGrads(() => tf.sum(weigh(network())) as tf.Scalar, [x]).grads[x.name];
      const compiled = recordStep({
        step: () => ({ y: network(), g: gradients() }),
        examples: [{}, {}],
        plan: "graph",
      });
      expect(compiled.explain().operationCounts).toMatchObject({ MaxPool: 1, Relu: 1, MaxPoolGrad: 1, ReluGrad: 1 });
      const { y, g } = compiled.run({ steps: 1 });
      expect([...y.dataSync()]).toEqual([...network().dataSync()]);
      expect([...g.dataSync()]).toEqual([...gradients().dataSync()]);
      compiled.dispose();
      x.dispose();
    }
  });

  test("to the last bit from run to run", () => {
    const { replays } = trainBothWays(courseNetwork(), [28, 28], PLANS);
    for (const { plan, runs } of replays) expect(largestDifference(runs[0].weights, runs[1].weights), plan).toBe(0);
  });
});

describe("a compiled step", () => {
  test("goes on where the last call ended, in chunks of any size", () => {
    const model = courseNetwork();
    const data = makeData(100, [28, 28]);
    const inputs = schedule(data, BATCH, 30);
    const weights = weightsOf(model);
    const start = snapshot(weights);
    for (const plan of PLANS) {
      restore(weights, start);
      const compiled = recordStep({
        step: sgdStep(model, data),
        examples: [inputsAt(inputs, BATCH, 0), inputsAt(inputs, BATCH, 1)],
        plan,
      });
      compiled.run({ steps: 30, inputs });
      const whole = snapshot(weights);
      restore(weights, start);
      for (const [from, to] of [
        [0, 7],
        [7, 20],
        [20, 30],
      ]) {
        const rows = inputs.rows.slice(from * BATCH, to * BATCH);
        const { loss } = compiled.run({
          steps: to - from,
          firstStep: from,
          inputs: { rows, rate: inputs.rate.slice(from, to) },
        });
        expect(loss.shape).toEqual([to - from]);
      }
      expect(largestDifference(snapshot(weights), whole), plan).toBe(0);
    }
  });
});
