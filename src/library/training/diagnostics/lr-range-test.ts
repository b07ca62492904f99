/** The learning rate range test: which rates make a model learn, found in a short run whose rate grows. */
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { checkInterrupt, whileListening } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import type { Schedule } from "dnn-lab-core/types";
import type { Dataset } from "../../data/dataset";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { exponentialSchedule } from "../../techniques/schedules";
import { Optimizer } from "../../techniques/optimizers/optimizer";
import { trainingTask } from "../steps/batch-task";
import { asBatched, checkSampleShape } from "../fit/inputs";
import { givenDataset } from "../fit/given-data";
import { objectiveOf } from "../steps/objective";
import { checkLabels } from "../objective/label-checks";
import { pacer } from "../fit/pacer";
import { RunningMeans } from "../steps/running-means";
import { stepRunner } from "../steps/step-runner";

/** Options of {@link lrRangeTest}. */
export interface LrRangeTestOptions {
  /** Rate of the first step (default 1e-5). */
  minLearningRate?: number;
  /** Rate of the last step (default 10). */
  maxLearningRate?: number;
  /** Number of steps (default 300). */
  steps?: number;
  /** β of the moving average that smooths the losses, from 0 (none) to below 1 (default 0.95). */
  smoothing?: number;
  /** The test ends when the smoothed loss exceeds its least value by this factor (default 4). */
  stopFactor?: number;
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
}

/** What {@link lrRangeTest} found. */
export interface LrRangeTest {
  /** Rate of each step. */
  readonly learningRates: readonly number[];
  /** Loss of each step's batch, before its update. */
  readonly losses: readonly number[];
  /** Exponential moving averages of the losses, corrected for their start. */
  readonly smoothedLosses: readonly number[];
  /** Rate at which the smoothed loss is least. */
  readonly minimum: number;
  /** Rate at which the smoothed loss falls most steeply, by the logarithm of the rate. */
  readonly steepest: number;
  /** A rate to begin with: a tenth of {@link minimum} (Géron's rule). */
  readonly suggestion: number;
  /** Whether the loss exploded, so that the rates go up to where learning ends. */
  readonly diverged: boolean;
}

const OPTIONS: OptionNames<LrRangeTestOptions> = {
  minLearningRate: true,
  maxLearningRate: true,
  steps: true,
  smoothing: true,
  stopFactor: true,
  batchSize: true,
};

/**
 * Trains for some hundred steps while the learning rate grows exponentially, η(t) = η_min · (η_max / η_min)^(t / (T − 1)),
 * and tells how the loss went. Afterwards the model's weights, and its optimizer, are as before.
 *
 * The steps are those of the compiled optimizer (its rule, momentum, clipping), a fresh copy of it, at other rates.
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017; Géron, Hands-On Machine Learning, ch. 11.
 *
 * @throws Error when the model is not compiled with an optimizer of this library, RangeError for numbers out of range.
 * @example
 * const test = await lrRangeTest(model, train);
 * console.log(test.suggestion);
 */
export async function lrRangeTest(
  model: tf.LayersModel,
  data: Dataset,
  options: LrRangeTestOptions = {},
): Promise<LrRangeTest> {
  const owner = "lrRangeTest";
  const checked = check(owner, options);
  await useEngine();
  const train = asBatched(owner, givenDataset(owner, model, data), options.batchSize);
  checkSampleShape(owner, model, train);
  const objective = objectiveOf(owner, model);
  checkLabels(owner, model, objective, train);
  const own = model.optimizer;
  const weights = model.weights.map((weight) => weight.read().clone());
  const optimizer = copyAtRates(owner, own, rates(checked));
  const means = new RunningMeans(objective.columns);
  model.optimizer = optimizer;
  try {
    const task = trainingTask({ model, objective }, means);
    const losses = await whileListening(() => sweep({ model, task, train, means }, checked));
    return conclude(losses, checked);
  } finally {
    model.optimizer = own;
    // Not through `weight.write`, which would apply constraints.
    model.weights.forEach((weight, i) => (weight.read() as tf.Variable).assign(weights[i]));
    tf.dispose(weights);
    optimizer.dispose();
    means.dispose();
  }
}

type Checked = Required<Omit<LrRangeTestOptions, "batchSize">>;

function check(owner: string, options: LrRangeTestOptions): Checked {
  checkOptions(owner, options, OPTIONS);
  const { minLearningRate = 1e-5, maxLearningRate = 10, steps = 300, smoothing = 0.95, stopFactor = 4 } = options;
  checkNumber(owner, "minLearningRate", minLearningRate, { above: 0 });
  checkNumber(owner, "maxLearningRate", maxLearningRate, { above: minLearningRate });
  checkNumber(owner, "steps", steps, { integer: true, min: 10 });
  checkNumber(owner, "smoothing", smoothing, { min: 0, below: 1 });
  checkNumber(owner, "stopFactor", stopFactor, { above: 1 });
  return { minLearningRate, maxLearningRate, steps, smoothing, stopFactor };
}

function rates({ minLearningRate, maxLearningRate, steps }: Checked): Schedule {
  const decayRate = maxLearningRate / minLearningRate;
  return exponentialSchedule({ initialLearningRate: minLearningRate, decaySteps: steps - 1, decayRate });
}

function copyAtRates(owner: string, optimizer: tf.Optimizer, learningRate: Schedule): Optimizer {
  // `instanceof` would be true of every optimizer: TensorFlow.js replaces it by a look at the methods.
  if ("rule" in optimizer) return (optimizer as Optimizer).withLearningRate(learningRate);
  throw new Error(
    `${owner}: the model's ${optimizer.getClassName()} does not tell how it was made. Compile it with an optimizer of this library, such as sgd().`,
  );
}

interface Sweep {
  readonly model: tf.LayersModel;
  readonly task: ReturnType<typeof trainingTask>;
  readonly train: Dataset;
  readonly means: RunningMeans;
}

/** The loss of each step, until there are enough or it has exploded. */
async function sweep({ model, task, train, means }: Sweep, checked: Checked): Promise<number[]> {
  const { steps: expectedSteps, stopFactor } = checked;
  const steps = await stepRunner({ model, task, data: train, compile: "auto", expectedSteps, notice: () => undefined });
  const progress = startProgress({ title: "Learning rate range test", total: expectedSteps, unit: "steps" });
  const breathe = pacer();
  const smooth = smoother(checked.smoothing);
  const losses: number[] = [];
  let least = Infinity;
  try {
    for (let pass = 0; losses.length < expectedSteps; pass++) {
      steps.begin(pass);
      while (losses.length < expectedSteps) {
        means.reset();
        if (steps.run(1) === 0) break;
        const { loss } = means.logs();
        losses.push(loss);
        const smoothed = smooth(loss);
        least = Math.min(least, smoothed);
        if (!(smoothed <= stopFactor * least)) return losses;
        progress.update(losses.length);
        await breathe();
        checkInterrupt("The learning rate range test");
      }
    }
    return losses;
  } finally {
    steps.dispose();
    progress.finish();
  }
}

/** Exponential moving average with the correction of its start (as Adam's): m ← βm + (1 − β)x, m / (1 − βᵗ). */
function smoother(beta: number): (value: number) => number {
  let [average, t] = [0, 0];
  return (value) => {
    average = beta * average + (1 - beta) * value;
    return average / (1 - beta ** ++t);
  };
}

/** What the losses of the sweep say; the last step is left out when the loss exploded there, unless it is the only one. */
export function conclude(all: readonly number[], checked: Checked): LrRangeTest {
  const { smoothing, stopFactor } = checked;
  const finite = all.findIndex((loss) => !Number.isFinite(loss));
  const losses = finite < 0 ? [...all] : all.slice(0, finite);
  if (losses.length < 3) {
    throw new Error(
      "lrRangeTest: the loss was not finite from the start; begin with a smaller minLearningRate, and check the data.",
    );
  }
  const learningRates = losses.map((_, step) => rates(checked)(step));
  const smoothedLosses = losses.map(smoother(smoothing));
  const least = smoothedLosses.indexOf(Math.min(...smoothedLosses));
  const last = smoothedLosses[smoothedLosses.length - 1];
  return {
    learningRates,
    losses,
    smoothedLosses,
    minimum: learningRates[least],
    steepest: learningRates[steepestFall(smoothedLosses, least)],
    suggestion: learningRates[least] / 10,
    diverged: finite >= 0 || last > stopFactor * smoothedLosses[least],
  };
}

/** Position before the minimum where the curve falls most, by central differences (the rates grow evenly in log). */
function steepestFall(curve: readonly number[], minimum: number): number {
  let best = Math.min(1, minimum);
  for (let i = 1; i < minimum; i++) {
    if (curve[i + 1] - curve[i - 1] < curve[best + 1] - curve[best - 1]) best = i;
  }
  return best;
}
