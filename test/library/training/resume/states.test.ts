import { beforeAll, expect, it } from "vitest";
import { adam, type Callback, datasetFromArrays, fit, lstm, tf, useEngine } from "../../../../src/library/index";
import { setRandomSeed } from "../../../../src/core/random";
import { temporaryFolder } from "./runs";

beforeAll(async () => void (await useEngine()));

const [BATCH, EPOCHS] = [4, 4];

function data() {
  const features = Float32Array.from({ length: 16 * 3 * 2 }, (_, i) => Math.sin(i * i));
  const labels = Float32Array.from({ length: 16 }, (_, i) => Math.cos(3 * i));
  return datasetFromArrays({ features, shape: [3, 2], labels }).batch(BATCH);
}

function network(): tf.Sequential {
  setRandomSeed(5);
  const bidirectional = tf.layers.bidirectional({
    layer: lstm({ units: 2, stateful: true }) as tf.RNN,
    batchInputShape: [BATCH, 3, 3],
    mergeMode: "concat",
  });
  const model = tf.sequential();
  model.add(lstm({ units: 3, stateful: true, returnSequences: true, batchInputShape: [BATCH, 3, 2] }));
  model.add(bidirectional);
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  return model;
}

const values = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));

it.each([false, "graph"] as const)("goes on from the states of stateful layers (compile: %s)", async (compile) => {
  const options = { epochs: EPOCHS, verbose: 0, compile } as const;
  const whole = network();
  await fit(whole, data(), options);
  const folder = temporaryFolder();
  const kill: Callback = {
    onEpochEnd(epoch) {
      if (epoch === 2) throw new Error("killed");
    },
  };
  const killed = fit(network(), data(), { ...options, resume: { folder, everySteps: 4 }, callbacks: [kill] });
  await expect(killed).rejects.toThrow("killed");
  const resumed = network();
  await fit(resumed, data(), {
    ...options,
    resume: { folder, everySteps: 4 },
    callbacks: [{ onEpochEnd: () => undefined }],
  });
  expect(values(resumed)).toEqual(values(whole));
});
