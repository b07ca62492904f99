import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import {
  BatchNormalization,
  batchNormalization,
  type BatchNormalizationOptions,
} from "../../../../src/library/models/layers/batch-normalization";
import "../../../../src/library/models/initialization/seeded";
import { expectClose, readExpected } from "../helpers";

interface Case {
  name: string;
  shape: number[];
  options: BatchNormalizationOptions;
  weights: Record<"gamma" | "beta" | "mean" | "variance", number[]>;
  steps: { x: number[]; dy: number[]; y: number[]; gradients: number[][]; mean: number[]; variance: number[] }[];
  test: { x: number[]; y: number[] };
}

function build(shape: number[], options: BatchNormalizationOptions): BatchNormalization {
  const layer = batchNormalization(options);
  layer.build([null, ...shape.slice(1)]);
  return layer;
}

const run = (layer: tf.layers.Layer, x: tf.Tensor, training: boolean) => layer.apply(x, { training }) as tf.Tensor;

describe("kind 'keras' gives what Keras gives", () => {
  const { cases } = readExpected<{ cases: Case[] }>("batch-normalization");

  it.each(cases)("$name: outputs, gradients and moving averages over three steps, then inference", (one) => {
    const layer = build(one.shape, one.options);
    layer.setWeights(Object.values(one.weights).map((values) => tf.tensor1d(values)));
    for (const step of one.steps) {
      const x = tf.tensor(step.x, one.shape);
      const dy = tf.tensor(step.dy, one.shape);
      const affine = [layer.gamma, layer.beta]
        .filter((one) => one !== undefined)
        .map((one) => one.read() as tf.Variable);
      expectClose(gradientOfInput(layer, x, dy), step.gradients[0], 1e-5, "dx");
      resetMoving(layer, one, step);
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.mul(run(layer, x, true), dy)),
        affineTrainable(affine, layer),
      );
      expectClose(value.dataSync(), [step.y.reduce((sum, y, i) => sum + y * step.dy[i], 0)], 1e-5, "loss");
      affineTrainable(affine, layer).forEach((variable, i) =>
        expectClose(grads[variable.name].dataSync(), step.gradients[i + 1], 1e-5, variable.name),
      );
      expectClose(layer.movingMean.read().dataSync(), step.mean, 1e-5, "mean");
      expectClose(layer.movingVariance.read().dataSync(), step.variance, 1e-5, "variance");
    }
    expectClose(run(layer, tf.tensor(one.test.x, one.shape), false).dataSync(), one.test.y, 1e-5, "test");
  });

  it.each(cases)("$name: training outputs", ({ shape, options, weights, steps }) => {
    const layer = build(shape, options);
    layer.setWeights(Object.values(weights).map((values) => tf.tensor1d(values)));
    for (const { x, y } of steps) expectClose(run(layer, tf.tensor(x, shape), true).dataSync(), y, 1e-5, "y");
  });
});

function gradientOfInput(layer: tf.layers.Layer, x: tf.Tensor, dy: tf.Tensor): ArrayLike<number> {
  return tf
    .grad((input) => tf.sum(tf.mul(run(layer, input, true), dy)))(x)
    .dataSync();
}

/** The input's gradient has moved the averages once: take that step back. */
function resetMoving(layer: BatchNormalization, one: Case, step: Case["steps"][number]): void {
  const before = one.steps[one.steps.indexOf(step) - 1] ?? one.weights;
  layer.movingMean.write(tf.tensor1d(before.mean));
  layer.movingVariance.write(tf.tensor1d(before.variance));
}

/** tf.variableGrads wants trainable variables; a frozen layer has none, but still gradients that Keras lists. */
function affineTrainable(affine: tf.Variable[], layer: BatchNormalization): tf.Variable[] {
  if (!layer.trainable) for (const variable of affine) variable.trainable = true;
  return affine;
}

/** Eqs. (15)–(20) by the book, in double precision. */
function bySlides(batches: number[][], alpha: number, epsilon: number) {
  let moving: { mean: number; variance: number } | undefined;
  const outputs = batches.map((x) => {
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    moving = moving
      ? { mean: (1 - alpha) * moving.mean + alpha * mean, variance: (1 - alpha) * moving.variance + alpha * variance }
      : { mean, variance };
    return x.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  });
  return { outputs, moving: moving! };
}

describe("kind 'slides'", () => {
  const batches = [
    [1, 2, 4, 9],
    [-3, 0, 0, 5],
    [10, 11, 10, 13],
  ];
  const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);

  it("starts at the first batch's statistics and weighs the new ones by alpha", () => {
    const { outputs, moving } = bySlides(batches, 0.3, 1e-5);
    const layer = build([4, 1], { kind: "slides", alpha: 0.3 });
    batches.forEach((batch, i) => expectClose(run(layer, column(batch), true).dataSync(), outputs[i], 1e-5));
    expectClose(layer.movingMean.read().dataSync(), [moving.mean], 1e-6);
    expectClose(layer.movingVariance.read().dataSync(), [moving.variance], 1e-6);
    expectClose(
      run(layer, column([7]), false).dataSync(),
      [(7 - moving.mean) / Math.sqrt(moving.variance + 1e-5)],
      1e-6,
    );
  });

  it("averages standard deviations where it is asked to, as eq. (20) is printed", () => {
    const deviation = ([...values]: number[]) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    const [first, second, third] = batches.map(deviation);
    const expected = 0.3 * third + 0.7 * (0.3 * second + 0.7 * first);
    const layer = build([4, 1], { kind: "slides", alpha: 0.3, averaged: "standardDeviation" });
    for (const batch of batches) run(layer, column(batch), true);
    expectClose(layer.movingVariance.read().dataSync(), [expected ** 2], 1e-5);
    expectClose(layer.movingMean.read().dataSync(), [bySlides(batches, 0.3, 1e-5).moving.mean], 1e-6);
  });

  it("starts again when its first weights are put back", () => {
    const layer = build([4, 1], { kind: "slides" });
    const fresh = layer.getWeights().map((weight) => weight.clone());
    run(layer, column(batches[0]), true);
    layer.setWeights(fresh);
    run(layer, column(batches[1]), true);
    expectClose(layer.movingMean.read().dataSync(), [0.5], 1e-6);
  });

  it("takes file weights that are not 0 and 1 for those of a batch", () => {
    const layer = build([4, 1], { kind: "slides", alpha: 0.5 });
    layer.movingMean.write(tf.tensor1d([2]));
    layer.weightsLoaded();
    run(layer, column(batches[0]), true);
    expectClose(layer.movingMean.read().dataSync(), [3], 1e-6);
  });
});

describe("in a model", () => {
  const make = (bn: tf.layers.Layer) =>
    tf.sequential({
      layers: [tf.layers.dense({ units: 4, inputShape: [3], activation: "relu" }), bn, tf.layers.dense({ units: 1 })],
    });
  const x = tf.tensor2d(
    [...Array(24).keys()].map((i) => Math.sin(i * i)),
    [8, 3],
  );
  const y = tf.tensor2d(
    [...Array(8).keys()].map((i) => Math.cos(i)),
    [8, 1],
  );

  it("trains as TensorFlow.js' own layer does, weight for weight", async () => {
    const trained: ArrayLike<number>[][] = [];
    for (const bn of [tf.layers.batchNormalization({ momentum: 0.9 }), batchNormalization({ momentum: 0.9 })]) {
      setRandomSeed(1);
      const model = make(bn);
      model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
      await model.fit(x, y, { batchSize: 4, epochs: 3, shuffle: false, verbose: 0 });
      trained.push(model.getWeights().map((weight) => weight.dataSync()));
    }
    trained[0].forEach((weights, i) => expectClose(trained[1][i], weights, 1e-5, `weight ${i}`));
  });

  it("model.trainable = false puts it in inference mode, and its averages stay", () => {
    const layer = batchNormalization();
    const model = make(layer);
    model.trainable = false;
    run(model, x, true);
    expectClose(layer.movingMean.read().dataSync(), [0, 0, 0, 0], 0);
    model.trainable = true;
    run(model, x, true);
    expect(layer.movingMean.read().dataSync()[0]).not.toBe(0);
  });

  it("keeps no tensors", () => {
    const model = make(batchNormalization({ kind: "slides" }));
    const step = () => tf.tidy(() => void tf.variableGrads(() => tf.sum(run(model, x, true))));
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(["keras", "slides"] as const)("is saved and loaded with its kind (%s)", async (kind) => {
    const given =
      kind === "slides" ? { kind, alpha: 0.2, averaged: "standardDeviation" as const } : { kind, momentum: 0.8 };
    const model = make(batchNormalization({ ...given, axis: -1, center: false, gammaRegularizer: "l1l2" }));
    const copy = await tf.models.modelFromJSON(model.toJSON(undefined, false) as never);
    expect(copy.layers[1].getConfig()).toMatchObject({ ...given, center: false });
    expect(copy.layers[1]).toBeInstanceOf(BatchNormalization);
    expect(copy.weights.length).toBe(model.weights.length);
  });

  it("takes the configuration that Keras writes", () => {
    const config = { axis: -1, momentum: 0.95, epsilon: 0.01, renorm: false, synchronized: false };
    const layer = new BatchNormalization(config as never);
    expect([layer.momentum, layer.epsilon, layer.kind]).toEqual([0.95, 0.01, "keras"]);
  });
});

describe("refuses", () => {
  it.each([
    [{ momentun: 0.9 }, /unknown option 'momentun'.*Did you mean 'momentum'/],
    [{ kind: "slide" }, /kind must be one of 'keras', 'slides'/],
    [{ alpha: 0.1 }, /alpha belongs to kind 'slides'/],
    [{ averaged: "variance" }, /averaged belongs to kind 'slides'/],
    [{ kind: "slides", averaged: "sd" }, /averaged must be one of 'variance', 'standardDeviation'/],
    [{ kind: "slides", momentum: 0.9 }, /momentum belongs to kind 'keras'/],
    [{ momentum: 1.5 }, /momentum must be a finite number at least 0 and at most 1, received 1.5/],
    [{ kind: "slides", alpha: 0 }, /alpha must be a finite number greater than 0/],
    [{ epsilon: 0 }, /epsilon must be a finite number greater than 0/],
    [{ axis: 0.5 }, /axis must be an integer/],
  ])("%o", (options, message) => {
    expect(() => batchNormalization(options as never)).toThrow(message);
  });
});
