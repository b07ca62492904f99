/** The learning rate range test on a problem whose largest stable rate is known, and what it leaves behind. */
import { expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { maxNorm } from "../../../../src/library/models/layers/constraints";
import { adam } from "../../../../src/library/techniques/optimizers/adam";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { lrRangeTest } from "../../../../src/library/training/diagnostics/lr-range-test";

const rows = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const data = datasetFromArrays({ features: rows, labels: rows.map(([a, b]) => [2 * a - b]) }).batch(16);

function linear(optimizer: tf.Optimizer = sgd()): tf.Sequential {
  setRandomSeed(2);
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

it("finds where gradient descent on a quadratic turns unstable", async () => {
  // Loss (w − 2)² of one weight: w − 2 is multiplied by 1 − 2η, so it grows for rates above 1.
  const one = datasetFromArrays({ features: [[1]], labels: [[2]] }).batch(1);
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, useBias: false, inputShape: [1] })] });
  model.compile({ optimizer: sgd(), loss: "meanSquaredError" });
  const [w0] = model.getWeights()[0].dataSync();
  const test = await lrRangeTest(model, one, { minLearningRate: 1e-3, maxLearningRate: 100, steps: 60, smoothing: 0 });
  let distance = w0 - 2;
  test.losses.forEach((loss, step) => {
    expect(Math.abs(loss - distance ** 2)).toBeLessThan(1e-4 * Math.max(1e-2, distance ** 2));
    distance *= 1 - 2 * test.learningRates[step];
  });
  expect(test.diverged).toBe(true);
  expect(test.learningRates[0]).toBeCloseTo(1e-3, 12);
  expect(test.learningRates[test.losses.length - 1]).toBeGreaterThan(1);
  expect(test.learningRates.length).toBe(test.losses.length);
  expect(test.suggestion).toBeCloseTo(test.minimum / 10, 12);
  expect(test.minimum).toBeLessThan(1.3);
  expect(test.steepest).toBeLessThanOrEqual(test.minimum);
});

it("smooths with the correction of the start, and ends at the last rate when nothing explodes", async () => {
  const { losses, smoothedLosses, learningRates, diverged } = await lrRangeTest(linear(), data, {
    maxLearningRate: 0.1,
    steps: 50,
    smoothing: 0.5,
  });
  expect(losses).toHaveLength(50);
  expect(diverged).toBe(false);
  expect(learningRates[49]).toBeCloseTo(0.1, 9);
  // m3 = (β² (1−β) x1 + β (1−β) x2 + (1−β) x3) / (1 − β³) with β = ½.
  expect(smoothedLosses[2]).toBeCloseTo((losses[0] / 8 + losses[1] / 4 + losses[2] / 2) / (7 / 8), 6);
});

it("leaves weights, moving averages, optimizer and memory as they were", async () => {
  setRandomSeed(3);
  const optimizer = adam({ learningRate: 0.01 });
  const model = tf.sequential({
    layers: [
      // Its initial weights are longer: putting them back must not shorten them.
      tf.layers.dense({ units: 4, inputShape: [2], kernelConstraint: maxNorm({ maxValue: 0.01 }) }),
      batchNormalization(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer, loss: "meanSquaredError" });
  const before = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  await lrRangeTest(model, data, { steps: 60 });
  const tensors = tf.memory().numTensors;
  const first = await lrRangeTest(model, data, { steps: 60 });
  expect(tf.memory().numTensors).toBe(tensors);
  expect(model.optimizer).toBe(optimizer);
  expect([optimizer.iterations, optimizer.learningRate, optimizer.slotVariables().length]).toEqual([0, 0.01, 0]);
  expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before);
  expect(await lrRangeTest(model, data, { steps: 60 })).toEqual(first);
});

it("refuses what cannot be tested", async () => {
  await expect(lrRangeTest(linear(), data, { minLearningRate: 1, maxLearningRate: 1 })).rejects.toThrow(
    "maxLearningRate must be a finite number greater than 1",
  );
  await expect(lrRangeTest(linear(), data, { step: 3 } as never)).rejects.toThrow("unknown option 'step'");
  await expect(lrRangeTest(linear(tf.train.sgd(0.1)), data)).rejects.toThrow("such as sgd()");
});
