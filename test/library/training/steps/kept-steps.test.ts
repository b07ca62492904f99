import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import type { Dataset } from "../../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import {
  batchNormalization,
  datasetFromGenerator,
  dropout,
  evaluate,
  explain,
  fit,
  type FitOptions,
  predict,
  preprocessInput,
} from "../../../../src/library/index";
import { adam, sgd } from "../../../../src/library/techniques";
import { forgetRecordings } from "../../../../src/library/training/steps/kept-steps";

const [ROWS, WIDTH, BATCH] = [48, 6, 8];

function data(seed: number, batchSize = BATCH): Dataset {
  const features = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(i * i * seed));
  const labels = Uint8Array.from({ length: ROWS }, (_, i) => (i * seed) % 3);
  return datasetFromArrays({ features, shape: [WIDTH], labels }).batch(batchSize);
}

function compile(model: tf.LayersModel, loss: unknown = "sparseCategoricalCrossentropy", optimizer = adam()): void {
  model.compile({ optimizer, loss: loss as string, metrics: ["accuracy"] });
}

function network(): tf.Sequential {
  setRandomSeed(5);
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 8,
        activation: "relu",
        inputShape: [WIDTH],
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
      batchNormalization(),
      dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  compile(model);
  return model;
}

const options: FitOptions = { epochs: 8, verbose: 0 };
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));
const recordedIn = async (model: tf.LayersModel) => (await explain(model)).runs[0].recordMs;

type Change = (model: tf.Sequential) => void;

/** The weights after two fits with a change between them. */
async function twice(
  change: Change,
  anew: boolean,
): Promise<{ weights: number[][]; recordings: (number | undefined)[] }> {
  const model = network();
  await fit(model, data(1), options);
  const first = await recordedIn(model);
  change(model);
  if (anew) forgetRecordings(model);
  await fit(model, data(2), options);
  return { weights: weightsOf(model), recordings: [first, await recordedIn(model)] };
}

const layer = (model: tf.Sequential, index: number) => model.layers[index] as unknown as Record<string, unknown>;

/** Samples as a stream, one batch of them or more. */
const stream = (seed: number, size: number) =>
  datasetFromGenerator({
    *generator() {
      for (let i = 0; i < size; i++) {
        yield [Float32Array.from({ length: WIDTH }, (_, k) => Math.sin((i * WIDTH + k) * seed)), (i * seed) % 3];
      }
    },
    ...{ shape: [WIDTH], size },
  });

/** Tiny pictures that are scaled on their way. */
const pictures = (seed: number) =>
  datasetFromArrays({
    features: Uint8Array.from({ length: ROWS * 12 }, (_, i) => (i * i * seed) % 256),
    shape: [2, 2, 3],
    labels: Uint8Array.from({ length: ROWS }, (_, i) => (i * seed) % 3),
  });

describe.runIf(isNative())("a recording", () => {
  it("of streams is used again, also by one of another length, to the bit as if it were made anew", async () => {
    const trained = async (anew: boolean) => {
      const model = network();
      await fit(model, stream(1, 50).batch(BATCH), options);
      const first = await recordedIn(model);
      if (anew) forgetRecordings(model);
      await fit(model, stream(2, 11).batch(BATCH), { ...options, epochs: 30 });
      expect((await recordedIn(model)) === first).toBe(!anew);
      return weightsOf(model);
    };
    expect(await trained(false)).toEqual(await trained(true));
  });

  it("stays where the library's own transforms do the same, and not where they do something else", async () => {
    setRandomSeed(5);
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [2, 2, 3] }), tf.layers.dense({ units: 3, activation: "softmax" })],
    });
    compile(model);
    const mapped = (seed: number, mode: "mobilenet_v2" | "resnet50") =>
      pictures(seed).map(preprocessInput(mode)).batch(BATCH);
    await fit(model, mapped(1, "mobilenet_v2"), options);
    const first = await recordedIn(model);
    await fit(model, mapped(2, "mobilenet_v2"), options);
    expect(await recordedIn(model)).toBe(first);
    await fit(model, mapped(2, "resnet50"), options);
    expect(await recordedIn(model)).not.toBe(first);
  });

  it("is used again by the next fit, with other data, to the bit as if it were made anew", async () => {
    const kept = await twice(() => undefined, false);
    const anew = await twice(() => undefined, true);
    expect(kept.recordings[1]).toBe(kept.recordings[0]);
    expect(anew.recordings[1]).not.toBe(anew.recordings[0]);
    expect(kept.weights).toEqual(anew.weights);
  });

  it.each<[string, Change]>([
    ["a rate of a layer", (model) => (layer(model, 2).rate = 0.1)],
    ["the strength of a regularizer", (model) => ((layer(model, 0).kernelRegularizer as { l2: number }).l2 = 0.5)],
    ["a frozen layer", (model) => ((model.layers[0].trainable = false), compile(model))],
    ["a frozen layer, without compile", (model) => (model.layers[0].trainable = false)],
    ["another optimizer", (model) => compile(model, "sparseCategoricalCrossentropy", sgd({ clipvalue: 0.01 }))],
    [
      "another activation",
      (model) =>
        (layer(model, 0).activation = layer(
          tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "tanh", inputShape: [1] })] }),
          0,
        ).activation),
    ],
  ])("is made anew after %s", async (_, change) => {
    const kept = await twice(change, false);
    const anew = await twice(change, true);
    expect(kept.recordings[1]).not.toBe(kept.recordings[0]);
    expect(kept.weights).toEqual(anew.weights);
    expect(kept.weights).not.toEqual((await twice(() => undefined, false)).weights);
  });

  it("of an evaluation is used again, also between fits and within one", async () => {
    const model = network();
    await fit(model, data(1), { ...options, validationData: data(2) });
    const before = await evaluate(model, data(2), { verbose: 0 });
    const recorded = (await explain(model)).runs.find(({ task }) => task === "evaluation")?.recordMs;
    expect(await evaluate(model, data(2), { verbose: 0 })).toEqual(before);
    expect((await explain(model)).runs.find(({ task }) => task === "evaluation")?.recordMs).toBe(recorded);
    const within: unknown[] = [];
    const watching = { onEpochEnd: async () => void within.push(await evaluate(model, data(2), { verbose: 0 })) };
    const { history } = await fit(model, data(1), { ...options, validationData: data(2), callbacks: [watching] });
    expect(within).toEqual(history.val_loss.map((loss, i) => ({ loss, accuracy: history.val_accuracy[i] })));
  });

  it("is made once many small fits have come together, with the results of steps run op by op", async () => {
    const run = async (compile: "auto" | false) => {
      const model = network();
      const plans: unknown[] = [];
      for (let i = 0; i < 60; i++) plans.push((await fit(model, data(1).take(1), { verbose: 0, compile })).plan);
      return { weights: weightsOf(model).flat(), plans };
    };
    const [replayed, eager] = [await run("auto"), await run(false)];
    expect([replayed.plans[0], replayed.plans[38], replayed.plans[39], replayed.plans[59]]).toEqual([
      "eager",
      "eager",
      "graph",
      "graph",
    ]);
    expect(new Set(eager.plans)).toEqual(new Set(["eager"]));
    replayed.weights.forEach((weight, i) => expect(weight).toBeCloseTo(eager.weights[i], 4));
  });

  it("is not kept with functions of the user's, whose numbers nobody sees", async () => {
    let factor = 1;
    const loss = (_: tf.Tensor, yPred: tf.Tensor) => tf.mul(tf.mean(tf.square(yPred), -1), factor);
    const model = network();
    compile(model, loss);
    const first = await fit(model, data(1), { ...options, epochs: 8 });
    factor = 0;
    const second = await fit(model, data(1), { ...options, epochs: 8 });
    expect(first.history.loss[0]).toBeGreaterThan(0.05);
    // What is left is the regularizer's term.
    const term = (await evaluate(model, data(1), { verbose: 0 })).loss;
    expect(second.history.loss.at(-1)).toBeCloseTo(term, 2);
  });

  it("leaves no tensors behind, and goes with its model", async () => {
    const model = network();
    await fit(model, data(1), options);
    const { numTensors } = tf.memory();
    await fit(model, data(2), options);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    expect(tf.memory().numTensors).toBeLessThan(numTensors);
    // A model whose weights are gone is told as before.
    await expect(fit(model, data(1), options)).rejects.toThrow(/disposed/);
  });
});

describe.runIf(isNative())("a recording that waits at its model", () => {
  /** Whether V8's collector of garbage, which Node gives only on request, finds that nobody needs a value. */
  const isCollected = async (value: WeakRef<object>): Promise<boolean> => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    // What was looked at stays until the turn of the event loop ends.
    for (let tries = 0; tries < 20 && value.deref() !== undefined; tries++) {
      await new Promise((done) => setTimeout(done, 10));
      collect();
    }
    return value.deref() === undefined;
  };

  it.each(["fit", "evaluate", "predict"] as const)("of %s keeps no data in memory", async (task) => {
    const model = network();
    const work = async (own: Dataset): Promise<void> => {
      if (task === "fit") await fit(model, own, options);
      else if (task === "evaluate") await evaluate(model, own, { verbose: 0 });
      else (await predict(model, own)).dispose();
    };
    const used = async (): Promise<WeakRef<object>> => {
      const own = data(7);
      for (let i = 0; i < 8; i++) await work(own);
      return new WeakRef(own.storage.features.values);
    };
    expect(await isCollected(await used())).toBe(true);
    model.dispose();
  });
});
