import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { adam } from "../../../../src/library/techniques";
import { explain } from "../../../../src/library/training/diagnostics/explain";
import { fit } from "../../../../src/library/training/fit/fit";
import { planFor, type RunSize } from "../../../../src/library/training/steps/plan";

function data() {
  const features = Uint8Array.from({ length: 90 * 16 }, (_, i) => (i * i) % 251);
  const labels = Uint8Array.from({ length: 90 }, (_, i) => i % 3);
  return datasetFromArrays({ features, shape: [4, 4, 1], labels }).rescale(1 / 255);
}

function network(convolves: boolean): tf.Sequential {
  setRandomSeed(3);
  const model = tf.sequential();
  if (convolves) model.add(tf.layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }));
  model.add(tf.layers.flatten(convolves ? {} : { inputShape: [4, 4, 1] }));
  model.add(batchNormalization());
  model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));

describe.runIf(isNative())("explain", () => {
  it("tells how the last fit and its validation were run", async () => {
    const model = network(false);
    const { plan } = await fit(model, data().batch(4), { epochs: 3, validationData: data().batch(2), verbose: 0 });
    const explanation = await explain(model);
    const [training, evaluation] = explanation.runs;
    expect(training).toMatchObject({ task: "training", plan: "graph", steps: 69, dataBytes: 90 * 17 });
    expect(evaluation).toMatchObject({ task: "evaluation", plan: "graph", steps: 135 });
    expect(plan).toBe("graph");
    expect(training.operations).toBeLessThan(training.recordedOperations as number);
    expect(training.operationCounts).toMatchObject({ MatMul: 3 });
    // Weights, and adam's two moments for each that is trained.
    expect(training.variableBytes).toBe(4 * (2 * 16 + 3 * (2 * 16 + 16 * 3 + 3)));
    expect(training.stepMs).toBeGreaterThan(0);
    expect(inspect(explanation)).toMatch(/plan +graph: the model is small[^]*steps +69, [\d.]+ ms each/);
    const shown = (explanation as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]();
    expect(shown["text/html"]).toContain("<table><caption>Last training of");
    expect(shown["text/plain"]).toBe(explanation.toString());
  });

  it("says why steps ran op by op", async () => {
    const model = network(false);
    await fit(model, data().batch(16), { verbose: 0 });
    const [run] = (await explain(model)).runs;
    expect(run).toMatchObject({ plan: "eager", steps: 6, reason: expect.stringContaining("fewer than 40 steps") });
    expect(run.operations).toBeUndefined();
  });

  it("measures every plan on given data, and leaves model, optimizer and tensors as they were", async () => {
    const model = network(false);
    await fit(model, data().batch(16), { verbose: 0 });
    const [before, tensors] = [weightsOf(model), tf.memory().numTensors];
    const optimizer = model.optimizer as unknown as { iterations: number };
    const { measured } = await explain(model, data(), { batchSize: 16 });
    expect(Object.keys(measured ?? {}).sort()).toEqual(["eager", "graph", "lowered", "xla"]);
    for (const time of Object.values(measured ?? {})) expect(time).toBeGreaterThan(0);
    expect(weightsOf(model)).toEqual(before);
    expect(optimizer.iterations).toBe(6);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("names a plan that cannot run the step", async () => {
    const model = network(true);
    const reading = (_: tf.Tensor, yPred: tf.Tensor) => (void yPred.dataSync(), tf.mean(tf.square(yPred)));
    model.compile({ optimizer: adam(), loss: reading as never });
    const { measured } = await explain(model, data().batch(16));
    expect(measured).toEqual({
      eager: expect.any(Number),
      graph: expect.stringMatching(/reads.*explain\.test/),
      lowered: expect.stringMatching(/reads/),
    });
  });

  it("has nothing to tell of a model that was never run", async () => {
    await expect(explain(network(false))).rejects.toThrow(/not been trained yet.*explain\(model, train\)/);
  });
});

describe("the plan of a model", () => {
  const short: RunSize = { batchSize: 4, steps: 100, allowsXla: true };
  /** 20,000 steps of 1,000 multiplications a sample. */
  const long: RunSize = { batchSize: 1000, steps: 20_000, allowsXla: true };
  const dense = (layers: tf.layers.Layer[] = []) =>
    tf.sequential({ layers: [tf.layers.dense({ units: 10, inputShape: [100] }), ...layers] });

  it("is that of its layers", () => {
    expect(planFor(network(false), short, {}).plan).toBe("graph");
    expect(planFor(network(true), short, {}).plan).toBe("lowered");
    const nested = tf.sequential({ layers: [network(true), tf.layers.dense({ units: 1 })] });
    expect(planFor(nested, short, {}).plan).toBe("lowered");
  });

  it("is another for large products", () => {
    const wide = tf.sequential({ layers: [tf.layers.dense({ units: 200, inputShape: [1000] })] });
    expect([8, 16].map((batchSize) => planFor(wide, { ...short, batchSize }, {}).plan)).toEqual(["graph", "lowered"]);
  });

  it("is xla for long runs of dense networks alone", () => {
    expect(planFor(dense(), long, {})).toEqual({ plan: "xla", reason: expect.stringMatching(/long/) });
    expect(planFor(dense([batchNormalization(), dropout({ rate: 0.5 })]), long, {}).plan).toBe("xla");
    expect(planFor(tf.sequential({ layers: [dense(), tf.layers.dense({ units: 2 })] }), long, {}).plan).toBe("xla");
    expect(planFor(dense(), { ...long, steps: 19_999 }, {}).plan).toBe("graph");
    // A recurrent network is a long graph, an embedding looks rows up, and so may functions of the user's.
    const recurrent = tf.sequential({ layers: [tf.layers.simpleRNN({ units: 99, inputShape: [5, 99] })] });
    const embedding = tf.sequential({ layers: [tf.layers.embedding({ inputDim: 99, outputDim: 99, inputLength: 3 })] });
    for (const other of [recurrent, embedding]) expect(planFor(other, long, {}).plan).not.toBe("xla");
    expect(planFor(dense(), { ...long, allowsXla: false }, {}).plan).not.toBe("xla");
    expect(planFor(network(true), long, {}).plan).toBe("lowered");
  });

  it("is forced by DNN_LAB_PLAN", () => {
    expect(planFor(network(true), short, { DNN_LAB_PLAN: "eager" }).plan).toBe("eager");
    expect(planFor(network(false), short, { DNN_LAB_PLAN: "xla" }).plan).toBe("xla");
    expect(() => planFor(network(false), short, { DNN_LAB_PLAN: "fast" })).toThrow(/DNN_LAB_PLAN.*eager.*graph/);
  });
});
