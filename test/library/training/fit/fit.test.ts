import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";

/** Ten points of two classes that a line separates. */
function points() {
  const features = Float32Array.from({ length: 20 }, (_, i) => ((i >> 1) % 2 ? 1 : -1) * (1 + i / 20));
  const labels = Int32Array.from({ length: 10 }, (_, i) => i % 2);
  return datasetFromArrays({ features, shape: [2], labels });
}

function compiled(learningRate = 0.5): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, activation: "softmax", inputShape: [2] }));
  model.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

const quiet = { verbose: 0 } as const;

describe("fit", () => {
  it("learns, and tells each epoch's loss and accuracy", async () => {
    setRandomSeed(1);
    const history = await fit(compiled(), points().batch(4), { epochs: 5, ...quiet });
    expect(history.epoch).toEqual([0, 1, 2, 3, 4]);
    expect(history.history.loss[4]).toBeLessThan(history.history.loss[0]);
    expect(history.history.accuracy[4]).toBe(1);
    expect(history.params).toEqual({ epochs: 5, steps: 3, samples: 10, batchSize: 4 });
    expect(history.stopped).toBeUndefined();
  });

  it("gives the same history to the last bit for one seed, and another for another", async () => {
    const run = async (seed: number) => {
      setRandomSeed(seed);
      const data = points().shuffle({ bufferSize: 10, seed }).batch(3);
      return (await fit(compiled(), data, { epochs: 3, ...quiet })).history;
    };
    expect(await run(42)).toEqual(await run(42));
    expect((await run(42)).loss).not.toEqual((await run(43)).loss);
  });

  it("continues from initialEpoch", async () => {
    const history = await fit(compiled(), points().batch(5), { epochs: 4, initialEpoch: 2, ...quiet });
    expect(history.epoch).toEqual([2, 3]);
  });

  it("batches unbatched data by 32 or by batchSize", async () => {
    expect((await fit(compiled(), points(), quiet)).params.batchSize).toBe(32);
    expect((await fit(compiled(), points(), { batchSize: 2, ...quiet })).params.steps).toBe(5);
    await expect(fit(compiled(), points().batch(4), { batchSize: 2, ...quiet })).rejects.toThrow(
      /batched by 4 already/,
    );
  });

  it("calls callbacks at Keras' moments and lets them stop and change the rate", async () => {
    const calls: string[] = [];
    const rates: number[] = [];
    const callback: Callback = {
      onTrainBegin: () => void calls.push("train begin"),
      onEpochBegin: (epoch) => void calls.push(`epoch ${epoch}`),
      onTrainBatchEnd: (batch, logs) => void calls.push(`batch ${batch} ${Object.keys(logs).join(" ")}`),
      onEpochEnd(epoch, _logs, context) {
        rates.push(context.learningRate());
        context.setLearningRate(0.25);
        if (epoch === 1) context.stopTraining("seen enough");
      },
      onTrainEnd: () => void calls.push("train end"),
    };
    const history = await fit(compiled(), points().batch(5), { epochs: 9, callbacks: [callback], ...quiet });
    const batches = ["batch 0 loss accuracy", "batch 1 loss accuracy"];
    expect(calls).toEqual(["train begin", "epoch 0", ...batches, "epoch 1", ...batches, "train end"]);
    expect(rates).toEqual([0.5, 0.25]);
    expect(history.stopped).toBe("seen enough");
    expect(history.epoch).toEqual([0, 1]);
  });

  it("leaves no tensors behind", async () => {
    const model = compiled();
    const data = points().batch(3);
    const options = { epochs: 2, validationData: data, ...quiet };
    await fit(model, data, options);
    const before = tf.memory().numTensors;
    await fit(model, data, options);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("stops after the running step when the kernel asks for it, and keeps the weights", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const key = Symbol.for("dnn-lab.interrupt");
    const globals = globalThis as Record<symbol, unknown>;
    globals[key] = flag;
    let steps = 0;
    const callback: Callback = { onTrainBatchEnd: () => void (++steps === 2 && Atomics.store(flag, 0, 1)) };
    try {
      const running = fit(compiled(), points().batch(1), { callbacks: [callback], ...quiet });
      await expect(running).rejects.toThrow(/fit was interrupted/);
    } finally {
      delete globals[key];
    }
    expect(steps).toBe(2);
  });

  it.each([
    [{ epochs: 0 }, /epochs must be an integer at least 1, received 0/],
    [{ epochs: 2, initialEpoch: 2 }, /initialEpoch must be .* less than 2, received 2/],
    [{ epoch: 3 }, /unknown option 'epoch'.*Did you mean 'epochs'/],
    [{ verbose: 7 }, /verbose must be one of/],
    [{ classWeight: { 5: 1 } }, /class "5", but the model has classes 0 to 1/],
    [{ classWeight: { 0: -1 } }, /classWeight\[0\] must be .* at least 0, received -1/],
  ])("refuses %j before the first step", async (options, message) => {
    await expect(fit(compiled(), points().batch(2), { ...quiet, ...(options as object) })).rejects.toThrow(message);
  });

  it("refuses a model that is not compiled, data of another shape, and what is no data set", async () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 2, inputShape: [3] }));
    await expect(fit(model, points().batch(2), quiet)).rejects.toThrow(/expects samples of shape \[3\].*has \[2\]/);
    const plain = tf.sequential();
    plain.add(tf.layers.dense({ units: 2, inputShape: [2] }));
    await expect(fit(plain, points().batch(2), quiet)).rejects.toThrow(/not compiled.*model\.compile/);
    await expect(fit(compiled(), [1, 2] as never, quiet)).rejects.toThrow(/expected a Dataset, received \[1, 2\]/);
  });

  it("works with TensorFlow.js' own optimizers", async () => {
    const model = compiled();
    model.compile({ optimizer: tf.train.adam(0.1), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const { history } = await fit(model, points().batch(4), { epochs: 20, ...quiet });
    expect(history.loss[19]).toBeLessThan(history.loss[0]);
  });

  it("puts constrained weights back after each step", async () => {
    const model = tf.sequential();
    const kernelConstraint = tf.constraints.maxNorm({ maxValue: 0.1, axis: 0 });
    model.add(tf.layers.dense({ units: 2, activation: "softmax", inputShape: [2], kernelConstraint }));
    model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "sparseCategoricalCrossentropy" });
    await fit(model, points().batch(2), quiet);
    const [a, b, c, d] = model.getWeights()[0].dataSync();
    for (const norm of [Math.hypot(a, c), Math.hypot(b, d)]) expect(norm).toBeLessThan(0.1001);
  });
});

describe("sample weights", () => {
  it("count in the loss, also after shuffling and of a part of the data", async () => {
    const none = points().withSampleWeights(new Array(10).fill(0)).shuffle({ bufferSize: 5, seed: 1 }).batch(4);
    const { history } = await fit(compiled(), none, quiet);
    expect(history.loss).toEqual([0]);
    const part = points().subset([7, 2]).withSampleWeights([5, 0]);
    expect(
      Array.from((part.batch(2).batches(0).next().value as { sampleWeights: tf.Tensor }).sampleWeights.dataSync()),
    ).toEqual([5, 0]);
  });

  it("are refused where they cannot be meant", async () => {
    expect(() => points().withSampleWeights([1, 2])).toThrow("expected 10 weights, one for each sample, received 2");
    expect(() => points().withSampleWeights(new Array(10).fill(-1))).toThrow(/weights\[0\] must be .* at least 0/);
    expect(() => points().batch(2).withSampleWeights(new Array(10).fill(1))).toThrow("before shuffle, batch");
    const weighted = points().withSampleWeights(new Array(10).fill(1)).batch(2);
    await expect(fit(compiled(), weighted, { ...quiet, classWeight: { 0: 2 } })).rejects.toThrow("sample weights");
  });
});

describe("evaluate", () => {
  it("gives means over all samples, however they are batched", async () => {
    const model = compiled();
    const whole = await evaluate(model, points().batch(10), quiet);
    const pieces = await evaluate(model, points().batch(3), quiet);
    expect(pieces.accuracy).toBeCloseTo(whole.accuracy, 6);
    expect(pieces.loss).toBeCloseTo(whole.loss, 6);
  });
});
