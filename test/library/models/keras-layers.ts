/** The networks of test/expected/make_layers.py, built here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setRandomSeed } from "dnn-lab-core/random";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";
import { layerNormalization } from "../../../src/library/models/layers/layer-normalization";
import { multiHeadAttention } from "../../../src/library/models/layers/multi-head-attention";
import { leafLayers } from "../../../src/library/models/transfer/graph";
import { gru, lstm, simpleRNN } from "../../../src/library/models/recurrent";
import { sgd } from "../../../src/library/techniques";
import { fit, type FitOptions } from "../../../src/library/training/fit/fit";

export interface KerasCase {
  readonly shape: number[];
  readonly x: number[];
  readonly y: number[];
  readonly weights: number[][];
  readonly shapes: number[][];
  readonly predictions: number[];
  readonly loss: number[];
  readonly trained: number[][];
}

export const layersFolder = join(__dirname, "..", "..", "expected", "layers");

export const expected = JSON.parse(readFileSync(join(layersFolder, "layers.json"), "utf8")) as {
  cases: Record<string, KerasCase>;
  activations: Record<string, { x: number[]; y: number[] }>;
};

type Layer = tf.layers.Layer;
type Shape = { inputShape: number[] };
const L = tf.layers;

const sequential = (...layers: Layer[]): tf.LayersModel =>
  tf.sequential({ layers: [...layers, L.dense({ units: 1 })] });

function attend(useCausalMask: boolean, mask: boolean): tf.LayersModel {
  const x = tf.input({ shape: mask ? [5] : [5, 3] });
  const embedding = L.embedding({ inputDim: 7, outputDim: 3, maskZero: true });
  const h = (mask ? embedding.apply(x) : x) as tf.SymbolicTensor;
  const y = multiHeadAttention({ numHeads: 2, keyDim: 4, useCausalMask }).apply(h) as tf.SymbolicTensor;
  const output = L.dense({ units: 1 }).apply(L.flatten().apply(y)) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: output });
}

function frozenNested(): tf.LayersModel {
  const base = tf.sequential({
    layers: [L.dense({ units: 4, activation: "tanh", inputShape: [3] }), L.batchNormalization({ scale: false })],
  });
  base.trainable = false;
  return sequential(L.globalAveragePooling1d({ inputShape: [5, 3] } as never), base);
}

const tokens = (trainable: boolean): Layer =>
  L.embedding({ inputDim: 7, outputDim: 3, maskZero: true, inputLength: 5, trainable });

const of = (shape: number[]): Shape => ({ inputShape: shape });
const steps = of([5, 3]);
const stateful = { stateful: true, batchInputShape: [4, 5, 3] };

/** By the names that the script gives them. */
export const networks: Readonly<Record<string, () => tf.LayersModel>> = {
  simpleRNN: () => sequential(simpleRNN({ units: 4, ...steps })),
  lstm: () => sequential(lstm({ units: 4, ...steps })),
  "lstm, sequences": () => sequential(L.lstm({ units: 4, returnSequences: true, ...steps }), L.flatten()),
  "lstm, backwards": () => sequential(lstm({ units: 4, goBackwards: true, ...steps })),
  "lstm, hard sigmoid": () => sequential(lstm({ units: 4, recurrentActivation: "hardSigmoid", ...steps })),
  gru: () => sequential(gru({ units: 4, ...steps })),
  "gru, reset before": () => sequential(gru({ units: 4, resetAfter: false, ...steps })),
  "gru, without bias": () => sequential(L.gru({ units: 4, useBias: false, ...steps })),
  "bidirectional gru": () => sequential(L.bidirectional({ layer: gru({ units: 3 }) as never, mergeMode: "concat", ...steps } as never)), // prettier-ignore
  "bidirectional lstm, sum": () => sequential(L.bidirectional({ layer: lstm({ units: 3 }) as never, mergeMode: "sum", ...steps } as never)), // prettier-ignore
  "rnn of cells": () => sequential(L.rnn({ cell: [L.gruCell({ units: 3 }), L.lstmCell({ units: 4 })], ...steps } as never)), // prettier-ignore
  "time distributed": () => sequential(L.timeDistributed({ layer: L.dense({ units: 2, activation: "tanh" }), ...steps } as never), L.flatten()), // prettier-ignore
  "time distributed lstm": () => sequential(L.timeDistributed({ layer: lstm({ units: 2 }), ...of([2, 5, 3]) } as never), L.flatten()), // prettier-ignore
  "stateful lstm": () => sequential(lstm({ units: 4, ...stateful })),
  "stateful gru": () => sequential(gru({ units: 4, ...stateful })),
  "masked lstm": () => sequential(tokens(true), lstm({ units: 4 })),
  "frozen masked embedding": () => sequential(tokens(false), lstm({ units: 4 })),
  causal: () => sequential(L.conv1d({ filters: 4, kernelSize: 2, padding: "causal", activation: "tanh", ...steps }), L.flatten()), // prettier-ignore
  "causal, dilated": () => sequential(L.conv1d({ filters: 4, kernelSize: 2, padding: "causal", dilationRate: 2, ...steps }), L.flatten()), // prettier-ignore
  "causal, strides": () => sequential(L.conv1d({ filters: 4, kernelSize: 3, padding: "causal", strides: 2, ...steps }), L.flatten()), // prettier-ignore
  dilated: () => sequential(L.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: "relu", ...of([5, 5, 2]) }), L.flatten()), // prettier-ignore
  "dilated, same": () => sequential(L.conv2d({ filters: 3, kernelSize: 3, dilationRate: [2, 1], padding: "same", ...of([5, 4, 2]) }), L.flatten()), // prettier-ignore
  "dilated depthwise": () => sequential(L.depthwiseConv2d({ kernelSize: 2, dilationRate: 2, ...of([5, 5, 2]) }), L.flatten()), // prettier-ignore
  "layer normalization": () => sequential(layerNormalization(steps), L.flatten()),
  "layer normalization, two axes": () => sequential(layerNormalization({ axis: [1, 2], epsilon: 1e-5, ...steps }), L.flatten()), // prettier-ignore
  "batch normalization without scale": () => sequential(L.batchNormalization({ scale: false, ...steps }), L.flatten()),
  "frozen batch normalization": () => sequential(L.batchNormalization({ trainable: false, ...steps }), L.flatten()),
  "frozen nested batch normalization": frozenNested,
  "softmax over steps": () => sequential(L.softmax({ axis: 1, ...steps }), L.flatten()),
  attention: () => attend(false, false),
  "causal attention": () => attend(true, false),
  "masked attention": () => attend(false, true),
};

/** The network with Keras' weights. */
export function build(name: string): tf.LayersModel {
  setRandomSeed(1);
  const model = networks[name]();
  if (!model.built) (model as tf.Sequential).build();
  const { weights, shapes } = expected.cases[name];
  weightsInOrder(model).forEach((weight, i) => tf.tidy(() => void weight.write(tf.tensor(weights[i], shapes[i]))));
  return model;
}

/** Layer by layer, as Keras lists them; TensorFlow.js lists the trainable ones first. */
const weightsInOrder = (model: tf.LayersModel): tf.LayerVariable[] =>
  leafLayers(model).flatMap(({ weights }) => weights);

export function predictions(model: tf.LayersModel, { shape, x }: KerasCase): number[] {
  return tf.tidy(() => {
    const output = model.predict(tf.tensor(x, [8, ...shape]), { batchSize: 4 }) as tf.Tensor;
    return Array.from(output.dataSync());
  });
}

/** Trains as the script does; the losses, and all weights afterwards. */
export async function train(model: tf.LayersModel, { shape, x, y }: KerasCase, options: Partial<FitOptions>) {
  model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: "meanSquaredError" });
  model.resetStates();
  const features = Float32Array.from(x);
  const data = datasetFromArrays({ features, shape, labels: Float32Array.from(y), labelShape: [1] }).batch(4);
  const { history } = await fit(model, data, { epochs: 12, verbose: 0, ...options });
  return {
    loss: history.loss,
    weights: weightsInOrder(model).flatMap((weight) => Array.from(weight.read().dataSync())),
  };
}
