/** How labels and outputs meet, and what is refused before the first step. */
import { describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { useEngine } from "../../../../src/library/engine/engine";
import { tf } from "../../../../src/library/engine/tf";
import { sparseCategoricalCrossentropy } from "../../../../src/library/techniques/losses";
import { adam } from "../../../../src/library/techniques/optimizers/adam";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";

const quiet = { verbose: 0 } as const;
const { dense } = tf.layers;

type CompileArgs = Parameters<tf.LayersModel["compile"]>[0];

function compiled(layers: tf.layers.Layer[], loss: unknown, metrics: unknown = []): tf.Sequential {
  const model = tf.sequential({ layers });
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss, metrics } as CompileArgs);
  return model;
}

/** y = 2x − 1 on 32 points. */
const LINE = Array.from({ length: 32 }, (_, i) => [(i - 16) / 16]);
const onLine = ([x]: number[]) => 2 * x - 1;

describe("mse of labels [n] beside outputs [n, 1] (case 01-mse-flat-labels)", () => {
  it.each(["auto", false] as const)("finds the line, compile: %s", async (compile) => {
    const results = [];
    for (const labels of [LINE.map(onLine), LINE.map((x) => [onLine(x)])]) {
      const model = tf.sequential({ layers: [dense({ units: 1, kernelInitializer: "zeros", inputShape: [1] })] });
      model.compile({ optimizer: sgd({ learningRate: 0.2 }), loss: "meanSquaredError", metrics: ["mae"] });
      const data = datasetFromArrays({ features: LINE, labels }).batch(8);
      const { history } = await fit(model, data, { ...quiet, epochs: 60, compile });
      const [w, b] = model.getWeights().map((weight) => weight.dataSync()[0]);
      expect(w).toBeCloseTo(2, 3);
      expect(b).toBeCloseTo(-1, 3);
      results.push([history.loss, history.mae, await evaluate(model, data, quiet)]);
    }
    expect(results[0]).toEqual(results[1]);
  });
});

describe("class numbers by step and by pixel (case 03-sequence-labels)", () => {
  const tokens = Array.from({ length: 24 }, (_, i) => Array.from({ length: 5 }, (_, t) => (i * 7 + t * 3) % 6));
  const classes = tokens.map((row) => row.map((token) => token % 3));
  const deep = <T>(rows: T[][]) => rows.map((row) => row.map((value) => [value]));

  it.each([
    ["[n, 5]", classes],
    ["[n, 5, 1]", deep(classes)],
  ])("labels %s train", async (_, labels) => {
    const model = compiled(
      [tf.layers.embedding({ inputDim: 6, outputDim: 4, inputLength: 5 }), dense({ units: 3, activation: "softmax" })],
      "sparseCategoricalCrossentropy",
      ["accuracy"],
    );
    const { history, plan } = await fit(model, datasetFromArrays({ features: tokens, labels }).batch(8), {
      ...quiet,
      epochs: 20,
    });
    expect(plan).toBe("graph");
    expect(history.accuracy.at(-1)).toBe(1);
  });

  it.each([true, false])("masks of pixels train, with an axis of 1: %s", async (hasAxis) => {
    const images = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 4 }, (_, r) => Array.from({ length: 4 }, (_, c) => [(i + r + c) % 3])),
    );
    const labels = hasAxis ? images : images.map((image) => image.map((row) => row.map(([value]) => value)));
    const model = compiled(
      [tf.layers.conv2d({ filters: 3, kernelSize: 1, activation: "softmax", inputShape: [4, 4, 1] })],
      "sparseCategoricalCrossentropy",
      ["accuracy", "meanIoU"],
    );
    const { history } = await fit(model, datasetFromArrays({ features: images, labels }).batch(4), {
      ...quiet,
      epochs: 60,
    });
    expect(history.loss.at(-1)).toBeLessThan(0.6);
    expect(history.accuracy.at(-1)).toBeGreaterThan(0.6);
  });
});

describe("shapes that do not meet are refused with both (tf-keras#317, tensorflow#37104)", () => {
  const features = [[1], [2], [3]];
  const run = (units: number, loss: unknown, labels: number[][] | number[], metrics: unknown = []) =>
    fit(
      compiled([dense({ units, activation: "sigmoid", inputShape: [1] })], loss, metrics),
      datasetFromArrays({ features, labels }),
      quiet,
    );
  const three = [
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ];

  it.each(["mse", "mae", "binaryCrossentropy", "huber", "klDivergence", tf.metrics.meanSquaredError])(
    "%s with labels [n, 3] beside outputs [n, 2]",
    async (loss) => {
      await expect(run(2, loss, three)).rejects.toThrow("the labels have shape [n, 3], the model's outputs [n, 2]");
    },
  );

  it("labels [n] beside several units", async () => {
    await expect(run(2, "mse", [1, 2, 3])).rejects.toThrow("the labels have shape [n], the model's outputs [n, 2]");
  });

  it("a metric's labels as well", async () => {
    await expect(run(2, "sparseCategoricalCrossentropy", [0, 1, 1], ["precision"])).rejects.toThrow(
      "the metric 'precision' needs labels of the outputs' shape",
    );
  });

  it("a function of one's own takes what it likes (keras#4781)", async () => {
    const distance = (y: tf.Tensor, p: tf.Tensor) => tf.square(tf.sub(tf.mean(y, -1, true), p));
    const { history } = await run(1, distance, three);
    expect(history.loss[0]).toBeGreaterThan(0);
  });
});

describe("labels that are no classes (case 12-labels-out-of-range)", () => {
  const features = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  const network = (activation: "softmax" | "softplus") =>
    compiled([dense({ units: 3, activation, inputShape: [2] })], "sparseCategoricalCrossentropy", ["accuracy"]);
  const wrong: [string, (i: number) => number, string][] = [
    ["from 1 to K", (i) => 1 + (i % 3), "label 3 of sample 2"],
    ["-1", (i) => (i % 4) - 1, "label -1 of sample 0"],
    ["fractions", (i) => (i % 5) / 2, "label 0.5 of sample 1"],
    ["very large", (i) => (i % 3) * 1e6, "label 1000000 of sample 1"],
  ];

  it.each(wrong)("%s", async (_, label, words) => {
    const data = datasetFromArrays({ features, labels: features.map((_, i) => label(i)) }).batch(4);
    for (const activation of ["softmax", "softplus"] as const) {
      await expect(fit(network(activation), data, quiet)).rejects.toThrow(words);
      await expect(evaluate(network(activation), data, quiet)).rejects.toThrow(words);
    }
    const validationData = data;
    const good = datasetFromArrays({ features, labels: features.map((_, i) => i % 3) });
    await expect(fit(network("softmax"), good, { ...quiet, validationData })).rejects.toThrow(
      `fit: validationData: ${words}`,
    );
  });

  it("on every engine", async () => {
    await useEngine();
    const before = tf.getBackend();
    await tf.setBackend("cpu");
    try {
      const data = datasetFromArrays({ features, labels: features.map((_, i) => 1 + (i % 3)) });
      await expect(fit(network("softmax"), data, quiet)).rejects.toThrow("label 3 of sample 2 is no class");
    } finally {
      await tf.setBackend(before);
    }
  });

  it("of rows that no pass takes do not matter", async () => {
    const labels = features.map((_, i) => (i < 4 ? 7 : i % 3));
    await fit(network("softmax"), datasetFromArrays({ features, labels }).skip(4).batch(4), quiet);
  });

  it("may be left out by ignoreClass", async () => {
    const labels = features.map((_, i) => (i % 4) - 1);
    const layer = dense({ units: 3, activation: "softmax", inputShape: [2] });
    const model = compiled([layer], sparseCategoricalCrossentropy({ ignoreClass: -1 }));
    const all = await evaluate(model, datasetFromArrays({ features, labels }), quiet);
    const kept = features.filter((_, i) => labels[i] >= 0);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
    const some = datasetFromArrays({ features: kept, labels: labels.filter((label) => label >= 0) });
    expect(all.loss).toBeCloseTo((await evaluate(model, some, quiet)).loss, 5);
  });

  it("no probabilities for a sigmoid", async () => {
    const model = compiled([dense({ units: 1, activation: "sigmoid", inputShape: [2] })], "binaryCrossentropy");
    const data = datasetFromArrays({ features, labels: features.map((_, i) => (i === 5 ? 2 : 1)) });
    await expect(fit(model, data, quiet)).rejects.toThrow("label 2 of sample 5 is no probability");
  });
});

describe("class weights (cases 04-binary, 33-edges)", () => {
  const features = Array.from({ length: 16 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const unit = () => compiled([dense({ units: 1, activation: "sigmoid", inputShape: [2] })], "binaryCrossentropy");

  it.each([true, false])("of one sigmoid unit, labels with an axis of 1: %s", async (hasAxis) => {
    const bits = features.map(([a]) => Number(a > 0.4));
    const labels = hasAxis ? bits.map((bit) => [bit]) : bits;
    const { history } = await fit(unit(), datasetFromArrays({ features, labels }).batch(4), {
      ...quiet,
      classWeight: { 0: 1, 1: 5 },
    });
    expect(history.loss[0]).toBeGreaterThan(0);
    await expect(
      fit(unit(), datasetFromArrays({ features, labels }), { ...quiet, classWeight: { 2: 5 } }),
    ).rejects.toThrow('classWeight has class "2", but the model has classes 0 to 1');
  });

  it("are refused for labels by step", async () => {
    const tokens = features.map((_, i) => [i % 3, (i + 1) % 3]);
    const model = compiled(
      [tf.layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 2 }), dense({ units: 3, activation: "softmax" })],
      "sparseCategoricalCrossentropy",
    );
    const data = datasetFromArrays({ features: tokens, labels: tokens });
    await expect(fit(model, data, { ...quiet, classWeight: { 1: 3 } })).rejects.toThrow(
      "classWeight weighs whole samples, and each has labels of shape [2]",
    );
  });

  it("are refused for several classes a sample, and for fractions", async () => {
    const model = compiled([dense({ units: 2, activation: "sigmoid", inputShape: [2] })], "binaryCrossentropy");
    const both = datasetFromArrays({ features, labels: features.map(() => [1, 1]) });
    await expect(fit(model, both, { ...quiet, classWeight: { 1: 3 } })).rejects.toThrow("of sample 0 add up to 2");
    const halves = datasetFromArrays({ features, labels: features.map(() => 0.5) });
    await expect(fit(unit(), halves, { ...quiet, classWeight: { 1: 3 } })).rejects.toThrow(
      "classWeight needs class numbers as labels, sample 0 has 0.5",
    );
  });
});
