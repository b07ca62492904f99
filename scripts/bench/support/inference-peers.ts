/** Who predicts: this library, TensorFlow.js' own `predict`, and ONNX Runtime (onnx_inference.py), which gets our model as a file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportModel, predict, RandomStream, setRandomSeed, tf } from "dnn-lab";
import { PythonPeer } from "./python-peer";
import type { Peers } from "./training-peers";

export interface InferenceCase {
  readonly name: string;
  readonly rows: number;
  /** Samples a batch of ours; ONNX Runtime and TensorFlow.js take all at once. */
  readonly batchSize: number;
  /** Calls of a round. */
  readonly calls: number;
}

export const inferenceCases: readonly InferenceCase[] = [
  { name: "MLP, 1 sample", rows: 1, batchSize: 1, calls: 300 },
  { name: "MLP, 10,000 samples", rows: 10_000, batchSize: 1000, calls: 10 },
];

/** Calls until ours has recorded its forward pass; TensorFlow.js and ONNX Runtime have nothing to record. */
const WARM_UP = 45;

function mlp(): tf.LayersModel {
  setRandomSeed(1);
  const dense = (units: number, activation: "relu" | "softmax") => tf.layers.dense({ units, activation });
  const flatten = tf.layers.flatten({ inputShape: [28, 28] });
  return tf.sequential({ layers: [flatten, dense(50, "relu"), dense(50, "relu"), dense(10, "softmax")] });
}

/** All for a case; each has run before. */
export async function inferencePeers({ rows, batchSize, calls }: InferenceCase): Promise<Peers> {
  const [model, random] = [mlp(), new RandomStream(1)];
  const images = tf.tensor3d(
    Float32Array.from({ length: rows * 784 }, () => random.uniform()),
    [rows, 28, 28],
  );
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-inference-"));
  await exportModel(model, join(folder, "model.onnx"));
  const onnx = new PythonPeer("onnx_inference.py", [join(folder, "model.onnx"), String(rows), String(calls)]);
  const ours = () => predict(model, images, { batchSize });
  const theirs = () => Promise.resolve(model.predict(images, { batchSize: rows }) as tf.Tensor);
  for (let i = 0; i < WARM_UP; i++) (await ours()).dispose();
  (await theirs()).dispose();
  const peers = [
    { name: "dnn-lab predict", round: () => perCall(calls, ours) },
    { name: "ONNX Runtime", round: async () => (await onnx.ask<{ ms: number }>("")).ms },
    { name: "tfjs-node model.predict", round: () => perCall(calls, theirs) },
  ];
  const stop = () => {
    onnx.stop();
    rmSync(folder, { recursive: true, force: true });
    tf.dispose(images);
    model.dispose();
  };
  return { peers, stop };
}

async function perCall(calls: number, call: () => Promise<tf.Tensor>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < calls; i++) {
    const outputs = await call();
    outputs.dataSync();
    outputs.dispose();
  }
  return (performance.now() - started) / calls;
}
