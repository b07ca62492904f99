/** The cases of objective.json: small networks as Keras trained and evaluated them (make_objective.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import * as losses from "../../../../src/library/techniques/losses";
import * as metrics from "../../../../src/library/techniques/metrics/all";
import type { Batch } from "../../../../src/library/data/batch";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";

export interface Named {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface KerasCase {
  readonly name: string;
  readonly network: "dense" | "sequence" | "masked";
  readonly units: number;
  readonly activation: string | null;
  readonly loss: string | Named;
  readonly metrics?: readonly (string | Named)[];
  readonly weightedMetrics?: readonly (string | Named)[];
  readonly lossWeights?: Record<string, number>;
  readonly classWeight?: Record<number, number>;
  readonly outputs?: number;
  readonly rate?: number;
  readonly l2?: number;
  readonly frozen?: boolean;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly y2?: readonly number[];
  readonly labelShape: readonly number[];
  readonly sampleWeights?: readonly number[];
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  readonly evaluate: Readonly<Record<string, number>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

const file = JSON.parse(readFileSync(join(__dirname, "../../../expected/training/objective.json"), "utf8")) as {
  readonly epochs: number;
  readonly batchSize: number;
  readonly cases: readonly KerasCase[];
};
export const { epochs, batchSize, cases } = file;

const SAMPLES = 22;
const [INPUTS, STEPS, WORDS] = [4, 5, 6];

type Options = Record<string, unknown>;

function made(table: object, spec: string | Named): never {
  if (typeof spec === "string") return spec as never;
  // The shapes decide here what Keras must be told.
  const { sparseYTrue, sparseYPred, ...options } = spec.options ?? {};
  void [sparseYTrue, sparseYPred];
  return (table as Record<string, (options: Options) => never>)[spec.name](options);
}

/** The case's network, compiled, with Keras' weights. */
export function network(one: KerasCase): tf.LayersModel {
  const { layers } = tf;
  const kernelRegularizer = one.l2 === undefined ? undefined : tf.regularizers.l2({ l2: one.l2 });
  const activation = activationOf(one);
  const last = layers.dense({ name: "first", units: one.units, kernelRegularizer, ...activation });
  const isDense = one.network === "dense";
  const inputs = tf.input({ shape: isDense ? [INPUTS] : [STEPS] });
  const first = isDense
    ? layers.dense({ units: 5, activation: "tanh" })
    : layers.embedding({ inputDim: WORDS, outputDim: 3, maskZero: one.network === "masked" });
  const inside = first.apply(inputs);
  const outputs = [last.apply(inside)] as tf.SymbolicTensor[];
  if (one.outputs === 2) outputs.push(layers.dense({ units: 1, name: "second" }).apply(inside) as tf.SymbolicTensor);
  const model = tf.model({ inputs, outputs });
  const weights = one.before.map((values, i) => tf.tensor([...values], model.weights[i].shape as number[]));
  model.setWeights(weights);
  tf.dispose(weights);
  if (one.frozen) last.trainable = false;
  compile(model, one);
  return model;
}

function activationOf({ activation }: KerasCase): { activation?: never } {
  return activation === null ? {} : { activation: activation as never };
}

function compile(model: tf.LayersModel, one: KerasCase): void {
  const loss = made(losses, one.loss);
  const own = (one.metrics ?? []).map((metric) => made(metrics, metric));
  const isTwo = one.outputs === 2;
  model.compile({
    optimizer: sgd({ learningRate: one.rate ?? 0.05 }),
    loss: isTwo ? { first: loss, second: "mse" } : loss,
    metrics: isTwo ? { first: own, second: ["mae"] } : own,
    ...(one.weightedMetrics && { weightedMetrics: one.weightedMetrics.map((metric) => made(metrics, metric)) }),
    ...(one.lossWeights && { lossWeights: one.lossWeights }),
  });
}

/** The case's data, in batches. */
export function dataOf(one: KerasCase): Dataset {
  const data = datasetFromArrays({
    features: Float32Array.from(one.x),
    shape: one.network === "dense" ? [INPUTS] : [STEPS],
    labels: Float32Array.from(one.y),
    labelShape: one.labelShape,
  });
  return (one.sampleWeights ? data.withSampleWeights(one.sampleWeights) : data).batch(batchSize);
}

/** Batch after batch as tensors, with the labels of two outputs by name; the caller disposes. */
export function batchesOf(one: KerasCase): Required<Pick<Batch, "features" | "labels" | "labelsByName">>[] {
  const all = { features: one.x, first: one.y, second: one.y2 ?? [] };
  const starts = Array.from({ length: Math.ceil(SAMPLES / batchSize) }, (_, i) => i * batchSize);
  return starts.map((start) => {
    const count = Math.min(batchSize, SAMPLES - start);
    const part = (values: readonly number[], shape: readonly number[]) => {
      const width = values.length / SAMPLES;
      return tf.tensor(values.slice(start * width, (start + count) * width), [count, ...shape]);
    };
    const labelsByName = { first: part(all.first, one.labelShape), second: part(all.second, [1]) };
    return { features: part(all.features, [INPUTS]), labels: labelsByName.first, labelsByName };
  });
}
