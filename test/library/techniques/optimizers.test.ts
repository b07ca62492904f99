import { afterEach, describe, expect, it } from "vitest";
import type { Schedule } from "../../../src/core/types";
import { tf } from "../../../src/library/engine/tf";
import * as optimizers from "../../../src/library/techniques/optimizers";
import { adam, adamw, nadam, Optimizer, rmsprop, sgd } from "../../../src/library/techniques/optimizers";
import { exponentialSchedule, powerSchedule } from "../../../src/library/techniques/schedules";
import { expectClose, expectNoLeakedTensors, readExpected } from "./helpers";

type Weights = { kernel: number[][]; bias: number[] };
interface Expected {
  start: Weights;
  gradients: Weights[];
  cases: { optimizer: string; options: object; clip: string; schedule: string; weights: Weights }[];
}

const factories = optimizers as unknown as Record<string, (options?: object) => Optimizer>;
const { start, gradients, cases } = readExpected<Expected>("optimizers");
const rates: Record<string, number | Schedule | undefined> = {
  constant: 0.05,
  power: powerSchedule({ initialLearningRate: 0.05, decaySteps: 3 }),
  exponential: exponentialSchedule({ initialLearningRate: 0.05, decaySteps: 4 }),
};

function variables({ kernel, bias }: Weights): { kernel: tf.Variable; bias: tf.Variable } {
  return tf.tidy(() => ({
    kernel: tf.variable(tf.tensor2d(kernel), true, "kernel"),
    bias: tf.variable(tf.tensor1d(bias), true, "bias"),
  }));
}

/** Takes a step with given gradients. */
function step(optimizer: Optimizer, { kernel, bias }: Weights): void {
  tf.tidy(() => optimizer.applyGradients({ kernel: tf.tensor2d(kernel), bias: tf.tensor1d(bias) }));
}

afterEach(() => tf.disposeVariables());

describe("optimizers move weights as Keras does", () => {
  it.each(cases)(
    "$optimizer $options, clip $clip, $schedule rate",
    ({ optimizer, options, clip, schedule, weights }) => {
      const clipping = clip === "none" ? {} : { [clip]: 1 };
      const rate = schedule === "default" ? {} : { learningRate: rates[schedule] };
      const built = factories[optimizer]({ ...options, ...rate, ...clipping });
      const { kernel, bias } = variables(start);
      gradients.forEach((gradient) => step(built, gradient));
      expectClose(kernel.dataSync(), weights.kernel.flat(), 5e-7, "kernel");
      expectClose(bias.dataSync(), weights.bias, 5e-7, "bias");
      expect(built.iterations).toBe(gradients.length);
      built.dispose();
    },
  );
});

/** One of each; any new optimizer gets its basics by a line here. */
const table: [name: string, options: object][] = [
  ["sgd", { momentum: 0.5, nesterov: true }],
  ["rmsprop", { centered: true, momentum: 0.2 }],
  ["adagrad", { learningRate: 0.5 }],
  ["adam", { amsgrad: true }],
  ["adamw", { weightDecay: 0.01, excludeFromWeightDecay: ["dense_1/bias"] }],
  ["nadam", {}],
];

it("the table has every optimizer", () => {
  const all = Object.keys(optimizers).filter((name) => name !== "Optimizer");
  expect(table.map(([name]) => name).sort()).toEqual(all.sort());
});

describe.each(table)("%s", (name, special) => {
  const make = (options: object = {}) => factories[name]({ learningRate: 0.05, ...special, ...options });
  const loss = (weight: tf.Variable) => () => tf.sum(tf.square(tf.sub(weight, 3))) as tf.Scalar;

  it("moves towards the minimum of a quadratic", () => {
    const weight = tf.variable(tf.tensor1d([0, 5]));
    const optimizer = make();
    const before = loss(weight)().dataSync()[0];
    for (let i = 0; i < 200; i++) optimizer.minimize(loss(weight));
    expect(loss(weight)().dataSync()[0]).toBeLessThan(before / 20);
    optimizer.dispose();
  });

  it("leaks no tensors in a step, and none after dispose", () => {
    const weight = tf.variable(tf.tensor1d([0, 5]));
    const before = tf.memory().numTensors;
    const learningRate = powerSchedule({ initialLearningRate: 0.05, decaySteps: 10 });
    for (const clip of [{}, { clipvalue: 1 }, { clipnorm: 1 }, { globalClipnorm: 1 }]) {
      const optimizer = make({ learningRate, ...clip });
      expectNoLeakedTensors(() => optimizer.minimize(loss(weight)));
      optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it("goes on from saved state exactly as if it had not stopped", async () => {
    const weights = variables(start);
    const first = make();
    gradients.slice(0, 3).forEach((gradient) => step(first, gradient));
    const saved = (await first.getWeights()).map(({ name: key, tensor }) => ({ name: key, tensor: tensor.clone() }));
    const middle = weights.kernel.dataSync().slice();
    gradients.slice(3).forEach((gradient) => step(first, gradient));
    const uninterrupted = weights.kernel.dataSync().slice();

    weights.kernel.assign(tf.tensor2d(middle, [2, 3]));
    const second = make();
    await second.setWeights(saved);
    expect(second.iterations).toBe(3);
    gradients.slice(3).forEach((gradient) => step(second, gradient));
    expect(weights.kernel.dataSync()).toEqual(uninterrupted);
    expect(second.slotVariables().length).toBe(2 * second.rule.slots.length);
  });

  it("is built again from its configuration, schedule and clipping included", () => {
    const learningRate = exponentialSchedule({ initialLearningRate: 0.05, decaySteps: 4 });
    const config = make({ learningRate, clipnorm: 1 }).getConfig();
    const rebuilt = Optimizer.fromConfig<Optimizer>(Optimizer, JSON.parse(JSON.stringify(config)) as object);
    expect(rebuilt.getConfig()).toEqual(config);
    expect(rebuilt.learningRate).toBe(0.05);
    expect(rebuilt.schedule).toBeDefined();
  });

  it("has as many scalars at every step, all finite, whatever was asked before", () => {
    const optimizer = make();
    const late = optimizer.stepScalars(1e6);
    const early = optimizer.stepScalars(0);
    expect(late.length).toBe(early.length);
    expect([...late, ...early].every(Number.isFinite)).toBe(true);
    expect(make().stepScalars(0)).toEqual(early);
  });

  it("refuses wrong options", () => {
    expect(() => make({ momentums: 1 })).toThrow(`${name}: unknown option 'momentums'`);
    expect(() => make({ learningRate: -1 })).toThrow(`${name}: learningRate must be a finite number at least 0`);
    expect(() => make({ learningRate: "0.1" })).toThrow(`${name}: learningRate must be a number or a schedule`);
    expect(() => make({ learningRate: () => tf.scalar(1) })).toThrow(
      `${name}: learningRate(0) must be a finite number`,
    );
    expect(() => make({ clipvalue: 1, clipnorm: 1 })).toThrow(`${name}: only one of clipvalue, clipnorm`);
    expect(() => make({ clipnorm: -1 })).toThrow(`${name}: clipnorm must be a finite number greater than 0`);
  });
});

const wrong: [factory: string, options: object, message: string][] = [
  ["sgd", { nesterov: true }, "nesterov needs a momentum"],
  ["sgd", { momentum: 1.5 }, "momentum must be a finite number at least 0 and at most 1, received 1.5"],
  ["sgd", { decay: 1e-4, learningRate: () => 0.1 }, "decay needs a number as learningRate"],
  ["rmsprop", { rho: 1 }, "rho must be"],
  ["rmsprop", { epsilon: 0 }, "epsilon must be"],
  ["adagrad", { initialAccumulatorValue: -1 }, "initialAccumulatorValue must be"],
  ["adam", { beta1: 1 }, "beta1 must be a finite number at least 0 and less than 1, received 1"],
  ["adam", { beta_1: 0.9 }, "Did you mean 'beta1'?"],
  ["adamw", { weightDecay: Number.NaN }, "weightDecay must be"],
  ["adamw", { excludeFromWeightDecay: "bias" }, 'must be an array of parts of weight names, received "bias"'],
  ["nadam", { amsgrad: true }, "unknown option 'amsgrad'"],
];

it.each(wrong)("%s refuses %o", (factory, options, message) => {
  expect(() => factories[factory](options)).toThrow(message);
});

describe("the learning rate", () => {
  it("can be set when it is a number, and the next step uses it", () => {
    const { bias } = variables({ kernel: [[0]], bias: [1] });
    const optimizer = sgd({ learningRate: 0.5 });
    step(optimizer, { kernel: [[0]], bias: [1] });
    optimizer.learningRate = 0.25;
    step(optimizer, { kernel: [[0]], bias: [1] });
    expect(bias.dataSync()[0]).toBe(0.25);
    expect(optimizer.getConfig().learningRate).toBe(0.25);
    expect(() => (optimizer.learningRate = Number.NaN)).toThrow("learningRate must be a finite number");
  });

  it("cannot be set under a schedule, and is the next step's", () => {
    const optimizer = sgd({ learningRate: (t) => 1 / (t + 1) });
    variables({ kernel: [[0]], bias: [1] });
    step(optimizer, { kernel: [[0]], bias: [1] });
    expect(optimizer.learningRate).toBe(0.5);
    expect(() => (optimizer.learningRate = 0.1)).toThrow(/follows .* and cannot be set\. Give sgd a number/);
  });

  it("of sgd with the legacy decay is η0 / (1 + decay · t)", () => {
    const optimizer = sgd({ learningRate: 0.01, decay: 1e-4 });
    optimizer.iterations = 10_000;
    expect(optimizer.learningRate).toBeCloseTo(0.005, 15);
    expect(optimizer.stepScalars(26_250)).toEqual([0.01 / (1 + 1e-4 * 26_250)]);
  });

  it("is refused at the step at which a schedule gives no rate", () => {
    const optimizer = sgd({ learningRate: (t) => (t < 5 ? 0.1 : Number.NaN) });
    expect(optimizer.stepScalars(4)).toEqual([0.1]);
    expect(() => optimizer.stepScalars(5)).toThrow("learningRate(5) must be a finite number at least 0, received NaN");
  });
});

describe("with plain TensorFlow.js", () => {
  const samples = () => {
    const features = tf.randomNormal([64, 3], 0, 1, "float32", 1);
    return { features, labels: tf.sum(features, 1, true) };
  };
  const compiled = (optimizer: Optimizer) => {
    const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3], kernelInitializer })] });
    model.compile({ optimizer, loss: "meanSquaredError" });
    return model;
  };

  it("trains a compiled model without leaking tensors", async () => {
    const { features, labels } = samples();
    const model = compiled(rmsprop({ learningRate: 0.05, clipvalue: 1 }));
    const { history } = await model.fit(features, labels, { epochs: 20, verbose: 0 });
    expect(history.loss[19] as number).toBeLessThan((history.loss[0] as number) / 5);
    const before = tf.memory().numTensors;
    await model.fit(features, labels, { epochs: 1, verbose: 0 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is saved and loaded with a model, its slots, steps and schedule included", async () => {
    const { features, labels } = samples();
    const learningRate = powerSchedule({ initialLearningRate: 0.05, decaySteps: 7 });
    const model = compiled(adamw({ learningRate, excludeFromWeightDecay: ["my_own_Bias"] }));
    await model.fit(features, labels, { epochs: 2, verbose: 0, shuffle: false });
    let artifacts: tf.io.ModelArtifacts | undefined;
    const save = tf.io.withSaveHandler(async (saved) => {
      artifacts = JSON.parse(JSON.stringify({ ...saved, weightData: undefined })) as tf.io.ModelArtifacts;
      artifacts.weightData = saved.weightData;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    });
    await model.save(save, { includeOptimizer: true });
    const expected = await model.fit(features, labels, { epochs: 2, verbose: 0, shuffle: false });
    const config = model.optimizer.getConfig();
    model.dispose();

    const loaded = await tf.loadLayersModel({ load: async () => artifacts as tf.io.ModelArtifacts });
    expect(loaded.optimizer.getConfig()).toEqual(config);
    expect(loaded.optimizer.iterations).toBe(4);
    const resumed = await loaded.fit(features, labels, { epochs: 2, verbose: 0, shuffle: false });
    expect(resumed.history).toEqual(expected.history);
  });

  it("says why a schedule of one's own cannot be saved", () => {
    expect(() => sgd({ learningRate: (t) => 1 / (t + 1) }).getConfig()).toThrow(
      "sgd: a schedule that is a function of your own cannot be saved. Use the library's schedules",
    );
  });

  it("names the optimizers there are when a configuration names another", () => {
    expect(() => Optimizer.fromConfig(Optimizer, { name: "adm" })).toThrow(
      /name must be one of 'adagrad'.*Did you mean 'adam'/,
    );
  });
});

describe("steps from outside", () => {
  it("applyWith moves by given scalars and counts nothing; build makes slots beforehand", () => {
    const { kernel, bias } = variables({ kernel: [[1]], bias: [1] });
    const optimizer = sgd({ momentum: 0.5 });
    optimizer.build([kernel, bias]);
    expect(optimizer.slotVariables().length).toBe(2);
    tf.tidy(() => optimizer.applyWith({ bias: tf.tensor1d([2]) }, [tf.scalar(0.25), tf.scalar(0.5)]));
    expect([bias.dataSync()[0], kernel.dataSync()[0], optimizer.iterations]).toEqual([0.5, 1, 0]);
  });

  it("skips variables without a gradient and refuses unknown ones", () => {
    const { bias } = variables({ kernel: [[1]], bias: [1] });
    const optimizer = sgd({ learningRate: 1 });
    const kernel = undefined as unknown as tf.Tensor;
    tf.tidy(() =>
      optimizer.applyGradients([
        { name: "kernel", tensor: kernel },
        { name: "bias", tensor: tf.tensor1d([1]) },
      ]),
    );
    expect(bias.dataSync()[0]).toBe(0);
    expect(() => optimizer.applyGradients({ stranger: tf.scalar(1) })).toThrow("there is no variable named 'stranger'");
  });

  it("refuses another model's variable of the same name, and saved state of another optimizer or shape", async () => {
    variables({ kernel: [[1]], bias: [1] });
    const optimizer = nadam();
    step(optimizer, { kernel: [[1]], bias: [1] });
    const saved = (await optimizer.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }));
    step(optimizer, { kernel: [[1]], bias: [1] });
    const unlike = saved.map(({ name, tensor }) => ({ name, tensor: name === "iter" ? tensor : tf.ones([4]) }));
    await expect(optimizer.setWeights(unlike)).rejects.toThrow(
      "nadam: the saved state is of weights of shapes [4], [4], but those trained have [1, 1], [1].",
    );
    expect(optimizer.iterations).toBe(2);
    await expect(sgd({ momentum: 0.9 }).setWeights(saved)).rejects.toThrow("Was it another optimizer's?");
    await expect(adam().setWeights(saved.slice(0, 2))).rejects.toThrow("'kernel/velocity' is missing");
    tf.disposeVariables();
    variables({ kernel: [[1]], bias: [1] });
    expect(() => step(optimizer, { kernel: [[1]], bias: [1] })).toThrow("Make a new optimizer for each model.");
  });
});
