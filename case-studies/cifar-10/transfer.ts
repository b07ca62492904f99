/** (c) Transfer learning: frozen, unfrozen step by step, fine-tuned; input sizes; fewer and fewer training images. */
import {
  adam,
  convnet,
  cosineSchedule,
  type Dataset,
  evaluate,
  fit,
  freeze,
  type History,
  loadWeights,
  oneCycleSchedule,
  predict,
  recalibrateBatchNormalization,
  saveWeights,
  type Schedule,
  tf,
  unfreeze,
  unfreezeTop,
} from "dnn-lab";
import { type TransferTask, withHead } from "./base";
import { seed } from "./settings";
import type { Study } from "./study";

export interface Trained {
  readonly name: string;
  readonly validAccuracy: number;
  readonly testAccuracy: number;
  /** Of training, features of a frozen base included. */
  readonly seconds: number;
  /** Validation accuracy after each epoch. */
  readonly history: readonly number[];
}

const METRICS = { loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] };

interface Schooling {
  readonly epochs: number;
  readonly batchSize: number;
  /** Measure batch normalization's averages anew at the end, from so many batches. */
  readonly recalibrate?: number;
  /** A number, or a schedule by optimizer steps. */
  readonly learningRate: number | ((steps: number) => Schedule);
}

interface Lesson {
  readonly name: string;
  readonly train: Dataset;
  /** Without it no validation figures. */
  readonly valid?: Dataset;
  readonly test: Dataset;
}

/** Trains and tests a model, shuffled over all images. */
async function school(model: tf.LayersModel, lesson: Lesson, schooling: Schooling, resume?: string) {
  const { name, train, valid, test } = lesson;
  const { epochs, batchSize, learningRate, recalibrate } = schooling;
  const batches = train.shuffle({ bufferSize: train.size, seed }).batch(batchSize);
  const rate = typeof learningRate === "number" ? learningRate : learningRate(epochs * batches.stepsPerEpoch);
  model.compile({ optimizer: adam({ learningRate: rate }), ...METRICS });
  const watched = valid ? { validationData: valid.batch(100) } : {};
  const started = performance.now();
  const run = await fit(model, batches, { epochs, ...watched, ...(resume && { resume }) });
  const seconds = (performance.now() - started) / 1000;
  const { val_accuracy: history = [] } = run.history;
  let validAccuracy = history.at(-1) ?? NaN;
  if (recalibrate && valid) {
    await recalibrateBatchNormalization(model, batches, { steps: recalibrate });
    validAccuracy = (await evaluate(model, valid.batch(100))).accuracy;
  }
  const { accuracy, loss } = await evaluate(model, test.batch(100));
  return { trained: { name, validAccuracy, testAccuracy: accuracy, seconds, history }, run, loss };
}

function lesson(name: string, task: TransferTask, size: number, train = task.parts.train): Lesson {
  const { valid, test } = task.parts;
  return {
    name,
    train: task.prepared(train, size),
    valid: task.prepared(valid, size),
    test: task.prepared(test, size),
  };
}

/** A head on the frozen base, for each input size. */
export function inputSizes(study: Study, task: TransferTask): Promise<Trained[]> {
  const { frozen } = study.settings.transfer;
  return study.stage("input-sizes", [task.base, task.sizes, frozen], async () => {
    const { epochs, batchSize, learningRate: initialLearningRate, dropout } = frozen;
    const learningRate = (decaySteps: number) => cosineSchedule({ initialLearningRate, decaySteps });
    const rows: Trained[] = [];
    for (const size of task.sizes) {
      const model = withHead(freeze(await task.build(size)), task, dropout);
      const schooling = { epochs, batchSize, learningRate };
      rows.push((await school(model, lesson(`${size} px`, task, size), schooling)).trained);
      tf.disposeVariables();
    }
    return rows;
  });
}

/** From one trained head: more and more of the base learns too, each with the same few epochs. */
export function stepByStep(study: Study, task: TransferTask): Promise<Trained[]> {
  const { steps, head } = study.settings.transfer;
  return study.stage("step-by-step", [task.base, task.size, task.blocks, steps, head], async () => {
    const { images, epochs, batchSize, learningRate } = steps;
    const schooling = { epochs, batchSize, learningRate };
    const few = task.parts.train.take(images);
    const start = study.path("step-by-step-start.weights.h5");
    const frozen = withHead(freeze(await task.build(task.size)), task);
    const rows = [(await school(frozen, lesson("frozen", task, task.size, few), head)).trained];
    await saveWeights(frozen, start);
    tf.disposeVariables();
    for (const count of [...task.blocks, Infinity]) {
      const base = await task.build(task.size);
      const model = withHead(base, task);
      await loadWeights(model, start);
      if (count === Infinity) unfreeze(base, { batchNormalization: "frozen" });
      else unfreezeTop(base, { blocks: count });
      const name = count === Infinity ? "all layers" : `top ${count === 1 ? "block" : `${count} blocks`}`;
      rows.push((await school(model, lesson(name, task, task.size, few), schooling)).trained);
      tf.disposeVariables();
    }
    return rows;
  });
}

export interface FineTuned extends Trained {
  readonly testLoss: number;
  /** Loss and accuracy of each epoch. */
  readonly fit: History;
  /** For each test image: true class, predicted class, and the probability given to the true one. */
  readonly predictions: readonly (readonly [label: number, predicted: number, probability: number])[];
}

/**
 * All layers, from the trained head, with random flips and crops and the 1cycle policy. Batch normalization's averages are
 * measured anew at the end: MobileNetV2's lag a thousand steps behind the weights.
 */
export async function fineTuning(study: Study, task: TransferTask): Promise<FineTuned> {
  const { fineTuning: settings, head } = study.settings.transfer;
  const kept = await study.stage("fine-tuning", [task.base, task.size, settings, head], async (resume) => {
    const { epochs, batchSize, maxLearningRate, padding, batchNormalization } = settings;
    const base = freeze(await task.build(task.size));
    const model = withHead(base, task);
    const plain = lesson("fine-tuned", task, task.size);
    await school(model, plain, head);
    unfreeze(base, { batchNormalization });
    const lively = { ...plain, train: task.augmented(task.parts.train, task.size, padding) };
    const learningRate = (totalSteps: number) => oneCycleSchedule({ maxLearningRate, totalSteps });
    const recalibrate = batchNormalization === "trained" ? settings.recalibrate : undefined;
    const schooling = { epochs, batchSize, learningRate, recalibrate };
    const { trained, run, loss } = await school(model, lively, schooling, resume);
    await saveWeights(model, study.path("fine-tuned.weights.h5"));
    const probabilities = (await predict(model, plain.test.batch(100))) as tf.Tensor2D;
    const rows = await probabilities.array();
    const order = plain.test.order(0);
    const predictions = rows.map((row, i) => {
      const label = plain.test.labels[order[i]];
      return [label, row.indexOf(Math.max(...row)), Number(row[label].toFixed(4))] as const;
    });
    probabilities.dispose();
    return { ...trained, testLoss: loss, fit: run, predictions };
  });
  // A run that was resumed has taken longer than its last part.
  return { ...kept, seconds: Math.max(kept.seconds, kept.fit.seconds) };
}

export interface Shrunk {
  readonly samples: number;
  readonly transfer: number;
  readonly scratch: number;
}

/** Test accuracy by the number of training images: a head on the frozen base, and a convnet from scratch, as many steps each. */
export function shrinking(study: Study, task: TransferTask): Promise<Shrunk[]> {
  const { samples, sampleSteps, head } = study.settings.transfer;
  return study.stage("shrinking", [task.base, task.size, samples, sampleSteps, head], async () => {
    const { batchSize, learningRate } = head;
    const rows: Shrunk[] = [];
    for (const count of samples.filter((each) => each <= task.parts.train.size)) {
      const few = task.parts.train.take(count);
      const epochs = Math.ceil(sampleSteps / Math.ceil(count / batchSize));
      const schooling = { epochs, batchSize, learningRate };
      const head = withHead(freeze(await task.build(task.size)), task);
      const frozen = { ...lesson("frozen", task, task.size, few), valid: undefined };
      const transfer = await school(head, frozen, schooling);
      tf.disposeVariables();
      const plain = (data: Dataset) => data.rescale(1 / 255);
      const from = { name: "from scratch", train: plain(few), test: plain(task.parts.test) };
      const scratch = await school(convnet({ classes: task.classNames.length }), from, schooling);
      tf.disposeVariables();
      rows.push({ samples: count, transfer: transfer.trained.testAccuracy, scratch: scratch.trained.testAccuracy });
    }
    return rows;
  });
}
