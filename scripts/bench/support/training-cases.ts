/** The trainings that are measured: our side of each; keras_training.py has Keras' side under the same names. */
import { batchNormalization, dropout, layerNormalization, multiHeadAttention, sgd, tf } from "dnn-lab";
import { exponentialSchedule, powerSchedule } from "dnn-lab/internal/techniques/index";
import { mobileNetV2 } from "dnn-lab/internal/models/architectures/mobilenet-v2";

export interface TrainingCase {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly batch: number;
  /** Steps of a round: ours (in one call of `fit`), Keras', plain TensorFlow.js', and JAX' and PyTorch's where they take part. */
  readonly steps: Readonly<Record<"ours" | "keras" | "tfjs", number> & Partial<Record<"jax" | "torch", number>>>;
  readonly build: () => tf.LayersModel | Promise<tf.LayersModel>;
}

const dense = (units: number, activation: "relu" | "softmax" = "relu") => tf.layers.dense({ units, activation });

function mlp(): tf.LayersModel {
  return tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [28, 28] }), dense(50), dense(50), dense(10, "softmax")],
  });
}

function convnet(): tf.LayersModel {
  const conv = (filters: number, inputShape?: number[]) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu", inputShape });
  const block = (filters: number, inputShape?: number[]) => [
    conv(filters, inputShape),
    conv(filters),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    batchNormalization(),
  ];
  const top = [tf.layers.flatten(), dense(128), dropout({ rate: 0.5 }), dense(10, "softmax")];
  return tf.sequential({ layers: [...block(32, [32, 32, 3]), ...block(64), ...top] });
}

async function mobileNet(): Promise<tf.LayersModel> {
  const base = await mobileNetV2({
    alpha: 0.35,
    inputShape: [96, 96, 3],
    includeTop: false,
    pooling: "avg",
    weights: null,
  });
  const outputs = dense(10, "softmax").apply(base.outputs[0]) as tf.SymbolicTensor;
  return tf.model({ inputs: base.inputs, outputs });
}

/** One block, normalized after each of its halves, on 32 places of 64 numbers. */
function transformer(): tf.LayersModel {
  const input = tf.input({ shape: [32, 64] });
  const normalized = (a: tf.SymbolicTensor, b: tf.SymbolicTensor) =>
    layerNormalization({ epsilon: 1e-6 }).apply(
      tf.layers.add().apply([a, b]) as tf.SymbolicTensor,
    ) as tf.SymbolicTensor;
  const attention = multiHeadAttention({ numHeads: 4, keyDim: 16 });
  const attended = normalized(input, attention.apply([input, input]) as tf.SymbolicTensor);
  const wide = dense(128).apply(attended) as tf.SymbolicTensor;
  const block = normalized(attended, tf.layers.dense({ units: 64 }).apply(wide) as tf.SymbolicTensor);
  const pooled = tf.layers.globalAveragePooling1d({}).apply(block) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: dense(10, "softmax").apply(pooled) as tf.SymbolicTensor });
}

/** Two layers over sequences of 50 steps of 32 numbers. */
function lstm(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.lstm({ units: 64, returnSequences: true, inputShape: [50, 32] }),
      tf.layers.lstm({ units: 64 }),
      dense(10, "softmax"),
    ],
  });
}

const small = { shape: [28, 28], rows: 20_000, build: mlp };

export const trainingCases: readonly TrainingCase[] = [
  { name: "mlp16", ...small, batch: 16, steps: { ours: 37_500, keras: 1000, tfjs: 150, jax: 37_500 } },
  { name: "mlp128", ...small, batch: 128, steps: { ours: 7800, keras: 156, tfjs: 60, jax: 7800 } },
  {
    name: "convnet",
    shape: [32, 32, 3],
    rows: 2560,
    batch: 32,
    steps: { ours: 160, keras: 20, tfjs: 4, torch: 40 },
    build: convnet,
  },
  {
    name: "mobilenet",
    shape: [96, 96, 3],
    rows: 640,
    batch: 32,
    steps: { ours: 160, keras: 8, tfjs: 2, torch: 20 },
    build: mobileNet,
  },
  {
    name: "transformer",
    shape: [32, 64],
    rows: 2560,
    batch: 32,
    steps: { ours: 800, keras: 80, tfjs: 10 },
    build: transformer,
  },
  {
    name: "lstm",
    shape: [50, 32],
    rows: 2560,
    batch: 32,
    steps: { ours: 400, keras: 80, tfjs: 3, torch: 40 },
    build: lstm,
  },
];

const exponential = () => exponentialSchedule({ initialLearningRate: 0.01, decaySteps: 20 * 2625, decayRate: 0.1 });

/** The six trainings of the slides' code example: layers between the dense ones, optimizer. */
export const courseSections: Readonly<Record<string, () => tf.LayersModel>> = {
  power: () => course([], sgd({ learningRate: powerSchedule({ initialLearningRate: 0.01, decaySteps: 10_000 }) })),
  exponential: () => course([], sgd({ learningRate: exponential() })),
  performance: () => course([], sgd({ learningRate: 0.01 })),
  batchNormalization: () =>
    course(
      [0, 1, 2].map(() => batchNormalization()),
      sgd({ learningRate: 0.01 }),
    ),
  gradientClipping: () => course([], sgd({ learningRate: 0.01, clipvalue: 1 })),
  dropout: () =>
    course(
      [0, 1, 2].map(() => dropout({ rate: 0.2 })),
      sgd({ learningRate: 0.01, clipvalue: 1 }),
    ),
};

function course(between: tf.layers.Layer[], optimizer: tf.Optimizer): tf.LayersModel {
  const model = tf.sequential();
  model.add(tf.layers.flatten({ inputShape: [28, 28] }));
  [dense(50), dense(50), dense(10, "softmax")].forEach((layer, i) => {
    if (between[i]) model.add(between[i]);
    model.add(layer);
  });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
