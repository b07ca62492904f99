/**
 * The names that examples use without declaring them, made small: an example that says `model`, `train` or `history`
 * gets these. Each is made anew for each example.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as dnn from "../../src/library/index";
import { keepPreprocessing } from "../../src/library/training/whole-model/preprocessing";
import { tf } from "../../src/library/index";
import { saveRecord } from "../../src/library/reports/reproduce";
import { wholeRecord } from "../library/reports/records";

const CLASSES = 10;

/** Colour pictures of 32 × 32 pixels from 0 to 255, with ten classes. */
function pictures(samples: number, seed: number): dnn.Dataset {
  const noise = new dnn.RandomStream(seed);
  const features = Uint8Array.from({ length: samples * 32 * 32 * 3 }, () => Math.floor(noise.uniform(0, 256)));
  const labels = Int32Array.from({ length: samples }, (_, i) => i % CLASSES);
  return dnn.datasetFromArrays({ features, labels, shape: [32, 32, 3], numClasses: CLASSES });
}

function compiled<Model extends tf.LayersModel>(model: Model): Model {
  model.compile({
    optimizer: dnn.sgd({ learningRate: 0.01 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

/** A multilayer perceptron with dropout. */
function perceptron(activation: "relu" | "sigmoid" = "relu"): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.flatten({ inputShape: [32, 32, 3] }));
  model.add(tf.layers.dense({ units: 8, activation }));
  model.add(dnn.dropout({ rate: 0.2 }));
  model.add(tf.layers.dense({ units: CLASSES, activation: "softmax" }));
  return compiled(model);
}

/** Three blocks of convolutions, for images of any size. */
function base(): tf.Sequential {
  const model = tf.sequential();
  const filters = 4;
  model.add(tf.layers.conv2d({ filters, kernelSize: 3, inputShape: [null, null, 3], name: "block1_conv1" }));
  model.add(dnn.batchNormalization({ name: "block1_bn1" }));
  model.add(tf.layers.conv2d({ filters, kernelSize: 3, name: "block2_conv1" }));
  model.add(tf.layers.conv2d({ filters, kernelSize: 3, name: "block3_conv1" }));
  model.add(tf.layers.globalAveragePooling2d({}));
  return model;
}

/** A run of two epochs as `fit` gives it. */
function run(last = 0.8): dnn.History {
  const [epoch, params] = [[0, 1], { epochs: 2, steps: 4, samples: 64, batchSize: 16 }];
  const history = { loss: [1, 0.5], accuracy: [0.5, last], val_loss: [1, 0.6], val_accuracy: [0.5, last - 0.1] };
  return { epoch, history, params, seconds: 1 };
}

const space = { units: dnn.hp.int(1, 2) };

/** A search of two trials as `tune` gives it. */
function search(): dnn.TuneResult<typeof space> {
  const objective = { metric: "val_accuracy", direction: "max", epoch: "best" } as const;
  const about = { status: "completed", epochs: 2, seconds: 1, executions: [] } as const;
  const trials = [0.7, 0.8].map((value, trial) => ({ trial, settings: { units: trial + 1 }, value, ...about }));
  return { trials, best: trials[1], history: run(), model: perceptron(), objective, space, seconds: 2 };
}

const rows = [
  [0.7, 0.2, 0.1],
  [0.2, 0.5, 0.3],
  [0.3, 0.3, 0.4],
];

export const prelude = {
  train: () => pictures(200, 1),
  valid: () => pictures(20, 2),
  test: () => pictures(20, 3),
  images: () => tf.randomUniform([4, 32, 32, 3], 0, 255, "float32", 1),
  batch: () => pictures(20, 1).tensors(),
  model: () => perceptron(),
  a: () => perceptron("sigmoid"),
  b: () => perceptron("relu"),
  base: () => base(),
  pictureModel: () => {
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [32, 32, 3] }));
    model.add(tf.layers.globalAveragePooling2d({}));
    model.add(tf.layers.dense({ units: CLASSES, activation: "softmax" }));
    return compiled(model);
  },
  picture: () => tf.randomUniform([32, 32, 3], 0, 1, "float32", 1),
  head: () =>
    compiled(tf.sequential({ layers: [tf.layers.dense({ units: CLASSES, activation: "softmax", inputShape: [4] })] })),
  irisModel: () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })] });
    const cells = { decimal: ".", missingValues: [""] };
    const columns = [{ name: "width", type: "number", mean: 1, deviation: 0.5 }];
    const label = { name: "kind", classNames: ["other", "setosa"] };
    keepPreprocessing(model, { kind: "table", columns, label, cells });
    return model;
  },
  pretrained: () => dnn.convnet({ filters: [2, 2] }),
  history: () => run(),
  space: () => space,
  build: () => (settings: dnn.Settings<typeof space>) => (void settings.units, perceptron()),
  validation: () => pictures(20, 2),
  found: () => search(),
  run1: () => run(0.8),
  run2: () => run(0.81),
  run3: () => run(0.82),
  run4: () => run(0.83),
  run5: () => run(0.84),
  run6: () => run(0.85),
  probabilities: () => rows,
  p: () => rows,
  mc: () => rows,
  labels: () => [0, 1, 2],
  predicted: () => [0, 1, 1],
  classNames: () => ["shirt", "coat", "bag"],
  norms: () => [1, 0.1, 0.01],
  x: () => [
    [0, 0],
    [0, 255],
    [255, 0],
  ],
  y: () => [0, 1, 1],
  s: () => 10_000,
  schedule: () => dnn.powerSchedule({ initialLearningRate: 0.01, decaySteps: 10_000 }),
  decaySteps: () => 10_000,
  results: () => join(tmpdir(), `dnn lab examples ${process.pid}`),
  /** With the record of a whole run in it. */
  folder: () => {
    const folder = join(tmpdir(), `dnn lab examples ${process.pid}`, "whole run");
    saveRecord(folder, wholeRecord());
    return folder;
  },
};

export type Prelude = { readonly [Name in keyof typeof prelude]: ReturnType<(typeof prelude)[Name]> };
