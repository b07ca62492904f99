/** The slides' code example: six trainings with validation, checkpoint and early stopping, ours and Keras'. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dataset, earlyStopping, fashionMnist, fit, modelCheckpoint, setRandomSeed } from "dnn-lab";
import { PythonPeer } from "./python-peer";
import { courseSections } from "./training-cases";
import { type Peers, timed } from "./training-peers";

/** Epochs of each section, as published. */
const EPOCHS = 10;

/** Both give milliseconds per epoch of all six sections; ours runs all ten epochs, Keras one. */
export async function coursePeers(quick: boolean): Promise<Peers & { readonly data: string }> {
  const part = quick ? "2%" : "70%";
  const [train, rest] = await fashionMnist.load({ split: [`train[:${part}]`, `train[${quick ? "99%" : part}:]`] });
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-bench-course-"));
  writeBytes(train, join(folder, "train"));
  writeBytes(rest, join(folder, "valid"));
  const python = new PythonPeer("keras_training.py", ["course", folder]);
  const epochs = quick ? 1 : EPOCHS;
  const ours = async () => {
    const { seconds } = await timed(() => runSections(train, rest, epochs, folder));
    return (seconds * 1000) / epochs;
  };
  const keras = async () => (await python.ask<{ seconds: number }>("")).seconds * 1000;
  const stop = () => {
    python.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const peers = [
    { name: "dnn-lab fit", round: ours },
    { name: "Keras fit", round: keras },
  ];
  return { peers, stop, data: `${train.info.name}, ${train.size} + ${rest.size} images, ${train.info.source}` };
}

async function runSections(train: Dataset, rest: Dataset, epochs: number, folder: string): Promise<void> {
  setRandomSeed(42);
  const batches = train
    .rescale(1 / 255)
    .shuffle({ bufferSize: 1000, seed: 42 })
    .batch(16)
    .prefetch(1);
  const validationData = rest
    .rescale(1 / 255)
    .batch(16)
    .prefetch(1);
  for (const build of Object.values(courseSections)) {
    const callbacks = [
      modelCheckpoint({ filepath: join(folder, "model.weights.h5"), saveBestOnly: true, saveWeightsOnly: true }),
      // Patience of all epochs: both sides shall run as many.
      earlyStopping({ patience: Math.max(5, epochs), restoreBestWeights: true }),
    ];
    await fit(build(), batches, { epochs, validationData, callbacks, verbose: 0 });
  }
}

/** The samples and their labels as bytes, in `path`_features.bin and `path`_labels.bin, for Python. */
export function writeBytes(data: Dataset, path: string): void {
  const order = data.order(0);
  const size = data.features.shape.reduce((product, length) => product * length, 1);
  const pixels = new Uint8Array(order.length * size);
  order.forEach((row, i) => pixels.set(data.features.values.subarray(row * size, (row + 1) * size), i * size));
  writeFileSync(`${path}_features.bin`, pixels);
  writeFileSync(
    `${path}_labels.bin`,
    Uint8Array.from(order, (row) => data.labels[row]),
  );
}
