import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { fit } from "../../../../src/library/training/fit/fit";
import { predict } from "../../../../src/library/training/fit/predict";
import { predictSmall } from "../../../../src/library/training/steps/small-network";

const ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "softmax"] as const;
const dense = (units: number, activation: (typeof ACTIVATIONS)[number] = "relu", useBias = true) =>
  tf.layers.dense({ units, activation, useBias, biasInitializer: "glorotNormal" as never });

function network(...layers: tf.layers.Layer[]): tf.Sequential {
  setRandomSeed(5);
  return tf.sequential({ layers: [tf.layers.flatten({ inputShape: [3, 5] }), ...layers] });
}

const samples = (rows = 2) => tf.randomNormal([rows, 3, 5], 0, 2, "float32", 7);

/** Largest difference between the two ways. */
function difference(model: tf.LayersModel, x: tf.Tensor): number {
  const found = predictSmall(model, x) as tf.Tensor;
  const expected = model.predict(x) as tf.Tensor;
  expect(found.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  return Math.max(...found.dataSync().map((value, i) => Math.abs(value - values[i])));
}

describe("a small network is computed here", () => {
  it.each(ACTIVATIONS)("with %s as TensorFlow computes it", (activation) => {
    const model = network(dense(7, activation), tf.layers.dropout({ rate: 0.5 }), dense(4, activation, false));
    expect(difference(model, samples())).toBeLessThan(2e-6);
    const layer = tf.layers.activation({ activation });
    expect(difference(network(dense(6, "linear"), layer), samples(3))).toBeLessThan(2e-6);
  });

  it.each(["keras", "slides"] as const)("with batch normalization of the %s kind, by its moving statistics", (kind) => {
    const options = { movingMeanInitializer: "randomNormal", gammaInitializer: "randomNormal" } as const;
    const model = network(dense(7), batchNormalization({ kind, ...options }), dense(2));
    expect(difference(model, samples())).toBeLessThan(2e-6);
    expect(difference(network(dense(7), batchNormalization({ scale: false, center: false })), samples())).toBeLessThan(
      2e-6,
    );
  });

  it("with the weights of this moment", async () => {
    const model = network(dense(7), dense(3, "softmax"));
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "sparseCategoricalCrossentropy" });
    const x = samples(8);
    const before = (await predict(model, x.slice(0, 1))).dataSync();
    await fit(
      model,
      datasetFromArrays({ features: x.arraySync() as never, labels: [0, 1, 2, 0, 1, 2, 0, 1] }).batch(4),
      {
        ...{ verbose: 0, epochs: 3 },
      },
    );
    expect(difference(model, samples(8).slice(0, 1))).toBeLessThan(2e-6);
    expect((await predict(model, x.slice(0, 1))).dataSync()).not.toEqual(before);
    model.setWeights(model.getWeights().map((weight) => tf.onesLike(weight)));
    expect(difference(model, samples())).toBeLessThan(2e-6);
  });

  it("with the layers of this moment", () => {
    const model = network(dense(7));
    expect(difference(model, samples())).toBeLessThan(2e-6);
    model.add(dense(2, "tanh"));
    expect(difference(model, samples())).toBeLessThan(2e-6);
    const [, first] = model.layers;
    (first as unknown as { activation: unknown }).activation = (
      dense(1, "sigmoid") as never as { activation: unknown }
    ).activation;
    expect(difference(model, samples())).toBeLessThan(2e-6);
  });

  it("until somebody replaces what a layer does", () => {
    const [model, x] = [network(dense(4)), samples()];
    expect(predictSmall(model, x)).toBeInstanceOf(tf.Tensor);
    model.layers[1].call = (inputs) => tf.zerosLike(inputs as tf.Tensor);
    expect(predictSmall(model, x)).toBeUndefined();
  });

  it("with infinite and missing numbers, and numbers beyond float32", () => {
    const x = tf.tensor3d(
      [Infinity, NaN, 3e38].flatMap((value) => [value, ...Array.from({ length: 14 }, () => 1)]),
      [3, 3, 5],
    );
    const model = network(dense(3), dense(2, "linear"));
    model.setWeights(model.getWeights().map((weight) => tf.fill(weight.shape, 2)));
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    expect([...(predictSmall(model, x) as tf.Tensor).dataSync()]).toEqual([...expected]);
  });

  it("leaves the samples as they are, also where no layer computes", () => {
    const x = samples();
    const model = network(tf.layers.dropout({ rate: 0.5 }));
    const found = predictSmall(model, x) as tf.Tensor;
    found.dataSync().fill(0);
    expect(x.dataSync().every((value) => value === 0)).toBe(false);
  });

  it("keeps no tensors", async () => {
    const [model, x] = [network(dense(4)), samples()];
    const count = tf.memory().numTensors;
    (await predict(model, x)).dispose();
    expect(tf.memory().numTensors).toBe(count);
  });
});

describe("TensorFlow computes", () => {
  class Doubled extends (tf.layers.dense({ units: 1 }).constructor as typeof tf.layers.Layer) {
    static readonly className = "Dense";
    override call(inputs: tf.Tensor) {
      return tf.mul(super.call(inputs, {}) as tf.Tensor, 2);
    }
  }
  const odd = dense(3);
  odd.call = (inputs) => tf.zerosLike(inputs as tf.Tensor);

  it.each([
    ["a layer that is not known", () => network(dense(4), tf.layers.leakyReLU())],
    ["a subclass", () => network(new Doubled({ units: 4 } as never))],
    ["a layer with a call of its own", () => network(odd)],
    [
      "dense layers on more than one axis",
      () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3, 5] })] }),
    ],
    ["another activation", () => network(tf.layers.dense({ units: 2, activation: "selu" }))],
  ])("%s", (_, build) => {
    const model = build();
    expect(predictSmall(model, samples())).toBeUndefined();
  });

  it("many samples, samples of another shape or type", () => {
    const model = network(dense(100));
    expect(predictSmall(model, samples(8))).toBeInstanceOf(tf.Tensor);
    expect(predictSmall(model, samples(9))).toBeUndefined();
    const large = network(dense(5000));
    expect(predictSmall(large, samples(2))).toBeInstanceOf(tf.Tensor);
    expect(predictSmall(large, samples(3))).toBeUndefined();
    expect(predictSmall(model, tf.zeros([1, 5, 3]))).toBeUndefined();
    expect(predictSmall(model, tf.zeros([1, 3, 5], "int32"))).toBeUndefined();
  });
});
