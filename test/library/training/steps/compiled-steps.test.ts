/** Replayed steps give the results of steps run one by one, for everything that the library offers. */
import { describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { alphaDropout } from "../../../../src/library/models/layers/dropout";
import {
  adagrad,
  adam,
  adamw,
  nadam,
  oneCycleSchedule,
  powerSchedule,
  rmsprop,
  sgd,
} from "../../../../src/library/techniques";
import { earlyStopping } from "../../../../src/library/training/callbacks";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";

const FEATURES = 12;

/** 50 points of three noisy classes: seven batches of 7 and one of 1. */
function clouds() {
  const random = new RandomStream(3);
  const labels = Int32Array.from({ length: 50 }, () => random.integer(3));
  const features = Uint8Array.from({ length: 50 * FEATURES }, (_, i) => {
    const label = labels[Math.floor(i / FEATURES)];
    return 40 + 60 * (i % 3 === label ? 1 : 0) + random.integer(100);
  });
  return datasetFromArrays({ features, shape: [FEATURES], labels })
    .rescale(1 / 255)
    .shuffle({ bufferSize: 20, seed: 4 })
    .batch(7);
}

type Layer = tf.layers.Layer;

function network(hidden: (() => Layer)[], optimizer: tf.Optimizer, loss: string | typeof readingLoss): tf.Sequential {
  setRandomSeed(8);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 6, activation: "tanh", inputShape: [FEATURES] }));
  for (const make of hidden) model.add(make());
  model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
  model.compile({ optimizer, loss: loss as string, metrics: ["accuracy"] });
  return model;
}

async function train(
  hidden: (() => Layer)[],
  optimizer: () => tf.Optimizer,
  options: Partial<FitOptions>,
  loss?: typeof readingLoss,
) {
  const model = network(hidden, optimizer(), loss ?? "sparseCategoricalCrossentropy");
  const data = clouds();
  const { history } = await fit(model, data, { epochs: 8, validationData: data, verbose: 0, ...options });
  const weights = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
  return { model, numbers: [...Object.values(history).flat(), ...weights] };
}

/** A loss that looks at a value on the way, which no recording can replay. */
function readingLoss(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const scale = tf.max(yPred).dataSync()[0] > 2 ? 2 : 1;
  const classes = tf.oneHot(tf.cast(tf.reshape(yTrue, [-1]), "int32"), 3);
  return tf.mul(tf.mean(tf.square(tf.sub(yPred, classes)), 1), scale);
}

const techniques: [name: string, hidden: (() => Layer)[], optimizer: () => tf.Optimizer][] = [
  ["sgd", [], () => sgd({ learningRate: 0.1 })],
  ["a schedule", [], () => sgd({ learningRate: powerSchedule({ initialLearningRate: 0.2, decaySteps: 10 }) })],
  [
    "momentum, Nesterov, clipvalue",
    [],
    () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, clipvalue: 0.05 }),
  ],
  ["adam, clipnorm", [], () => adam({ learningRate: 0.01, clipnorm: 0.5 })],
  ["adamw, one cycle", [], () => adamw({ learningRate: oneCycleSchedule({ maxLearningRate: 0.02, totalSteps: 64 }) })],
  ["nadam, global clipnorm", [], () => nadam({ learningRate: 0.01, globalClipnorm: 0.5 })],
  ["rmsprop", [], () => rmsprop({ learningRate: 0.01 })],
  ["adagrad", [], () => adagrad({ learningRate: 0.1 })],
  ["batch normalization", [() => batchNormalization()], () => sgd({ learningRate: 0.1 })],
  [
    "the slides' batch normalization",
    [() => batchNormalization({ kind: "slides", alpha: 0.1 })],
    () => sgd({ learningRate: 0.1 }),
  ],
  ["plain batch normalization", [() => tf.layers.batchNormalization()], () => sgd({ learningRate: 0.1 })],
  ["dropout", [() => tf.layers.dropout({ rate: 0.3 })], () => sgd({ learningRate: 0.1 })],
  ["alpha dropout", [() => alphaDropout({ rate: 0.2 })], () => sgd({ learningRate: 0.1 })],
  ["TensorFlow.js' adam", [], () => tf.train.adam(0.01)],
];

describe.runIf(isNative())("compiled training", () => {
  it.each(techniques)("equals eager training with %s", async (_, hidden, optimizer) => {
    const eager = await train(hidden, optimizer, { compile: false });
    const compiled = await train(hidden, optimizer, { compile: "graph" });
    expect(compiled.numbers.length).toBe(eager.numbers.length);
    compiled.numbers.forEach((value, i) =>
      expect(Math.abs(value - eager.numbers[i]), `number ${i}`).toBeLessThan(2e-5),
    );
  });

  it("equals eager training with class weights", async () => {
    const options = { classWeight: { 0: 3, 2: 0.5 } };
    const eager = await train([], () => sgd({ learningRate: 0.1 }), { compile: false, ...options });
    const compiled = await train([], () => sgd({ learningRate: 0.1 }), { compile: "graph", ...options });
    compiled.numbers.forEach((value, i) => expect(Math.abs(value - eager.numbers[i])).toBeLessThan(1e-5));
  });

  it("gives the same bits in two runs of one seed", async () => {
    const run = () => train([() => tf.layers.dropout({ rate: 0.3 })], () => adam(), {});
    expect((await run()).numbers).toEqual((await run()).numbers);
  });

  it("follows a learning rate that a callback changes", async () => {
    const callback: Callback = { onEpochEnd: (epoch, _, context) => context.setLearningRate(0.1 / (epoch + 2)) };
    const eager = await train([], () => sgd({ learningRate: 0.1 }), { compile: false, callbacks: [callback] });
    const compiled = await train([], () => sgd({ learningRate: 0.1 }), { compile: "graph", callbacks: [callback] });
    compiled.numbers.forEach((value, i) => expect(Math.abs(value - eager.numbers[i])).toBeLessThan(1e-5));
  });

  it("calls batch callbacks after each step with the means so far", async () => {
    const losses: number[][] = [];
    for (const compile of [false, "graph"] as const) {
      const seen: number[] = [];
      const callback: Callback = { onTrainBatchEnd: (_, logs) => void seen.push(logs.loss) };
      await train([], () => sgd({ learningRate: 0.1 }), { compile, epochs: 1, callbacks: [callback] });
      losses.push(seen);
    }
    expect(losses[0]).toHaveLength(8);
    losses[0].forEach((loss, i) => expect(losses[1][i]).toBeCloseTo(loss, 5));
  });

  it("calls batch callbacks every stepsPerExecution steps, and at the end of the epoch", async () => {
    const seen: number[] = [];
    const callback: Callback = { onTrainBatchEnd: (batch) => void seen.push(batch) };
    const options = { compile: "graph", epochs: 1, callbacks: [callback], stepsPerExecution: 3 } as const;
    await train([], () => sgd({ learningRate: 0.1 }), options);
    expect(seen).toEqual([2, 5, 7]);
  });

  it("validates an epoch that a batch callback has ended, so that other callbacks find their metric", async () => {
    const callback: Callback = { onTrainBatchEnd: (batch, _, context) => void (batch === 2 && context.stopTraining()) };
    const callbacks = [callback, earlyStopping({ monitor: "val_loss", patience: 1 })];
    const model = network([], sgd({ learningRate: 0.1 }), "sparseCategoricalCrossentropy");
    const { history, epoch } = await fit(model, clouds(), {
      epochs: 3,
      validationData: clouds(),
      verbose: 0,
      callbacks,
    });
    expect(epoch).toEqual([0]);
    expect(history.val_loss[0]).toBeGreaterThan(0);
  });

  it("runs a step that reads a value eagerly, and says why", async () => {
    const lines: string[] = [];
    const globals = globalThis as Record<symbol, unknown>;
    const key = Symbol.for("dnn-lab.display");
    globals[key] = { display: (bundle: Record<string, string>) => lines.push(bundle["text/plain"]) };
    try {
      const plain = await train([], () => sgd({ learningRate: 0.1 }), { compile: false, verbose: 0 }, readingLoss);
      const auto = await train([], () => sgd({ learningRate: 0.1 }), { compile: "auto", verbose: 2 }, readingLoss);
      expect(auto.numbers).toEqual(plain.numbers);
    } finally {
      delete globals[key];
    }
    expect(lines[0]).toMatch(/^Not compiled, so slower: .*read.*readingLoss/);
  });

  it("refuses to compile such a step when compiling is forced", async () => {
    const forced = train([], () => sgd({ learningRate: 0.1 }), { compile: "graph" }, readingLoss);
    await expect(forced).rejects.toThrow(/reads.*readingLoss/);
  });

  it("leaves no tensors behind", async () => {
    const { model } = await train([batchNormalization], () => adam(), {});
    const before = tf.memory().numTensors;
    await fit(model, clouds(), { epochs: 10, validationData: clouds(), verbose: 0 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("evaluates as one by one", async () => {
    const { model } = await train([batchNormalization], () => adam(), {});
    const compiled = await evaluate(model, clouds(), { verbose: 0, compile: "graph" });
    const eager = await evaluate(model, clouds(), { verbose: 0, compile: false });
    for (const name of ["loss", "accuracy"]) expect(compiled[name]).toBeCloseTo(eager[name], 5);
  });
});
