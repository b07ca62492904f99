/** Transfer learning on CIFAR-10 with MobileNetV2 0.35: our side of each case, beside keras_transfer.py. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adam,
  addOnTop,
  bottleneckFeatures,
  type Dataset,
  fit,
  freeze,
  mobileNetV2,
  preprocessInput,
  randomFlip,
  resize,
  saveWeights,
  setRandomSeed,
  tf,
} from "dnn-lab";
import { deviceData, gatherRows, recordStep } from "dnn-lab/internal/engine/compile/index";
import { forgetFeatures } from "dnn-lab/internal/models/transfer/feature-store";
import { writeBytes } from "./course-example";
import { PythonPeer } from "./python-peer";
import { type Peers, timed } from "./training-peers";

export const TRANSFER_CASES = ["frozen", "features", "finetune", "input"] as const;
export type TransferCase = (typeof TRANSFER_CASES)[number];

export interface TransferSettings {
  /** Height and width of the images for the network. */
  readonly size: number;
  readonly batch: number;
  /** Epochs of the frozen stage. */
  readonly epochs: number;
  /** Steps of fine-tuning in a round. */
  readonly steps: number;
}

interface Side {
  readonly images: Dataset;
  readonly settings: TransferSettings;
}

interface Round extends Side {
  /** File of the base's weights. */
  readonly weights: string;
}

const fixed = (size: number) => [resize(size), preprocessInput("mobilenet_v2")];

async function base({ size }: TransferSettings, weights: string): Promise<tf.LayersModel> {
  return mobileNetV2({ alpha: 0.35, inputShape: [size, size, 3], includeTop: false, pooling: "avg", weights });
}

function withHead(below: tf.LayersModel): tf.LayersModel {
  const model = addOnTop(below, [tf.layers.dense({ units: 10, activation: "softmax" })]);
  model.compile({
    optimizer: adam({ learningRate: 0.001 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

/** Seconds of a round. Each builds its network anew and keeps nothing of the last one. */
const ours: Readonly<Record<TransferCase, (round: Round) => Promise<number>>> = {
  async frozen({ images, settings, weights }) {
    const model = withHead(freeze(await base(settings, weights)));
    const { size, batch, epochs } = settings;
    const train = images
      .map(...fixed(size))
      .shuffle({ bufferSize: 1000, seed: 42 })
      .batch(batch);
    forgetFeatures();
    return (await timed(() => fit(model, train, { epochs, verbose: 0 }))).seconds;
  },
  async features({ images, settings, weights }) {
    const below = await base(settings, weights);
    const transforms = fixed(settings.size);
    return (await timed(() => bottleneckFeatures(below, images, { transforms, cache: false }))).seconds;
  },
  async finetune({ images, settings, weights }) {
    const { size, batch, steps } = settings;
    const model = withHead(await base(settings, weights));
    const shuffled = images.map(...fixed(size)).shuffle({ bufferSize: 1000, seed: 42 });
    const train = shuffled.batch(batch, { dropRemainder: true }).take(steps);
    return (await timed(() => fit(model, train, { verbose: 0 }))).seconds;
  },
  async input({ images, settings: { size, batch } }) {
    const data = images.map(resize(size), randomFlip(), preprocessInput("mobilenet_v2"));
    const stored = deviceData(data.storage.features.values, data.storage.features.shape);
    const rows = data.storedOrder(0).subarray(0, batch * Math.floor(data.size / batch));
    const example = (i: number) => ({ rows: tf.tensor1d(rows.slice(i * batch, (i + 1) * batch), "int32") });
    const compiled = recordStep({
      step: (inputs, step) => {
        const batchOf = { features: gatherRows(stored, inputs.rows), labels: tf.zeros([batch]) };
        // One number of each batch leaves the graph, as what the pipeline is for is not part of it.
        return { last: tf.max(data.transform(batchOf, step).features) };
      },
      examples: [example(0), example(1)],
      plan: "lowered",
    });
    try {
      const run = () => compiled.run({ steps: rows.length / batch, inputs: { rows } }).last.dataSync();
      return (await timed(() => Promise.resolve(run()))).seconds;
    } finally {
      compiled.dispose();
      stored.dispose();
    }
  },
};

/** Ours and Keras' for a case; values are seconds of a round. */
export async function transferPeers(name: TransferCase, side: Side): Promise<Peers> {
  const { images, settings } = side;
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-bench-transfer-"));
  const weights = join(folder, "base.h5");
  writeBytes(images, join(folder, "train"));
  await saveWeights(await base(settings, "imagenet"), weights);
  tf.disposeVariables();
  // Features that an earlier run has kept must not be found.
  const { DNN_LAB_CACHE } = process.env;
  process.env.DNN_LAB_CACHE = join(folder, "cache");
  const { size, batch, epochs, steps } = settings;
  const python = new PythonPeer("keras_transfer.py", [folder, weights, String(size), String(batch)]);
  const question = { frozen: `frozen ${epochs}`, features: "features", finetune: `finetune ${steps}`, input: "input" };
  const round = async () => {
    setRandomSeed(1);
    try {
      return await ours[name]({ ...side, weights });
    } finally {
      tf.disposeVariables();
      rmSync(join(folder, "cache"), { recursive: true, force: true });
    }
  };
  const keras = async () => (await python.ask<{ seconds: number }>(question[name])).seconds;
  const stop = () => {
    python.stop();
    if (DNN_LAB_CACHE === undefined) delete process.env.DNN_LAB_CACHE;
    else process.env.DNN_LAB_CACHE = DNN_LAB_CACHE;
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    peers: [
      { name: "dnn-lab", round },
      { name: name === "input" ? "tf.data" : "Keras", round: keras },
    ],
    stop,
  };
}
