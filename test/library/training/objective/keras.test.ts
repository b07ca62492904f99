/** Losses, metrics, weights, masks and penalties against Keras' own (make_objective.py). */
import { describe, expect, it } from "vitest";
import { tf } from "../../../../src/library/engine/tf";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";
import { objectiveOf } from "../../../../src/library/training/steps/objective";
import { RunningMeans } from "../../../../src/library/training/steps/running-means";
import { trainBatch } from "../../../../src/library/training/steps/step";
import type { Optimizer } from "../../../../src/library/techniques/optimizers/optimizer";
import { batchesOf, cases, dataOf, epochs, type KerasCase, network } from "./keras-cases";

const quiet = { verbose: 0 } as const;
/** Keras' float32 sums, and its epsilons in F-scores. */
const TOLERANCE = 2e-6;

function expectClose(received: ArrayLike<number>, wanted: readonly number[], what: string): void {
  expect(received.length, what).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const distance = Math.abs(received[i] - value) / Math.max(1, Math.abs(value));
    expect(distance, `${what} ${i}: ${received[i]} beside ${value}`).toBeLessThan(TOLERANCE);
  });
}

function expectLogs(received: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): void {
  const names = Object.keys(wanted).sort();
  expect(Object.keys(received).sort()).toEqual(names);
  for (const name of names) expectClose([received[name]], [wanted[name]], name);
}

const weightsOf = (model: tf.LayersModel) => model.weights.map((weight) => weight.read().dataSync());

const single = cases.filter(({ outputs }) => outputs !== 2);
const two = cases.filter(({ outputs }) => outputs === 2);

describe.each(single.map((one): [string, KerasCase] => [one.name, one]))("as Keras: %s", (_, one) => {
  it.each([false, "graph"] as const)("evaluates, compile: %s", async (compile) => {
    const data = dataOf(one);
    const model = network(one);
    // Keras' evaluate has no class weights.
    expectLogs(await evaluate(model, data, { ...quiet, compile }), one.evaluate);
  });

  it.each([false, "graph"] as const)("trains, compile: %s", async (compile) => {
    const model = network(one);
    const { history } = await fit(model, dataOf(one), {
      ...quiet,
      epochs,
      compile,
      ...(one.classWeight && { classWeight: one.classWeight }),
    });
    expect(Object.keys(history).sort()).toEqual(Object.keys(one.history).sort());
    for (const [name, values] of Object.entries(one.history)) expectClose(history[name], values, name);
    weightsOf(model).forEach((values, i) => expectClose(values, one.after[i], `weight ${i}`));
  });
});

describe.each(two.map((one): [string, KerasCase] => [one.name, one]))("as Keras: %s", (_, one) => {
  it("trains step by step, with Keras' names in the logs", () => {
    const model = network(one);
    const objective = objectiveOf("test", model);
    const means = new RunningMeans(objective.columns);
    const optimizer = model.optimizer as unknown as Optimizer;
    optimizer.build(model.trainableWeights.map((weight) => weight.read() as tf.Variable));
    for (let epoch = 0; epoch < epochs; epoch++) {
      means.reset();
      for (const batch of batchesOf(one)) {
        const row = trainBatch({ model, objective }, batch, 0, (gradients) =>
          optimizer.applyGradients(gradients as never),
        );
        means.add(batch.features.shape[0], row);
        tf.dispose([row, batch.features, batch.labelsByName.first, batch.labelsByName.second]);
      }
      const logs = means.logs();
      expectLogs(logs, Object.fromEntries(Object.entries(one.history).map(([name, values]) => [name, values[epoch]])));
    }
    weightsOf(model).forEach((values, i) => expectClose(values, one.after[i], `weight ${i}`));
  });
});
