/** (a) Twenty hidden layers of 100 units: Hands-On Machine Learning, chapter 11, exercise 8. */
import {
  alphaDropout,
  batchNormalization,
  type Dataset,
  evaluate,
  fit,
  initializers,
  monteCarloPredict,
  nadam,
  oneCycleSchedule,
  setRandomSeed,
  sgd,
  standardizeImages,
  tf,
} from "dnn-lab";
import { seed } from "./settings";
import type { Study } from "./study";

export interface DenseRun {
  readonly name: string;
  /** Validation accuracy after each epoch. */
  readonly history: readonly number[];
  readonly bestValidAccuracy: number;
  readonly testAccuracy: number;
  readonly seconds: number;
  /** Epochs until the validation accuracy reached the goal of the settings; null when it never did. */
  readonly epochsToGoal: number | null;
}

type Dense = Study["settings"]["dense"];
type Kind = "elu" | "selu";

/** Each hidden layer in one of four forms; the weights begin as the activation asks for. */
function network(settings: Dense, kind: Kind, extra: "none" | "batchNormalization" | "alphaDropout" = "none") {
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [32, 32, 3] })] });
  for (let layer = 0; layer < settings.layers; layer++) {
    const kernelInitializer = kind === "selu" ? initializers.lecunNormal() : initializers.heNormal();
    // Batch normalization stands before the activation, and has the offset that the bias would be.
    const useBias = extra !== "batchNormalization";
    model.add(tf.layers.dense({ units: settings.units, kernelInitializer, useBias }));
    if (extra === "batchNormalization") model.add(batchNormalization());
    model.add(tf.layers.activation({ activation: kind }));
  }
  if (extra === "alphaDropout") model.add(alphaDropout({ rate: settings.dropout }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: initializers.glorotUniform() }));
  return model;
}

interface Plan {
  readonly name: string;
  readonly model: () => tf.Sequential;
  readonly rate: keyof Dense["learningRates"];
}

const plans = (settings: Dense): Plan[] => [
  { name: "ELU, He, Nadam", model: () => network(settings, "elu"), rate: "elu" },
  {
    name: "with batch normalization",
    model: () => network(settings, "elu", "batchNormalization"),
    rate: "batchNormalization",
  },
  { name: "SELU, LeCun", model: () => network(settings, "selu"), rate: "selu" },
  { name: "SELU, alpha dropout", model: () => network(settings, "selu", "alphaDropout"), rate: "alphaDropout" },
  { name: "SELU, alpha dropout, 1cycle", model: () => network(settings, "selu", "alphaDropout"), rate: "oneCycle" },
];

/** Mean and standard deviation of each channel over the training images. */
export function channelStatistics(train: Dataset): { mean: number[]; standardDeviation: number[] } {
  const { values } = train.features;
  const [sums, squares] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  const pixels = 32 * 32;
  for (const row of train.order(0)) {
    for (let i = row * pixels * 3; i < (row + 1) * pixels * 3; i++) {
      sums[i % 3] += values[i];
      squares[i % 3] += values[i] ** 2;
    }
  }
  const count = train.size * pixels;
  const mean = sums.map((sum) => sum / count);
  return { mean, standardDeviation: squares.map((sum, c) => Math.sqrt(sum / count - mean[c] ** 2)) };
}

/** The series of the exercise, the last but one with Monte Carlo dropout in addition. */
export function denseSeries(study: Study): Promise<DenseRun[]> {
  const settings = study.settings.dense;
  return study.stage("dense", settings, async () => {
    const scaled = standardizeImages(channelStatistics(study.parts.train));
    const [train, valid, test] = [study.parts.train, study.parts.valid, study.parts.test].map((d) => d.map(scaled));
    const rows: DenseRun[] = [];
    for (const { name, model: build, rate } of plans(settings)) {
      setRandomSeed(seed);
      const model = build();
      const run = await learn(model, { name, settings, rate, train, valid });
      const { accuracy } = await evaluate(model, test.batch(500));
      rows.push({ ...run, testAccuracy: accuracy });
      if (rate === "alphaDropout") rows.push({ ...rows.at(-1)!, ...(await monteCarlo(model, test, settings)) });
      tf.disposeVariables();
    }
    return rows;
  });
}

interface Training {
  readonly name: string;
  readonly settings: Dense;
  readonly rate: Plan["rate"];
  readonly train: Dataset;
  readonly valid: Dataset;
}

async function learn(model: tf.Sequential, { name, settings, rate, train, valid }: Training) {
  const { epochs, goal } = settings;
  const isCycle = rate === "oneCycle";
  const batches = train
    .shuffle({ bufferSize: train.size, seed })
    .batch(isCycle ? settings.oneCycleBatchSize : settings.batchSize);
  const maxLearningRate = settings.learningRates[rate];
  const learningRate = isCycle
    ? oneCycleSchedule({ maxLearningRate, totalSteps: epochs * batches.stepsPerEpoch })
    : maxLearningRate;
  const optimizer = isCycle ? sgd({ learningRate }) : nadam({ learningRate });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const started = performance.now();
  const { history } = await fit(model, batches, { epochs, validationData: valid.batch(500) });
  const seconds = (performance.now() - started) / 1000;
  const reached = history.val_accuracy.findIndex((accuracy) => accuracy >= goal);
  return {
    name,
    history: history.val_accuracy,
    bestValidAccuracy: Math.max(...history.val_accuracy),
    seconds,
    epochsToGoal: reached < 0 ? null : reached + 1,
  };
}

/** The same network, its dropout left on, averaged over many passes. */
async function monteCarlo(model: tf.Sequential, test: Dataset, { samples }: Dense) {
  const { features, labels } = test.tensors();
  const { mean, standardDeviation } = await monteCarloPredict(model, features, { samples, seed, batchSize: 500 });
  const rows = (await mean.array()) as number[][];
  const order = test.order(0);
  const right = rows.filter((row, i) => row.indexOf(Math.max(...row)) === test.labels[order[i]]).length;
  tf.dispose([features, labels, mean, standardDeviation]);
  return { name: `the same, Monte Carlo dropout (${samples} passes)`, testAccuracy: right / rows.length };
}
