import { beforeAll, describe, expect, it } from "vitest";
import {
  batchNormalization,
  datasetFromArrays,
  fit,
  freeze,
  recalibrateBatchNormalization,
  sgd,
  tf,
  useEngine,
} from "../../../../src/library/index";

beforeAll(async () => void (await useEngine()));

/** 12 samples of 2 features, in batches of 4: means 1.5, 5.5 and 9.5 of the first, variances 1.25 each. */
const features = Array.from({ length: 12 }, (_, i) => [i, i % 4 === 0 ? 4 : 0]);
const data = datasetFromArrays({ features, labels: features.map((_, i) => i % 2) }).batch(4);

function network(kind: "keras" | "slides") {
  const own = kind === "keras" ? { momentum: 0.999 } : { alpha: 0.5 };
  const layer = batchNormalization({ kind, ...own, inputShape: [2] });
  const model = tf.sequential({ layers: [layer, tf.layers.dense({ units: 2, activation: "softmax" })] });
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
  return { model, layer };
}

const averages = ({ movingMean, movingVariance }: ReturnType<typeof network>["layer"]) =>
  [movingMean, movingVariance].map((variable) => Array.from(variable.read().dataSync()));

describe("recalibrateBatchNormalization", () => {
  it.each(["keras", "slides"] as const)(
    "averages the batches' statistics (kind %s), whatever was there",
    async (kind) => {
      const { model, layer } = network(kind);
      await fit(model, data, { verbose: 0 });
      const before = model.trainableWeights.map((weight) => Array.from(weight.read().dataSync()));
      expect(await recalibrateBatchNormalization(model, data)).toBe(1);
      const [mean, variance] = averages(layer);
      expect([mean[0], mean[1]]).toEqual([expect.closeTo(5.5, 5), expect.closeTo(1, 5)]);
      expect([variance[0], variance[1]]).toEqual([expect.closeTo(1.25, 5), expect.closeTo(3, 5)]);
      expect(model.trainableWeights.map((weight) => Array.from(weight.read().dataSync()))).toEqual(before);
      expect({ momentum: layer.momentum, alpha: layer.alpha }).toMatchObject(
        kind === "keras" ? { momentum: 0.999 } : { alpha: 0.5 },
      );
    },
  );

  it("takes as many batches as it is told", async () => {
    const { model, layer } = network("keras");
    await recalibrateBatchNormalization(model, data, { steps: 2 });
    expect(averages(layer)[0][0]).toBeCloseTo(3.5, 5);
  });

  it("leaves frozen layers and leaks nothing", async () => {
    const { model, layer } = network("keras");
    freeze(model);
    expect(await recalibrateBatchNormalization(model, data)).toBe(0);
    expect(averages(layer)[0]).toEqual([0, 0]);
    const other = network("keras");
    await recalibrateBatchNormalization(other.model, data);
    const { numTensors } = tf.memory();
    await recalibrateBatchNormalization(other.model, data);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("refuses data without batches and unknown options", async () => {
    const { model } = network("keras");
    const plain = datasetFromArrays({ features, labels: features.map(() => 0) });
    await expect(recalibrateBatchNormalization(model, plain)).rejects.toThrow(/batched Dataset/);
    await expect(recalibrateBatchNormalization(model, data, { step: 1 } as never)).rejects.toThrow(/step/);
    await expect(recalibrateBatchNormalization(model, data, { steps: 0 })).rejects.toThrow(/steps/);
  });
});
