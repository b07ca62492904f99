/** A frozen base is run once, and training its head on the kept features gives what training the whole model gives. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import { preprocessInput, randomFlip, resize } from "../../../../src/library/data/augment";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { addOnTop, freeze, unfreeze } from "../../../../src/library/models/transfer";
import { forgetFeatures } from "../../../../src/library/models/transfer/feature-store";
import { adam } from "../../../../src/library/techniques";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { earlyStopping, modelCheckpoint } from "../../../../src/library/training/callbacks";
import { loadWeights } from "../../../../src/library/models/weights/weights-file";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { explain } from "../../../../src/library/training/diagnostics/explain";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";
import { expectClose } from "../../models/helpers";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-frozen-"));
  vi.stubEnv("DNN_LAB_CACHE", folder);
  forgetFeatures();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const random = new RandomStream(5);
const pixels = Uint8Array.from({ length: 90 * 36 * 3 }, () => random.integer(256));
const all = datasetFromArrays({
  features: pixels,
  labels: Int32Array.from({ length: 90 }, () => random.integer(3)),
  shape: [6, 6, 3],
}).map(resize(8), preprocessInput("mobilenet_v2"));
/** 60 samples: eight batches of 7 and one of 4. */
const train = all.take(60).shuffle({ bufferSize: 20, seed: 4 }).batch(7);
const valid = all.skip(60).batch(8);

/** Convolution and batch normalization, frozen; dropout and two dense layers, which learn. */
function network(more: tf.layers.Layer[] = []): tf.LayersModel {
  setRandomSeed(8);
  const base = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "tanh", inputShape: [8, 8, 3] }),
      batchNormalization(),
      ...more,
      tf.layers.globalAveragePooling2d({}),
    ],
  });
  freeze(base);
  const model = addOnTop(base, [
    dropout({ rate: 0.2 }),
    tf.layers.dense({ units: 5, activation: "tanh", kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
    batchNormalization(),
    tf.layers.dense({ units: 3, activation: "softmax" }),
  ]);
  return compiled(model);
}

function compiled(model: tf.LayersModel): tf.LayersModel {
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));

async function run(options: Partial<FitOptions>, data = train, model = network()) {
  const { history } = await fit(model, data, { epochs: 5, validationData: valid, verbose: 0, ...options });
  return { model, history, numbers: [...Object.values(history).flat(), ...weightsOf(model)] };
}

/** The lines that fit shows a notebook's reader. */
async function linesOf(work: () => Promise<unknown>): Promise<string[]> {
  const key = Symbol.for("dnn-lab.display");
  const globals = globalThis as Record<symbol, unknown>;
  let text = "";
  globals[key] = { display: (bundle: Record<string, string>) => (text = bundle["text/plain"]) };
  try {
    await work();
  } finally {
    delete globals[key];
  }
  return text.split("\n").filter((line) => !line.startsWith("Epoch"));
}

describe("fit with a frozen base", () => {
  it.each([false, "auto"] as const)("gives what it gives without kept features (compile: %s)", async (compile) => {
    const plain = await run({ compile, cacheFeatures: false });
    const cached = await run({ compile });
    expect(cached.history.loss).toHaveLength(5);
    expectClose(cached.numbers, plain.numbers, 2e-5);
    const whole = await evaluate(cached.model, valid, { verbose: 0 });
    expect(whole.loss).toBeCloseTo(cached.history.val_loss[4], 5);
  });

  it("runs the base once, and says so in one line", async () => {
    const model = network();
    expect(await linesOf(() => run({ verbose: 2 }, train, model))).toEqual([
      "The frozen base runs once over the 60 + 30 samples; epochs train the 4 layers above it on its kept features (cacheFeatures: false turns this off).",
    ]);
    expect((await linesOf(() => run({ verbose: 2 }, train, model)))[0]).toMatch(/^The frozen base has run before/);
    expect(await linesOf(() => run({ verbose: 2, cacheFeatures: false }, train, model))).toEqual([]);
    expect(String(await explain(model))).toContain("training");
  });

  it("computes the base anew when its weights have changed", async () => {
    const cached = await run({});
    const plain = await run({ cacheFeatures: false });
    for (const { model } of [cached, plain]) {
      const [kernel] = model.layers[1].getWeights();
      model.layers[1].setWeights([tf.mul(kernel, 0.5), ...model.layers[1].getWeights().slice(1)]);
    }
    const again = await run({}, train, cached.model);
    expectClose(again.numbers, (await run({ cacheFeatures: false }, train, plain.model)).numbers, 1e-4);
  });

  it("restores, saves and shows callbacks the whole model", async () => {
    const filepath = join(folder, "best.weights.h5");
    const seen: number[] = [];
    const watch: Callback = { onEpochEnd: (_, __, context) => void seen.push(context.model.weights.length) };
    const callbacks = () => [
      watch,
      modelCheckpoint({ filepath, saveBestOnly: true, saveWeightsOnly: true }),
      earlyStopping({ monitor: "val_loss", patience: 1, restoreBestWeights: true }),
    ];
    const plain = await run({ epochs: 12, cacheFeatures: false, callbacks: callbacks() });
    const cached = await run({ epochs: 12, callbacks: callbacks() });
    expect(cached.history.loss.length).toBe(plain.history.loss.length);
    expectClose(cached.numbers, plain.numbers, 1e-4);
    expect(new Set(seen)).toEqual(new Set([cached.model.weights.length]));
    const loaded = network();
    await loadWeights(loaded, filepath);
    expectClose(weightsOf(loaded), weightsOf(cached.model), 1e-6);
  });

  it("keeps labels, weights and classes with their samples", async () => {
    const shuffled = all.subset(Array.from({ length: 40 }, (_, i) => (7 * i) % 90));
    const weighted = shuffled.withSampleWeights(Array.from({ length: 40 }, (_, i) => i % 4)).batch(7);
    const dropping = shuffled.shuffle({ bufferSize: 40, seed: 2 }).batch(9, { dropRemainder: true });
    for (const data of [weighted, dropping, shuffled.shuffle({ bufferSize: 9, seed: 1 }).take(20).batch(6)]) {
      const options = { compile: false, validationData: undefined, epochs: 3 } as const;
      const cached = await run(options, data);
      const plain = await run({ ...options, cacheFeatures: false }, data);
      expectClose(cached.numbers, plain.numbers, 2e-5);
    }
  });

  it("leaves the model's layers with one use each, and no tensors behind", async () => {
    const { model } = await run({});
    for (const layer of model.layers.slice(-4)) expect(layer.inboundNodes).toHaveLength(1);
    const before = tf.memory().numTensors;
    await run({}, train, model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the base runs in every epoch", () => {
  it("when the images are changed at random", async () => {
    const data = all.take(60).map(randomFlip()).batch(7);
    expect(await linesOf(() => run({ verbose: 2 }, data))).toEqual([
      "The frozen base runs in every epoch: randomFlip(horizontal) gives other images at each step.",
    ]);
  });

  it("from the first layer of the user's own on", async () => {
    class Own extends tf.layers.Layer {
      static className = "OwnForTest";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, 2);
      }
    }
    tf.serialization.registerClass(Own);
    const lines = await linesOf(() => run({ verbose: 2, compile: false }, train, network([new Own({})])));
    expect(lines).toEqual([
      expect.stringMatching(
        /^A part of the frozen base runs in every epoch: '\S+' \(OwnForTest\) may compute anything/,
      ),
      expect.stringMatching(/^The frozen base runs once over the 60 \+ 30 samples; epochs train the 6 layers above it/),
    ]);
  });

  it("when there is no frozen base, without a word", async () => {
    const model = network();
    unfreeze(model);
    expect(await linesOf(() => run({ verbose: 2 }, train, compiled(model)))).toEqual([]);
  });

  it("and is not run at all when fit has something to refuse", async () => {
    const model = network();
    const classWeight = { 0: 2 };
    const data = all.withSampleWeights(new Float32Array(90).fill(1)).batch(8);
    await expect(fit(model, data, { classWeight, verbose: 0 })).rejects.toThrow(/sample weights/);
    await expect(fit(model, train, { cacheFeatures: 1 as never })).rejects.toThrow(
      /cacheFeatures must be true or false/,
    );
    // Its features would be there already.
    expect((await linesOf(() => run({ verbose: 2 }, train, model)))[0]).toMatch(/^The frozen base runs once/);
  });
});
