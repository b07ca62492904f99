/** Features of a frozen base are kept only where they are what the base would give, in memory and on disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setRandomSeed } from "dnn-lab-core/random";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { lstm } from "../../../../src/library/models/recurrent";
import { multiHeadAttention } from "../../../../src/library/models/layers/multi-head-attention";
import { freeze } from "../../../../src/library/models/transfer";
import { forgetFeatures } from "../../../../src/library/models/transfer/feature-store";
import { modelHash } from "../../../../src/library/models/transfer/model-hash";
import { whyNotPure } from "../../../../src/library/models/transfer/pure-layers";
import { pureBase } from "../../../../src/library/models/transfer/split-frozen";
import { adam, sgd } from "../../../../src/library/techniques";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";
import { expectClose } from "../../models/helpers";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-kept-"));
  vi.stubEnv("DNN_LAB_CACHE", folder);
  forgetFeatures();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const L = tf.layers;
const x = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const data = datasetFromArrays({ features: x, labels: x.map(([a, b]) => [a * b]) }).batch(16);
const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
const frozenDense = (options: object = {}) =>
  L.dense({ units: 2, inputShape: [2], trainable: false, kernelInitializer: "identity", ...options });

function chain(...layers: tf.layers.Layer[]): tf.LayersModel {
  const model = tf.sequential({ layers: [...layers, L.dense({ units: 1, kernelInitializer: "zeros" })] });
  model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: "meanSquaredError" });
  return model;
}

async function trained(make: () => tf.LayersModel, options: Partial<FitOptions>): Promise<number[]> {
  setRandomSeed(3);
  const model = make();
  await fit(model, data, { epochs: 3, verbose: 0, ...options });
  return weightsOf(model);
}

/** The same weights with and without the cache, twice over, since the second time features may be there already. */
async function expectSame(make: () => tf.LayersModel, options: Partial<FitOptions> = {}): Promise<void> {
  const plain = await trained(make, { ...options, cacheFeatures: false });
  for (let time = 0; time < 2; time++) expectClose(await trained(make, options), plain, 1e-6);
}

/** A cell that defines a layer, edited and run again: another class of the same name and configuration. */
function prep(factor: number, closure = factor): new (options: object) => tf.layers.Layer {
  return class Prep extends tf.layers.Layer {
    static className = "PrepForTest";
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.tidy(() => tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, closure));
    }
  };
}

describe("cacheFeatures: true gives what false gives", () => {
  it("08-cache-stale-custom-layer, 28-redefined-layer: for layers of one's own, edited between", async () => {
    for (const factor of [1, 100]) await expectSame(() => chain(frozenDense(), new (prep(factor))({})));
  });

  it("for a method that was replaced, of a class or of a layer", async () => {
    for (const factor of [1, 5]) {
      await expectSame(() => {
        const layer = frozenDense();
        layer.call = (inputs) => tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, factor);
        return chain(layer, L.dense({ units: 2, trainable: false }));
      });
    }
  });

  it("for networks that differ in a word which is also a layer's name", async () => {
    const build = (activation: string) => chain(frozenDense({ name: activation, activation }));
    expect(modelHash(build("relu"))).not.toBe(modelHash(build("tanh")));
    for (const activation of ["relu", "tanh"]) await expectSame(() => build(activation));
  });

  it("for a stateful layer, and one that drops units in training", async () => {
    const sequence = (options: object) =>
      chain(
        L.reshape({ targetShape: [2, 1], batchInputShape: [16, 2] }),
        lstm({ units: 3, trainable: false, ...options }),
        L.dense({ units: 2, trainable: false }),
      );
    await expectSame(() => sequence({ stateful: true }));
    await expectSame(() => sequence({ recurrentDropout: 0.4 }));
    await expectSame(() => sequence({}));
  });

  it("07-frozen-embedding-mask: for a mask that the layers above need", async () => {
    const tokens = Array.from({ length: 48 }, (_, i) =>
      Array.from({ length: 8 }, (_, t) => (t < 2 + (i % 4) ? 1 + ((i * 5 + t * 3) % 9) : 0)),
    );
    const text = datasetFromArrays({ features: tokens, labels: tokens.map(([first]) => [first > 4 ? 1 : 0]) }).batch(
      16,
    );
    const run = async (cacheFeatures: boolean) => {
      setRandomSeed(3);
      const model = tf.sequential({
        layers: [
          L.embedding({ inputDim: 10, outputDim: 4, maskZero: true, inputLength: 8, trainable: false }),
          L.lstm({ units: 4 }),
          L.dense({ units: 1, activation: "sigmoid" }),
        ],
      });
      model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
      const { history } = await fit(model, text, { epochs: 4, verbose: 0, validationData: text, cacheFeatures });
      return [...Object.values(history).flat(), ...weightsOf(model)];
    };
    expectClose(await run(true), await run(false), 1e-6);
  });

  it.each([false, "auto"] as const)(
    "18-freeze-during: when a callback unfreezes the base (compile: %s)",
    async (compile) => {
      const make = () => chain(L.dense({ units: 8, activation: "tanh", inputShape: [2], trainable: false }));
      const run = async (cacheFeatures: boolean, step: (model: tf.LayersModel) => Callback) => {
        setRandomSeed(1);
        const model = make();
        const callbacks = [step(model)];
        const { history } = await fit(model, data, { epochs: 5, verbose: 0, compile, cacheFeatures, callbacks });
        return [...history.loss, ...weightsOf(model)];
      };
      const atEpoch = (model: tf.LayersModel): Callback => ({
        onEpochBegin: (epoch) => void (epoch === 2 && (model.layers[0].trainable = true)),
      });
      const atBatch = (model: tf.LayersModel): Callback => {
        let batches = 0;
        return { onTrainBatchEnd: () => void (++batches === 6 && (model.layers[0].trainable = true)) };
      };
      const changed = (model: tf.LayersModel): Callback => ({
        onEpochEnd: (epoch) => {
          if (epoch === 1) model.layers[0].setWeights(model.layers[0].getWeights().map((weight) => tf.mul(weight, 2)));
        },
      });
      for (const callback of [atEpoch, atBatch, changed]) {
        expectClose(await run(true, callback), await run(false, callback), 2e-6);
      }
    },
  );
});

describe("pureBase", () => {
  it("ends below the first layer that may compute anything, and says why", () => {
    const model = chain(frozenDense(), new (prep(2))({}));
    const { found, limit } = pureBase(model);
    expect(found?.chain.map((layer) => layer.getClassName())).toEqual(["PrepForTest", "Dense"]);
    expect(limit).toMatch(/PrepForTest\) may compute anything, since its code is not the library's/);
  });

  it("is all of a base of known layers", () => {
    const base = tf.sequential({
      layers: [
        L.conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }),
        L.batchNormalization(),
        L.reLU(),
        L.maxPooling2d({ poolSize: 2 }),
        L.flatten(),
      ],
    });
    freeze(base);
    expect(base.layers.map(whyNotPure)).toEqual(base.layers.map(() => undefined));
    expect(whyNotPure(base)).toBeUndefined();
    expect(
      whyNotPure(L.bidirectional({ layer: L.gru({ units: 2 }) as never, mergeMode: "sum" } as never)),
    ).toBeUndefined();
    expect(whyNotPure(multiHeadAttention({ numHeads: 1, keyDim: 2 }))).toBeUndefined();
  });

  it.each<[string, () => tf.layers.Layer, RegExp]>([
    ["a mask", () => L.embedding({ inputDim: 3, outputDim: 2, maskZero: true }), /makes a mask/],
    ["states", () => L.lstm({ units: 2, stateful: true }), /keeps states/],
    ["dropout in a cell", () => L.gru({ units: 2, dropout: 0.1 }), /drops units/],
    ["dropout in attention", () => multiHeadAttention({ numHeads: 1, keyDim: 2, dropout: 0.1 }), /drops units/],
    ["masking", () => L.masking(), /its code is not/],
    ["a held layer", () => L.timeDistributed({ layer: L.lstm({ units: 2, stateful: true }) }), /keeps states/],
  ])("leaves out %s", (_, make, reason) => {
    expect(whyNotPure(make())).toMatch(reason);
  });

  it("leaves out an activation of the user's own, and a layer with a call hook", () => {
    const [Relu] = tf.serialization.SerializationMap.getMap().classNameMap.relu as unknown as [new () => object];
    class Doubled extends Relu {
      apply = (input: tf.Tensor) => tf.mul(input, 2);
    }
    expect(whyNotPure(L.dense({ units: 1, activation: new Doubled() as never }))).toMatch(/activation/);
    const hooked = L.dense({ units: 1 });
    hooked.setCallHook(() => undefined);
    expect(whyNotPure(hooked)).toMatch(/call hook/);
  });
});

describe("model.trainable = false", () => {
  it("reaches the layers of nested models, and comes back", () => {
    const inner = tf.sequential({ layers: [L.dense({ units: 3, inputShape: [2] }), L.batchNormalization()] });
    const middle = tf.sequential({ layers: [inner, L.dense({ units: 2 })] });
    const model = tf.sequential({ layers: [middle, L.dense({ units: 1 })] });
    middle.trainable = false;
    expect(model.trainableWeights).toHaveLength(2);
    expect(inner.layers.map(({ trainable }) => trainable)).toEqual([false, false]);
    middle.trainable = true;
    expect(model.trainableWeights).toHaveLength(8);
  });

  it("leaves a layer frozen that was made so, when a model puts itself together", () => {
    const model = tf.sequential({ layers: [frozenDense(), L.dense({ units: 1 })] });
    model.build();
    expect(model.layers.map(({ trainable }) => trainable)).toEqual([false, true]);
    expect(model.trainableWeights).toHaveLength(2);
  });
});
