/** Training on streams: the numbers of the same data in memory, compiled all the way, resumed to the bit, in little memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import type { Dataset } from "../../../../src/library/data/dataset";
import { datasetFromGenerator, type GeneratorOptions } from "../../../../src/library/data/stream/from-generator";
import { tf } from "../../../../src/library/engine/tf";
import { isNative } from "../../../../src/library/engine/compile/native";
import { useEngine } from "../../../../src/library/engine/engine";
import { setRandomSeed } from "../../../../src/core/random";
import { RandomStream } from "../../../../src/core/random";
import { adam } from "../../../../src/library/techniques";
import { explain } from "../../../../src/library/training/diagnostics/explain";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";
import { predict } from "../../../../src/library/training/fit/predict";
import type { TrainingData } from "../../../../src/library/training/fit/given-data";

const SAMPLES = 210;
const random = new RandomStream(7);
const features = Array.from({ length: SAMPLES }, () => [random.uniform(), random.uniform(), random.uniform()]);
const labels = features.map(([a, b]) => (a > b ? 1 : 0));

const stored = (): Dataset => datasetFromArrays({ features, labels });

function streamed(options: Partial<GeneratorOptions> & { later?: boolean } = {}) {
  const { later, ...rest } = options;
  const generator = later
    ? async function* () {
        for (const [i, row] of features.entries()) {
          if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          yield [row, labels[i]] as const;
        }
      }
    : function* () {
        for (const [i, row] of features.entries()) yield [row, labels[i]] as const;
      };
  return datasetFromGenerator({ generator, shape: [3], ...rest });
}

function model(): tf.LayersModel {
  setRandomSeed(1);
  const made = tf.sequential();
  made.add(tf.layers.dense({ units: 8, activation: "relu", inputShape: [3] }));
  made.add(tf.layers.dense({ units: 2, activation: "softmax" }));
  made.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return made;
}

const weightsOf = (trained: tf.LayersModel) => trained.getWeights().map((weight) => Array.from(weight.dataSync()));

async function trained(data: TrainingData, options: FitOptions) {
  const made = model();
  const history = await fit(made, data, { verbose: 0, ...options });
  return { model: made, history, weights: weightsOf(made) };
}

/** XLA fuses what it reads with what it computes: on some processors another source gives another last bit. */
function expectAlike(found: number[], wanted: number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5));
}

beforeEach(() => useEngine());

describe("fit on a stream", () => {
  it.each([
    ["compiled", { compile: "graph" as const }, false],
    ["compiled, from a source that takes its time", { compile: "graph" as const }, true],
    ["compiled by XLA", { compile: "xla" as const }, false],
    ["op by op", { compile: false as const }, true],
  ])("gives the weights of the data in memory: %s", async (_, options, later) => {
    if (!isNative() && options.compile !== false) return;
    const steps = <T extends { shuffle: Dataset["shuffle"] }>(data: T) =>
      data.shuffle({ bufferSize: 50, seed: 5 }).batch(16);
    const a = await trained(steps(stored()), { epochs: 3, ...options });
    const b = await trained(streamed({ size: SAMPLES, later }).shuffle({ bufferSize: 50, seed: 5 }).batch(16), {
      epochs: 3,
      ...options,
    });
    const numbers = ({ weights, history }: typeof a) => [weights, Object.values(history.history)].flat(2);
    if (options.compile === "xla") expectAlike(numbers(b), numbers(a));
    else expect(numbers(b)).toEqual(numbers(a));
    expect(b.history.params).toEqual(a.history.params);
    expect(b.history.plan).toBe(options.compile === false ? "eager" : options.compile);
  });

  it("of unknown size goes through pass after pass, as stepsPerEpoch says", async () => {
    const options = { epochs: 4, stepsPerEpoch: 10 };
    const a = await trained(stored().shuffle({ bufferSize: 30, seed: 2 }).batch(16), options);
    const b = await trained(streamed().shuffle({ bufferSize: 30, seed: 2 }).batch(16), options);
    expect(b.weights).toEqual(a.weights);
    const c = await trained(streamed().shuffle({ bufferSize: 30, seed: 2 }).repeat().batch(16), options);
    expect(c.history.params.samples).toBe(160);
  });

  it("a second fit goes on with the next orders of the shuffle", async () => {
    const data = [stored(), streamed({ size: SAMPLES })].map((each) =>
      each.shuffle({ bufferSize: 99, seed: 2 }).batch(16),
    );
    const results = [];
    for (const each of data) {
      const made = model();
      await fit(made, each as Dataset, { epochs: 2, verbose: 0 });
      await fit(made, each as Dataset, { epochs: 1, verbose: 0 });
      results.push(weightsOf(made));
    }
    expect(results[1]).toEqual(results[0]);
  });

  it("validates, evaluates and predicts on streams", async () => {
    const a = await trained(stored().batch(16), { epochs: 2, validationData: stored().batch(20) });
    const b = await trained(streamed({ size: SAMPLES }).batch(16), {
      epochs: 2,
      validationData: streamed({ later: true }).batch(20),
    });
    expect(b.history.history).toEqual(a.history.history);
    expect(await evaluate(b.model, streamed().batch(20), { verbose: 0 })).toEqual(
      await evaluate(a.model, stored().batch(20), { verbose: 0 }),
    );
    const [p, q] = [await predict(a.model, stored()), await predict(b.model, streamed({ later: true }))];
    expect(q.arraySync()).toEqual(p.arraySync());
    tf.dispose([p, q]);
  });

  it("keeps training compiled, and leaves no tensors behind", async () => {
    if (!isNative()) return;
    const made = model();
    const data = streamed({ size: SAMPLES }).batch(16);
    await fit(made, data, { epochs: 1, verbose: 0, compile: "graph" });
    const before = tf.memory().numTensors;
    await fit(made, data, { epochs: 3, verbose: 0, compile: "graph" });
    expect(tf.memory().numTensors).toBe(before);
    expect((await explain(made)).runs[0].plan).toBe("graph");
  });

  it("weighs classes and samples", async () => {
    const options = { epochs: 2, classWeight: { 1: 3 } };
    const a = await trained(stored().batch(16), options);
    const b = await trained(streamed({ size: SAMPLES }).batch(16), options);
    expect(b.weights).toEqual(a.weights);
    const weights = labels.map((_, i) => i % 3);
    const generator = function* () {
      for (const [i, row] of features.entries()) yield [row, labels[i], weights[i]] as const;
    };
    const c = await trained(stored().withSampleWeights(weights).batch(16), { epochs: 2 });
    const d = await trained(streamed({ generator, sampleWeights: true, size: SAMPLES }).batch(16), { epochs: 2 });
    expect(d.weights).toEqual(c.weights);
    expect(d.weights).not.toEqual(b.weights);
  });
});

/** After tensorflow/tensorflow#35982: Keras asked for more than validation_steps, and the next validation began elsewhere. */
it("validation draws no more samples than its steps, and begins anew each time", async () => {
  const drawn: number[] = [];
  const generator = function* () {
    for (const [i, row] of features.entries()) {
      drawn.push(i);
      yield [row, labels[i]] as const;
    }
  };
  const validationData = streamed({ generator }).batch(10);
  await trained(stored().batch(30), { epochs: 3, validationData, validationSteps: 2 });
  expect(drawn).toEqual([0, 1, 2].flatMap(() => Array.from({ length: 20 }, (_, i) => i)));
});

/** After tensorflow/tfjs-data#101: the second epoch met a generator that was used up. */
it("the generator's function is called for each epoch, and what is used up is refused at once", async () => {
  let calls = 0;
  const generator = () => {
    calls++;
    return features.map((row, i) => [row, labels[i]] as const)[Symbol.iterator]();
  };
  await trained(streamed({ generator: generator as never, size: SAMPLES }).batch(70), { epochs: 3 });
  expect(calls).toBe(3);
  expect(() => streamed({ generator: generator() as never })).toThrow(/Pass the function itself/);
});

describe("what is wrong with a stream", () => {
  it.each(["graph" as const, false as const])("reaches fit with the sample's number (compile: %s)", async (compile) => {
    if (!isNative() && compile !== false) return;
    const generator = async function* () {
      for (const [i, row] of features.entries()) {
        if (i === 100) throw new Error("line 7 is torn");
        yield [row, labels[i]] as const;
        await Promise.resolve();
      }
    };
    const made = model();
    const before = weightsOf(made);
    const run = fit(made, streamed({ generator, size: SAMPLES }).batch(16), { epochs: 2, verbose: 0, compile });
    await expect(run).rejects.toThrow("generator: sample 100 of pass 0: line 7 is torn");
    // What came before has been trained on: six batches.
    expect(weightsOf(made)).not.toEqual(before);
    expect((made.optimizer as unknown as { steps: number }).steps).toBe(6);
  });

  it("is told for labels that are no classes of the model, and for samples of another shape", async () => {
    const generator = function* () {
      for (const [i, row] of features.entries()) yield [row, i === 40 ? 2 : 0] as const;
    };
    const bad = fit(model(), streamed({ generator, size: SAMPLES }).batch(16), { verbose: 0 });
    await expect(bad).rejects.toThrow(/sample 40 of pass 0: its label 2 is no class: the outputs have 2 units/);
    const other = datasetFromGenerator({ generator: () => [[[1, 2], 0]], shape: [2], size: 1 });
    await expect(fit(model(), other, { verbose: 0 })).rejects.toThrow(/expects samples of shape \[3\].*has \[2\]/);
  });

  it("is told before the first step where the length is not known", async () => {
    await expect(fit(model(), streamed().batch(16))).rejects.toThrow(
      /how many samples it has is not known; pass stepsPerEpoch/,
    );
    await expect(fit(model(), streamed().repeat().batch(16))).rejects.toThrow(/it has no end; pass stepsPerEpoch/);
    const endless = { epochs: 1, validationData: streamed().repeat().batch(16) };
    await expect(fit(model(), stored(), endless)).rejects.toThrow(/pass validationSteps/);
    await expect(evaluate(model(), streamed().repeat().batch(16))).rejects.toThrow(/no end/);
    await expect(fit(model(), streamed().batch(16), { sampleWeight: [1] })).rejects.toThrow(/sampleWeights: true/);
    await expect(fit(model(), streamed({ generator: () => [], size: 1 }), {})).rejects.toThrow(/ended after 0 samples/);
  });

  it("a source without samples is no endless loop", async () => {
    const empty = streamed({ generator: () => [] });
    for (const compile of [false, "auto"] as const) {
      await expect(fit(model(), empty, { stepsPerEpoch: 50, verbose: 0, compile })).rejects.toThrow(
        /a pass over 'generator' holds no samples/,
      );
    }
    await expect(fit(model(), stored(), { validationData: empty, verbose: 0 })).rejects.toThrow(/hold no samples/);
  });
});

describe("a resumed run on a stream", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "stream-resume-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([{ size: SAMPLES }, {}])("ends with the bits of an uninterrupted one (%o)", async (options) => {
    const data = () =>
      streamed({ ...options, later: true })
        .shuffle({ bufferSize: 40, seed: 9 })
        .batch(16);
    const stepsPerEpoch = "size" in options ? undefined : 9;
    const whole = await trained(data(), { epochs: 4, stepsPerEpoch });
    const stop = {
      name: "stop",
      onTrainBatchEnd(step: number, _: unknown, context: { learningRate(): number }) {
        if (++seen === 23) throw new Error(`stopped after step ${step} at rate ${context.learningRate()}`);
      },
    };
    let seen = 0;
    const resume = { folder, everySteps: 5 };
    const broken = trained(data(), { epochs: 4, stepsPerEpoch, resume, callbacks: [stop] });
    await expect(broken).rejects.toThrow(/stopped after step/);
    seen = 100;
    const resumed = await trained(data(), { epochs: 4, stepsPerEpoch, resume, callbacks: [stop] });
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.history.history).toEqual(whole.history.history);
  });
});

describe("memory", () => {
  it("stays flat while much more than the ring flows through", async () => {
    const width = 16_384;
    const row = new Float32Array(width);
    const generator = function* () {
      for (let i = 0; ; i++) {
        row.fill((i % 7) / 7);
        yield [row, i % 2] as const;
      }
    };
    const made = tf.sequential();
    made.add(tf.layers.dense({ units: 2, activation: "softmax", inputShape: [width] }));
    made.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    const data = datasetFromGenerator({ generator, shape: [width] })
      .batch(32)
      .prefetch(4);
    const peaks: number[] = [];
    const watch = { onEpochEnd: () => void peaks.push(process.memoryUsage().rss) };
    // 64 KB a sample: 200 MB an epoch, 1.2 GB in all; the ring holds 8 MB.
    await fit(made, data, { epochs: 6, stepsPerEpoch: 100, verbose: 0, callbacks: [watch] });
    expect(Math.max(...peaks) - peaks[0]).toBeLessThan(250 * 2 ** 20);
  });
});
