/** Who is measured: this library, Keras, JAX, PyTorch, and plain TensorFlow.js, each as a function that runs one round. */
import { datasetFromArrays, fit, RandomStream, setRandomSeed, sgd, tf } from "dnn-lab";
import { benchPython } from "./peer-environment";
import { PythonPeer } from "./python-peer";
import type { TrainingCase } from "./training-cases";

export interface Peer {
  readonly name: string;
  /** Runs a round and returns milliseconds per training step, data handling and metrics included. */
  readonly round: () => Promise<number>;
}

export interface Peers {
  readonly peers: readonly Peer[];
  readonly stop: () => void;
}

/** Fewer steps for a trial of the benchmark itself. */
export type Shrink = (steps: number) => number;

const LOSS = { loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] };

interface Arrays {
  readonly features: Uint8Array;
  readonly labels: Uint8Array;
}

function randomArrays({ rows, shape }: TrainingCase): Arrays {
  const random = new RandomStream(1);
  return {
    features: Uint8Array.from({ length: rows * tf.util.sizeFromShape([...shape]) }, () => random.integer(256)),
    labels: Uint8Array.from({ length: rows }, () => random.integer(10)),
  };
}

/** All for a case; each has run once, so that nothing is compiled in a measured round. */
export async function peersFor(one: TrainingCase, shrink: Shrink): Promise<Peers> {
  const arrays = randomArrays(one);
  const steps = shrink(one.steps.keras);
  const keras = new PythonPeer("keras_training.py", [one.name, String(steps)]);
  let last = await keras.ask<{ plain: number; best: number }>("");
  const jax = one.steps.jax && (await jaxPeer(one.name, shrink(one.steps.jax)));
  const torch = one.steps.torch && (await torchPeers(one.name, shrink(one.steps.torch)));
  const peers: Peer[] = [
    await ours(one, arrays, shrink(one.steps.ours)),
    { name: "Keras fit", round: async () => (last = await keras.ask("")).plain },
    { name: "Keras best", round: () => Promise.resolve(last.best) },
    ...(jax ? [jax.peer] : []),
    ...(torch ? torch.peers : []),
    await plainTensorFlowJs(one, arrays, shrink(one.steps.tfjs)),
  ];
  const stop = () => {
    keras.stop();
    if (jax) jax.stop();
    if (torch) torch.stop();
  };
  return { peers, stop };
}

async function jaxPeer(name: string, steps: number): Promise<{ peer: Peer; stop: () => void }> {
  const jax = new PythonPeer("jax_training.py", [name, String(steps)], benchPython("jax"));
  const round = async () => (await jax.ask<{ scan: number }>("")).scan;
  await round();
  return { peer: { name: "JAX scan", round }, stop: () => jax.stop() };
}

/** PyTorch as it is, and with its model compiled; one process, which answers for both. */
async function torchPeers(name: string, steps: number): Promise<Peers> {
  const torch = new PythonPeer("torch_training.py", [name, String(steps)], benchPython("torch"));
  const ask = () => torch.ask<{ eager: number; compiled: number }>("");
  let last = await ask();
  const peers = [
    { name: "PyTorch", round: async () => (last = await ask()).eager },
    { name: "PyTorch compiled", round: () => Promise.resolve(last.compiled) },
  ];
  return { peers, stop: () => torch.stop() };
}

/** One call of `fit`, recording included, over as many epochs as `steps` take. */
async function ours({ build, shape, batch }: TrainingCase, arrays: Arrays, steps: number): Promise<Peer> {
  setRandomSeed(1);
  const model = await build();
  model.compile({ optimizer: sgd({ learningRate: 0.01 }), ...LOSS });
  const data = datasetFromArrays({ ...arrays, shape })
    .rescale(1 / 255)
    .shuffle({ bufferSize: 1000, seed: 42 })
    .batch(batch, { dropRemainder: true });
  const epochs = Math.ceil(steps / data.stepsPerEpoch);
  const train = data.take(Math.ceil(steps / epochs)).prefetch(1);
  const run = async () => {
    const { seconds } = await timed(() => fit(model, train, { epochs, verbose: 0 }));
    return (seconds * 1000) / (epochs * train.stepsPerEpoch);
  };
  await run();
  return { name: "dnn-lab fit", round: run };
}

/** `model.fit` of TensorFlow.js on tensors of floating-point numbers, with its own optimizer. */
async function plainTensorFlowJs({ build, shape, batch }: TrainingCase, arrays: Arrays, steps: number): Promise<Peer> {
  const model = await build();
  model.compile({ optimizer: tf.train.sgd(0.01), ...LOSS });
  const rows = Math.min(steps * batch, arrays.labels.length);
  const size = tf.util.sizeFromShape([...shape]);
  const features = Float32Array.from(arrays.features.subarray(0, rows * size), (value) => value / 255);
  const x = tf.tensor(features, [rows, ...shape]);
  const y = tf.tensor(Float32Array.from(arrays.labels.subarray(0, rows)), [rows]);
  const options = { batchSize: batch, epochs: 1, verbose: 0, yieldEvery: "never" } as const;
  const run = async () => {
    const { seconds } = await timed(() => model.fit(x, y, options));
    return (seconds * 1000 * batch) / rows;
  };
  await run();
  return { name: "tfjs-node model.fit", round: run };
}

export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}
