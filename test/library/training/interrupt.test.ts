import { afterEach, describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../src/core/random";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { isNative } from "../../../src/library/engine/compile/native";
import { tf } from "../../../src/library/engine/tf";
import { sgd } from "../../../src/library/techniques";
import type { Optimizer } from "../../../src/library/techniques/optimizers/optimizer";
import type { Callback } from "../../../src/library/training/callbacks/callback";
import { fit } from "../../../src/library/training/fit/fit";

const globals = globalThis as Record<symbol, unknown>;
const key = Symbol.for("dnn-lab.interrupt");
afterEach(() => void delete globals[key]);

const WIDTH = 300;

function data() {
  const random = new RandomStream(1);
  const features = Uint8Array.from({ length: 640 * WIDTH }, () => random.integer(256));
  const labels = Uint8Array.from({ length: 640 }, () => random.integer(10));
  return datasetFromArrays({ features, shape: [WIDTH], labels })
    .rescale(1 / 255)
    .batch(64);
}

/** Large enough for a step of several milliseconds, so that a call of many steps would last too long. */
function network(): tf.Sequential {
  setRandomSeed(2);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 600, activation: "tanh", inputShape: [WIDTH] }));
  model.add(tf.layers.dense({ units: 600, activation: "tanh" }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  return model;
}

const stepsOf = (model: tf.LayersModel): number => (model.optimizer as unknown as Optimizer).iterations;
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));

describe.runIf(isNative())("an interrupt during compiled training", () => {
  it("ends it in the middle, with the weights of the last finished step", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    globals[key] = flag;
    const model = network();
    const running = fit(model, data(), { epochs: 10_000, compile: "graph", verbose: 0 });
    const timer = setInterval(() => void (stepsOf(model) > 0 && Atomics.store(flag, 0, 1)), 5);
    await expect(running).rejects.toThrow("fit was interrupted");
    clearInterval(timer);
    delete globals[key];
    const steps = stepsOf(model);
    expect(steps).toBeGreaterThan(0);

    const again = network();
    const stop: Callback = {
      onTrainBatchEnd: (_batch, _logs, context) => void (stepsOf(again) === steps && context.stopTraining()),
    };
    await fit(again, data(), { epochs: 10_000, compile: "graph", verbose: 0, callbacks: [stop] });
    expect(stepsOf(again)).toBe(steps);
    expect(weightsOf(again)).toEqual(weightsOf(model));
  });

  it("is answered between the parts of a recording, which leaves the weights as they were", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    globals[key] = flag;
    const model = network();
    const before = weightsOf(model);
    let turns = 0;
    const timer = setInterval(() => void (turns += 1), 0);
    const running = fit(model, data(), { epochs: 10_000, compile: "graph", verbose: 0 });
    setTimeout(() => Atomics.store(flag, 0, 1), 0);
    await expect(running).rejects.toThrow("fit was interrupted");
    clearInterval(timer);
    delete globals[key];
    expect(turns).toBeGreaterThan(0);
    expect([stepsOf(model), weightsOf(model)]).toEqual([0, before]);
  });

  it("comes from a timer too, though each epoch is over in a millisecond", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    globals[key] = flag;
    const running = fit(network(), data().take(1), { epochs: 5000, compile: "graph", verbose: 0 });
    setTimeout(() => Atomics.store(flag, 0, 1), 10);
    await expect(running).rejects.toThrow("fit was interrupted");
  });

  it("can be followed by more training", async () => {
    const flag = Int32Array.from([1]);
    globals[key] = flag;
    const model = network();
    await expect(fit(model, data(), { epochs: 100, compile: "graph", verbose: 0 })).rejects.toThrow("interrupted");
    delete globals[key];
    const before = tf.memory().numTensors;
    const { history } = await fit(model, data(), { epochs: 4, compile: "graph", verbose: 0 });
    expect(history.loss[3]).toBeLessThan(history.loss[0]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
