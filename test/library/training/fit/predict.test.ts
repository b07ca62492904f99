import { describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { predict } from "../../../../src/library/training/fit/predict";

const SIZE = 203;
const SHAPE = [6, 6, 2];

function samples() {
  const random = new RandomStream(4);
  const features = Uint8Array.from({ length: SIZE * 72 }, () => random.integer(256));
  const data = datasetFromArrays({ features, shape: SHAPE, labels: new Uint8Array(SIZE) }).rescale(1 / 255);
  return {
    data,
    tensor: tf.tensor(
      Float32Array.from(features, (value) => value / 255),
      [SIZE, ...SHAPE],
    ),
  };
}

function network(): tf.Sequential {
  setRandomSeed(3);
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "tanh", inputShape: SHAPE }),
      batchNormalization(),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
}

function expectClose(found: tf.Tensor, expected: tf.Tensor) {
  expect(found.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  found.dataSync().forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(1e-5));
}

describe("predict", () => {
  it("gives the outputs of the whole at once, for a data set and for a tensor, compiled or not", async () => {
    const [{ data, tensor }, model] = [samples(), network()];
    const expected = model.predict(tensor) as tf.Tensor;
    const tensors = tf.memory().numTensors;
    for (const compile of isNative() ? (["auto", false, "graph", "lowered"] as const) : (["auto", false] as const)) {
      for (const outputs of [
        await predict(model, data.batch(4), { compile }),
        await predict(model, data, { batchSize: 5, compile }),
        await predict(model, tensor, { batchSize: 4, compile }),
        await predict(model, tensor, { compile }),
      ]) {
        expectClose(outputs, expected);
        outputs.dispose();
      }
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("follows the order of the data set", async () => {
    const [{ data, tensor }, model] = [samples(), network()];
    const shuffled = data.shuffle({ bufferSize: 50, seed: 1 });
    const expected = tf.gather(model.predict(tensor) as tf.Tensor, tf.tensor1d(shuffled.order(0), "int32"));
    expectClose(await predict(model, shuffled, { batchSize: 3 }), expected);
    expectClose(
      await predict(model, data.batch(3).skip(2).take(50)),
      tf.slice(model.predict(tensor) as tf.Tensor, 6, 150),
    );
  });

  it("predicts fewer samples than a batch", async () => {
    const [{ tensor }, model] = [samples(), network()];
    const few = tf.slice(tensor, 0, 2);
    expectClose(await predict(model, few, { batchSize: 100 }), model.predict(few) as tf.Tensor);
  });

  it("runs a model that cannot be replayed op by op, and says why where replaying is forced", async () => {
    class Reading extends tf.layers.Layer {
      static className = "Reading";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const value = Array.isArray(inputs) ? inputs[0] : inputs;
        return tf.tidy(() => (value.dataSync()[0] > 1e9 ? value : tf.mul(value, 2)));
      }
    }
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: SHAPE }), new Reading({})] });
    const { tensor } = samples();
    expectClose(await predict(model, tensor, { batchSize: 2 }), tf.mul(tf.reshape(tensor, [SIZE, 72]), 2));
    if (isNative()) await expect(predict(model, tensor, { compile: "graph" })).rejects.toThrow(/reads.*predict\.test/);
  });

  it("refuses what it cannot mean", async () => {
    const model = network();
    await expect(predict(model, samples().tensor, { batch: 3 } as never)).rejects.toThrow(/unknown option 'batch'/);
    await expect(predict(model, tf.zeros([0, ...SHAPE]))).rejects.toThrow(/no samples/);
    await expect(predict(model, samples().data, { compile: "fast" as never })).rejects.toThrow(/compile must be/);
    await expect(predict(model, new Set([1]) as never)).rejects.toThrow(
      /expected a Dataset or \{ x, y \}, received a Set/,
    );
  });
});
