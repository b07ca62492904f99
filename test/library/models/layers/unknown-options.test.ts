/** Options of layers that TensorFlow.js would pass over in silence. */
import { expect, it } from "vitest";
import { tf } from "../../../../src/library/index";

const layers = tf.layers as unknown as Record<string, (options?: object) => tf.layers.Layer>;

it.each([
  ["dense", { units: 2, activaton: "relu" }, "Did you mean 'activation'"],
  ["conv2d", { filters: 4, kernelSize: 3, groups: 2 }, "'groups'"],
  ["maxPooling2d", { poolsize: 3 }, "Did you mean 'poolSize'"],
  ["flatten", { start: 1 }, "'start'"],
  ["lstm", { units: 2, return_sequences: true }, "Did you mean 'returnSequences'"],
  ["gru", { units: 2, returnSequence: true }, "Did you mean 'returnSequences'"],
  ["gaussianNoise", { stddev: 0.1, sead: 3 }, "'sead'"],
] as const)("%s refuses %o", (name, options, words) => {
  expect(() => layers[name](options)).toThrow(words);
});

it.each([
  ["dense", { units: 2, activation: "relu", name: "d", inputShape: [3], dtype: "float32", batchSize: 4 }],
  ["dense", { units: 2, useBias: undefined, unknown: undefined }],
  ["embedding", { inputDim: 5, outputDim: 2, inputLength: 3, maskZero: true, inputShape: [3] }],
  ["conv2d", { filters: 4, kernelSize: 3, dataFormat: "channelsLast", dilationRate: 2, kernelConstraint: "maxNorm" }],
  ["separableConv2d", { filters: 4, kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: "zeros" }],
  ["lstm", { units: 2, recurrentDropout: 0.1, implementation: 1, stateful: true, goBackwards: true }],
  ["dropout", { rate: 0.5, noiseShape: [1, 2], seed: 3 }],
  ["gaussianNoise", { stddev: 0.1, seed: 3 }],
  ["gru", { units: 2, resetAfter: false, returnSequences: true, dropout: 0.1, inputShape: [3, 2] }],
  ["activation", { activation: "relu" }],
  ["globalAveragePooling2d", {}],
  ["leakyReLU", { alpha: 0.2 }],
  ["permute", { dims: [2, 1] }],
] as const)("%s takes %o", (name, options) => {
  expect(layers[name](options).getConfig()).toBeDefined();
});

it("takes wrappers, and layers without options", () => {
  const inner = layers.dense({ units: 2 });
  expect(layers.timeDistributed({ layer: inner }).getConfig()).toBeDefined();
  expect(layers.bidirectional({ layer: layers.gru({ units: 2 }), mergeMode: "sum" }).getConfig()).toBeDefined();
  expect(layers.add().getConfig()).toBeDefined();
  expect(layers.concatenate({ axis: 1 }).getConfig()).toBeDefined();
});
