/** What is done with each batch of a pass, apart from how the batches are run (one by one, or replayed as a graph). */
import type { Step } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import type { RunningMeans } from "./running-means";
import type { Batch } from "../../data/batch";
import { evaluateBatch, type StepOptions, trainBatch } from "./step";

export type TaskName = "training" | "evaluation";

export interface BatchTask {
  readonly name: TaskName;
  readonly means: RunningMeans;
  /** Whether the first step makes no variables that are not there. */
  readonly settled: boolean;
  /** Number of the next step, from 0. */
  stepNumber(): number;
  /** Host numbers that step `step` needs (learning rate, bias corrections): as many at every step. */
  scalars(step: number): readonly number[];
  /** Does the work; a pure function of tensors, apart from the variables that it assigns. Returns the means `[names]`. */
  compute(batch: Batch, scalars: readonly tf.Tensor[], step: Step): tf.Tensor1D;
  /** Is told that `count` steps have been run. */
  advance(count: number): void;
}

/** Trains on each batch. */
export function trainingTask(options: StepOptions, means: RunningMeans): BatchTask {
  const { model } = options;
  const { optimizer } = model;
  if (!isOwn(optimizer)) return foreignOptimizerTask(options, means);
  optimizer.findLayers(model);
  optimizer.build(model.trainableWeights.map((weight) => weight.read() as tf.Variable));
  return {
    name: "training",
    means,
    settled: true,
    stepNumber: () => optimizer.steps,
    scalars: (step) => optimizer.stepScalars(step),
    compute: (batch, scalars, step) =>
      trainBatch(options, batch, step, (gradients) => optimizer.applyWith(gradients, scalars)),
    advance: (count) => (optimizer.steps += count),
  };
}

/** `instanceof` would be true of every optimizer: TensorFlow.js replaces it by a look at the methods. */
function isOwn(optimizer: tf.Optimizer): optimizer is Optimizer {
  return "stepScalars" in optimizer;
}

/** TensorFlow.js' own optimizers keep their numbers to themselves. */
function foreignOptimizerTask(options: StepOptions, means: RunningMeans): BatchTask {
  const { optimizer } = options.model;
  let count = 0;
  return {
    name: "training",
    means,
    settled: false,
    stepNumber: () => count,
    scalars: () => (keepsRateAsTensor(optimizer) ? [optimizer.learningRate] : []),
    compute: (batch, [rate], step) =>
      trainBatch(options, batch, step, (gradients) =>
        withRate(optimizer, rate, () =>
          optimizer.applyGradients(gradients as Parameters<tf.Optimizer["applyGradients"]>[0]),
        ),
      ),
    advance: (steps) => (count += steps),
  };
}

/** TensorFlow.js' SGD and momentum hold −η as a tensor `c`, which a change of the rate disposes of. */
type RateHolder = tf.Optimizer & { learningRate: number; c: tf.Tensor };

const keepsRateAsTensor = (optimizer: tf.Optimizer): optimizer is RateHolder =>
  "c" in optimizer && optimizer.c instanceof tf.Tensor && "learningRate" in optimizer;

/** Runs `body` with the rate as a tensor of the step, so that a recorded step follows its changes. */
function withRate(optimizer: tf.Optimizer, rate: tf.Tensor | undefined, body: () => void): void {
  if (!rate || !keepsRateAsTensor(optimizer)) return body();
  const { c } = optimizer;
  optimizer.c = tf.neg(rate);
  try {
    body();
  } finally {
    optimizer.c = c;
  }
}

/** Evaluates each batch in inference mode. */
export function evaluationTask(options: StepOptions, means: RunningMeans): BatchTask {
  return {
    name: "evaluation",
    means,
    settled: true,
    stepNumber: () => 0,
    scalars: () => [],
    compute: (batch) => evaluateBatch(options, batch),
    advance: () => undefined,
  };
}
