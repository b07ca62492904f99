/** Transforms of a data set on their way through `fit`, `evaluate` and `predict`. */
import { describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import {
  cutout,
  mixup,
  preprocessInput,
  randomCrop,
  randomFlip,
  rescaleImages,
  resize,
  type Transform,
} from "../../../../src/library/data/augment";
import type { Dataset } from "../../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { explain } from "../../../../src/library/training/diagnostics/explain";
import { fit } from "../../../../src/library/training/fit/fit";
import { predict } from "../../../../src/library/training/fit/predict";
import { expectClose } from "../../models/helpers";

const SIDE = 6;

/** 50 pictures of three classes: seven batches of 7 and one of 1. */
function pictures(): Dataset {
  const random = new RandomStream(5);
  const features = Uint8Array.from({ length: 50 * SIDE * SIDE * 3 }, () => random.integer(256));
  const labels = Int32Array.from({ length: 50 }, () => random.integer(3));
  return datasetFromArrays({ features, labels, shape: [SIDE, SIDE, 3], classNames: ["a", "b", "c"] });
}

const augmentation = [
  resize(8),
  randomFlip(),
  randomCrop({ padding: 2, mode: "reflect" }),
  cutout({ size: 3 }),
  preprocessInput("mobilenet_v2"),
];
const batched = (data: Dataset) => data.shuffle({ bufferSize: 20, seed: 4 }).batch(7);
const augmented = (...transforms: Transform[]) => {
  setRandomSeed(3);
  return batched(pictures().map(...transforms));
};

/** Smooth, so that a difference of rounding stays one. */
function network(loss = "sparseCategoricalCrossentropy", side = 8): tf.Sequential {
  setRandomSeed(8);
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 3, activation: "tanh", inputShape: [side, side, 3] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: sgd({ learningRate: 0.02 }), loss, metrics: ["accuracy"] });
  return model;
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));

async function train(data: Dataset, compile: false | "auto" | "graph", loss?: string) {
  const model = network(loss);
  const { history, plan } = await fit(model, data, { epochs: 6, validationData: data, verbose: 0, compile });
  return { plan, model, numbers: [...Object.values(history).flat(), ...weightsOf(model)] };
}

describe("fit on transformed images", () => {
  const cases: [string, Transform[], string | undefined][] = [
    ["augmentation", augmentation, undefined],
    ["mixup", [...augmentation, mixup({ classes: 3 })], "categoricalCrossentropy"],
  ];

  it.runIf(isNative()).each(cases)("replayed equals op by op, with %s", async (_, transforms, loss) => {
    const eager = await train(augmented(...transforms), false, loss);
    const compiled = await train(augmented(...transforms), "graph", loss);
    expect([eager.plan, compiled.plan]).toEqual(["eager", "graph"]);
    expectClose(compiled.numbers, eager.numbers, 5e-5);
  });

  it("gives the same bits in two runs of one seed", async () => {
    const run = async () => (await train(augmented(...augmentation), "auto")).numbers;
    expect(await run()).toEqual(await run());
  });

  it("trains on the images that the transforms give, drawn anew at each step", async () => {
    const data = augmented(...augmentation);
    const byHand = network();
    let step = 0;
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const batch of data.batches(epoch)) {
        // Changed beforehand, batch by batch: what fit gets has no transforms left.
        const done = datasetFromArrays({
          features: batch.features.dataSync() as Float32Array,
          labels: Int32Array.from(batch.labels.dataSync()),
          shape: [8, 8, 3],
        });
        await fit(byHand, done.batch(7), { verbose: 0, compile: false });
        step++;
      }
    }
    expect(step).toBe(16);
    const model = network();
    await fit(model, data, { epochs: 2, verbose: 0, compile: false });
    expectClose(weightsOf(model), weightsOf(byHand), 1e-6);
    const pixels = (pass: number) => Array.from(data.batches(pass), ({ features }) => features.dataSync().join());
    expect(pixels(0)).toEqual(pixels(0));
    expect(new Set([...pixels(0), ...pixels(1)]).size).toBe(16);
  });

  it("validates, evaluates and predicts without the random ones", async () => {
    const fixed = batched(pictures().map(resize(8), preprocessInput("mobilenet_v2")));
    for (const compile of [false, "auto"] as const) {
      const model = network();
      const data = augmented(...augmentation);
      const { history } = await fit(model, data, { epochs: 6, validationData: data, verbose: 0, compile });
      const expected = await evaluate(model, fixed, { verbose: 0, compile });
      expect(history.val_loss.at(-1)).toBeCloseTo(expected.loss, 6);
      expect(await evaluate(model, data, { verbose: 0, compile })).toEqual(expected);
      const outputs = [await predict(model, data, { compile }), await predict(model, fixed, { compile })];
      expectClose(outputs[0].dataSync(), outputs[1].dataSync(), 1e-6);
      const byHand = model.predict(pictures().map(resize(8), preprocessInput("mobilenet_v2")).tensors().features);
      const plain = await predict(model, pictures().map(resize(8), preprocessInput("mobilenet_v2")), { compile });
      expectClose(plain.dataSync(), (byHand as tf.Tensor).dataSync(), 1e-6);
      expect(history.val_loss.at(-1)).not.toBeCloseTo(history.loss.at(-1) as number, 4);
    }
  });

  it("mixes labels and weights of samples as it mixes images", () => {
    setRandomSeed(1);
    const weights = Array.from({ length: 50 }, (_, i) => i % 3);
    const data = pictures()
      .withSampleWeights(weights)
      .map(mixup({ alpha: 1, classes: 3 }))
      .batch(50);
    const [batch] = data.batches(0);
    const plain = pictures().oneHot().tensors();
    expect(batch.labels.shape).toEqual([50, 3]);
    expect(Array.from(tf.sum(batch.labels, 1).dataSync()).every((sum) => Math.abs(sum - 1) < 1e-5)).toBe(true);
    expect(batch.labels.dataSync()).not.toEqual(plain.labels.dataSync());
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b);
    expect(batch.sampleWeights?.dataSync()).not.toEqual(Float32Array.from(weights));
    expect(sum(batch.sampleWeights?.dataSync() ?? []) / sum(weights)).toBeCloseTo(1, 0);
    expect(data.tensors().labels.dataSync()).toEqual(plain.labels.dataSync());
  });

  it("weighs classes also where labels are rows", async () => {
    const [sparse, rows] = [network(), network("categoricalCrossentropy")];
    const images = batched(
      pictures()
        .map(resize(8))
        .rescale(1 / 255),
    );
    const options = { epochs: 2, verbose: 0, classWeight: { 0: 3, 2: 0.5 } } as const;
    await fit(sparse, images, options);
    await fit(rows, images.oneHot(), options);
    expectClose(weightsOf(rows), weightsOf(sparse), 1e-5);
  });

  it.runIf(isNative())("is measured by explain with its transforms", async () => {
    const { measured } = await explain(network(), augmented(...augmentation));
    expect(measured?.eager).toBeGreaterThan(0);
    expect(measured?.graph).toBeGreaterThan(0);
  });

  it("leaves no tensors behind", async () => {
    const data = augmented(...augmentation);
    const model = network();
    for (const compile of [false, "auto"] as const) {
      await fit(model, data, { epochs: 6, validationData: data, verbose: 0, compile });
      const before = tf.memory().numTensors;
      await fit(model, data, { epochs: 6, validationData: data, verbose: 0, compile });
      (await predict(model, data, { compile })).dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe("Dataset.map", () => {
  it("acts in the order given, before and after batch, shuffle and rescale", () => {
    const values = (data: Dataset) => data.tensors().features.dataSync();
    const one = pictures()
      .rescale(1 / 255)
      .map(rescaleImages(2, 1));
    expectClose(
      values(one),
      Array.from(values(pictures()), (x) => (2 * x) / 255 + 1),
      1e-5,
    );
    const other = pictures()
      .map(rescaleImages(2, 1))
      .rescale(1 / 255);
    expectClose(
      values(other),
      Array.from(values(pictures()), (x) => (2 * x + 1) / 255),
      1e-5,
    );
    expect(values(pictures().batch(7).map(resize(4)))).toEqual(values(pictures().map(resize(4)).batch(7)));
    expect(pictures().map(resize([4, 5])).elementShapes).toEqual({ features: [4, 5, 3], labels: [] });
    expect(pictures().elementShapes.features).toEqual([SIDE, SIDE, 3]);
  });

  const fitOn = (data: Dataset, loss?: string) => fit(network(loss), data, { verbose: 0 });
  it.each([
    [() => pictures().map(), /Dataset.map: expected transforms such as resize\(96\), received none/],
    [() => pictures().map((() => 1) as never), /expected transforms/],
    [() => pictures().map(randomCrop({ padding: 9 })), /at most 6.*The images are 6 × 6/],
    [
      () => datasetFromArrays({ features: [[1, 2]], labels: [0] }).map(randomFlip()),
      /randomFlip\(horizontal\): expected images \[height, width, channels\], the samples have shape \[2\]/,
    ],
    [
      () => fitOn(pictures()),
      /expects samples of shape \[8, 8, 3\], the data set has \[6, 6, 3\].*data.map\(resize\(8\)\)/,
    ],
    [() => fitOn(pictures().map(resize(9))), /data set has \[9, 9, 3\]/],
    [() => fitOn(augmented(resize(8), mixup({ classes: 3 }))), /rows of 3 shares.*loss: 'categoricalCrossentropy'/],
    [() => fitOn(pictures().map(resize(8)), "categoricalCrossentropy"), /class numbers.*or use data.oneHot\(3\)/],
    [
      () => evaluate(network("categoricalCrossentropy"), pictures().map(resize(8))),
      /evaluate: the labels are class numbers/,
    ],
    [
      () => datasetFromArrays({ features: [[1], [2]], labels: [0, 1] }).oneHot(),
      /classes must be an integer at least 2, received 0. Pass it when the classes have no names/,
    ],
    [() => pictures().oneHot(2), /Dataset.oneHot: label 2 of row \d+ is no class; with 2 classes/],
    [() => pictures().oneHot(3).oneHot(3), /the labels have shape \[3\] already/],
  ])("refuses %s", async (make, message) => {
    await expect(async () => await make()).rejects.toThrow(message);
  });
});
