/** Who is measured in scripts/bench/growth.ts: this library, Keras and JAX. */
import { datasetFromArrays, fit, setRandomSeed, sgd, tf } from "dnn-lab";
import { CLASSES, type GrowthCase } from "./growth-cases";
import { benchPython } from "./peer-environment";
import { PythonPeer } from "./python-peer";
import { timed } from "./training-peers";

export interface GrowthPeer {
  readonly name: string;
  /** @returns milliseconds a step, and seconds that the first call of this case took longer */
  train(one: GrowthCase): Promise<{ first: number; step: number }>;
  stop(): void;
}

/** Ours is the first. */
export function growthPeers(): GrowthPeer[] {
  return [new Ours(), new Python("Keras", "keras"), new Python("JAX", "jax", benchPython("jax"))];
}

/** A program that keeps its network as long as it is asked for the same. */
class Python implements GrowthPeer {
  private readonly peer: PythonPeer;

  constructor(
    readonly name: string,
    which: "keras" | "jax",
    python?: string,
  ) {
    this.peer = new PythonPeer("growth_peers.py", [which], python);
  }

  train(one: GrowthCase): Promise<{ first: number; step: number }> {
    return this.peer.ask(JSON.stringify(one));
  }

  stop(): void {
    this.peer.stop();
  }
}

/** `fit` on bytes, shuffled anew in each call. */
class Ours implements GrowthPeer {
  readonly name = "dnn-lab";
  private last: GrowthCase | undefined;
  private model: tf.LayersModel | undefined;
  private run: () => Promise<unknown> = () => Promise.resolve();

  async train(one: GrowthCase): Promise<{ first: number; step: number }> {
    const isNew = one !== this.last;
    const first = isNew ? await this.start(one) : 0;
    const { seconds } = await timed(() => this.run());
    return { first: Math.max(0, first - seconds), step: (seconds * 1000) / one.steps };
  }

  private async start(one: GrowthCase): Promise<number> {
    this.stop();
    this.last = one;
    const model = network(one);
    this.model = model;
    const data = bytes(one).batch(one.batch, { dropRemainder: true }).take(one.steps).prefetch(1);
    // Large networks are given few steps, which `fit` by itself would run op by op.
    const compile = one.axis === "rows" || one.steps >= 40 ? "auto" : "lowered";
    this.run = () => fit(model, data, { epochs: 1, verbose: 0, compile });
    return (await timed(() => this.run())).seconds;
  }

  stop(): void {
    this.model?.dispose();
    this.model = undefined;
    tf.disposeVariables();
  }
}

function network({ inputs, hidden }: GrowthCase): tf.LayersModel {
  setRandomSeed(1);
  const layers = [...hidden, CLASSES].map((units, i) => {
    const activation = i < hidden.length ? "relu" : "softmax";
    return tf.layers.dense({ units, activation, inputShape: i === 0 ? [inputs] : undefined });
  });
  const model = tf.sequential({ layers });
  const optimizer = sgd({ learningRate: 0.01 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

function bytes({ rows, inputs }: GrowthCase) {
  const features = new Uint8Array(rows * inputs);
  for (let i = 0; i < features.length; i++) features[i] = (i * 7919) % 251;
  const labels = Uint8Array.from({ length: rows }, (_, i) => (i * 31) % CLASSES);
  return datasetFromArrays({ features, labels, shape: [inputs] })
    .rescale(1 / 255)
    .shuffle({ bufferSize: rows, seed: 42 });
}
