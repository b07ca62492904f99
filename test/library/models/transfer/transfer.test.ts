import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { convnet } from "../../../../src/library/models/architectures/convnet";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { mobileNetV2 } from "../../../../src/library/models/architectures/mobilenet-v2";
import { resNet50 } from "../../../../src/library/models/architectures/resnet50";
import { summary } from "../../../../src/library/models/summary";
import {
  addOnTop,
  dropTop,
  freeze,
  replaceTop,
  splitFrozen,
  unfreeze,
  unfreezeTop,
} from "../../../../src/library/models/transfer";
import { sgd } from "../../../../src/library/techniques";
import { fit } from "../../../../src/library/training/fit/fit";
import { expectClose } from "../helpers";
import { waves } from "../images";

const mobile = () =>
  mobileNetV2({ alpha: 0.35, inputShape: [32, 32, 3], includeTop: false, weights: null, pooling: "avg" });
const head = () => tf.layers.dense({ units: 3, activation: "softmax", name: "my_head" });
const learning = (model: tf.LayersModel) =>
  model.layers.filter((layer) => layer.trainableWeights.length > 0).map(({ name }) => name);
const predict = (model: tf.LayersModel, x: tf.Tensor) => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());

function data(samples: number) {
  const features = waves(32, 32, samples).dataSync() as Float32Array;
  const labels = Array.from({ length: samples }, (_, i) => i % 3);
  return datasetFromArrays({ features, labels, shape: [32, 32, 3], numClasses: 3 });
}

async function train(model: tf.LayersModel, compile: false | "lowered" = false): Promise<void> {
  model.compile({ optimizer: sgd({ learningRate: 0.05 }), loss: "sparseCategoricalCrossentropy" });
  await fit(model, data(12).batch(4), { epochs: 2, verbose: 0, compile });
}

/** Copies of all weights, by name. */
const weightsOf = (model: tf.LayersModel) =>
  new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync().slice()]));

describe("freeze", () => {
  it.each([false, "lowered"] as const)(
    "keeps every weight and moving average of the base in training (compile: %s)",
    async (compile) => {
      setRandomSeed(4);
      const base = freeze(await mobile());
      const model = addOnTop(base, [head()]);
      // As Keras counts: the base's 410,208 are frozen, 1280 · 3 + 3 learn.
      expect(summary(model)).toMatchObject({
        totalParams: 414_051,
        trainableParams: 3843,
        nonTrainableParams: 410_208,
      });
      const before = weightsOf(model);
      await train(model, compile);
      for (const [name, values] of weightsOf(model)) {
        if (name.startsWith("my_head/bias")) expect(values).not.toEqual(before.get(name));
        else if (name.startsWith("my_head")) continue;
        else expect(values, name).toEqual(before.get(name));
      }
    },
  );

  it("reaches nested models, and unfreeze undoes it", () => {
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] }), batchNormalization()] });
    const model = tf.sequential({ layers: [inner, tf.layers.dense({ units: 1 })] });
    freeze(inner);
    expect(summary(model).trainableParams).toBe(3);
    freeze(model);
    expect(summary(model).trainableParams).toBe(0);
    expect(summary(unfreeze(model)).trainableParams).toBe(10 + 4 + 3);
    expect(summary(unfreeze(model, { batchNormalization: "frozen" })).trainableParams).toBe(10 + 3);
    inner.trainable = false;
    expect(summary(unfreeze(model)).trainableParams).toBe(10 + 4 + 3);
  });
});

describe("unfreezeTop", () => {
  it("counts layers that have weights, and leaves batch normalization frozen", async () => {
    const base = await mobile();
    expect(learning(unfreezeTop(base, { layers: 2 }))).toEqual(["block_16_project", "Conv_1"]);
    expect(learning(unfreezeTop(base, { layers: 2, batchNormalization: "trained" }))).toEqual([
      "block_16_project",
      "block_16_project_BN",
      "Conv_1",
      "Conv_1_bn",
    ]);
  });

  it("counts blocks", async () => {
    const base = await mobile();
    expect(learning(unfreezeTop(base, { blocks: 2 }))).toEqual([
      "block_16_expand",
      "block_16_depthwise",
      "block_16_project",
      "Conv_1",
    ]);
    const resnet = await resNet50({ weights: null, inputShape: [32, 32, 3], includeTop: false, pooling: "avg" });
    expect(
      learning(unfreezeTop(resnet, { blocks: 3 })).every((name) => /^conv5_block[123]_[0123]_conv$/.test(name)),
    ).toBe(true);
    expect(learning(resnet)).toHaveLength(10);
    expect(learning(unfreezeTop(convnet({ batchNormalization: false }), { blocks: 2 }))).toEqual([
      "block3_conv1",
      "predictions",
    ]);
  });

  it("lets the unfrozen layers learn and no others", async () => {
    setRandomSeed(5);
    const base = unfreezeTop(await mobile(), { layers: 1 });
    const model = addOnTop(base, [head()]);
    const before = weightsOf(model);
    await train(model);
    const changed = [...weightsOf(model)].filter(([name, values]) => String(values) !== String(before.get(name)));
    expect([...new Set(changed.map(([name]) => name.split("/")[0]))]).toEqual(["Conv_1", "my_head"]);
  });

  it.each([
    [{}, /pass either layers or blocks/],
    [{ layers: 1, blocks: 1 }, /pass either layers or blocks/],
    [{ layers: 0 }, /layers must be an integer at least 1 and at most 2/],
    [{ blocks: 9 }, /blocks must be .* received 9. The model has 2 blocks to choose from/],
    [{ layer: 2 }, /unknown option 'layer'.*Did you mean 'layers'/],
  ])("refuses %j", (options, message) => {
    expect(() => unfreezeTop(convnet({ filters: [4] }), options as never)).toThrow(message);
  });
});

describe("dropTop, replaceTop, addOnTop", () => {
  it("share the layers that stay", async () => {
    setRandomSeed(6);
    const model = convnet({ filters: [4, 8], classes: 10 });
    const x = waves(32, 32);
    const base = dropTop(model);
    expect(base.outputs[0].shape).toEqual([null, 8]);
    const other = replaceTop(model, [dropout({ rate: 0.1 }), head()]);
    expect(other.outputs[0].shape).toEqual([null, 3]);
    expect(other.getLayer("block2_conv1")).toBe(model.getLayer("block2_conv1"));
    const own = tf.tidy(() => other.getLayer("my_head").apply(base.predict(x) as tf.Tensor) as tf.Tensor);
    expectClose(predict(other, x), own.dataSync(), 1e-6);
    const again = replaceTop(other, [tf.layers.dense({ units: 7 })], { layers: 2 });
    expect(again.outputs[0].shape).toEqual([null, 7]);
    expectClose(predict(dropTop(again), x), predict(base, x), 1e-6);
  });

  it("drop whole blocks of a network with shortcuts, and refuse half ones", async () => {
    const base = await mobileNetV2({ alpha: 0.35, inputShape: [32, 32, 3], includeTop: false, weights: null });
    const cut = dropTop(base, { blocks: 3 });
    expect(cut.layers.at(-1)!.name).toBe("block_14_add");
    expect(dropTop(base, { layers: 3 }).layers.at(-1)!.name).toBe("block_16_project_BN");
    const resnet = dropTop(await resNet50({ weights: null, inputShape: [32, 32, 3], includeTop: false }), {
      blocks: 2,
    });
    expect(resnet.layers.at(-1)!.name).toBe("conv5_block1_out");
    expect(() => dropTop(resnet, { layers: 2 })).toThrow(
      /would end in 'conv5_block1_\d_bn' and 'conv5_block1_\d_bn'; drop as many layers as leave one end/,
    );
    expect(() => dropTop(cut, { layers: cut.layers.length })).toThrow(/nothing would be left/);
  });

  it("refuse what is no list of layers", async () => {
    expect(() => addOnTop(convnet(), [])).toThrow(/layers must be an array of at least one layer/);
    expect(() => replaceTop(convnet(), head() as never)).toThrow(/layers must be an array/);
  });
});

describe("splitFrozen", () => {
  it("finds the frozen part below the first layer that learns or draws", async () => {
    setRandomSeed(7);
    const base = freeze(await mobile());
    const model = addOnTop(base, [dropout({ rate: 0.3 }), head()]);
    const split = splitFrozen(model)!;
    expect(split.base.outputs[0].shape).toEqual([null, 1280]);
    expect(split.head.layers.map((layer) => layer.getClassName())).toEqual(["InputLayer", "Dropout", "Dense"]);
    const x = waves(32, 32);
    const through = tf.tidy(() => (split.head.predict(split.base.predict(x) as tf.Tensor) as tf.Tensor).dataSync());
    expectClose(through, predict(model, x), 1e-6);
    // Also after it was split, which gives the head's layers a second use.
    expectClose(predict(dropTop(model), x), predict(base, x), 1e-6);
    expect(splitFrozen(model)!.base.outputs[0].shape).toEqual([null, 1280]);
  });

  it("goes as high as the layers are fixed, and no higher", async () => {
    const base = unfreezeTop(await mobile(), { layers: 1 });
    const model = addOnTop(base, [head()]);
    expect(splitFrozen(model)!.base.layers.at(-1)!.name).toBe("block_16_project_BN");
    unfreezeTop(base, { blocks: 2 });
    expect(splitFrozen(model)!.base.layers.at(-1)!.name).toBe("block_15_add");
    // The unfrozen part has a shortcut: no chain.
    unfreezeTop(base, { blocks: 3 });
    expect(splitFrozen(model)).toBeUndefined();
    expect(splitFrozen(unfreeze(model))).toBeUndefined();
    expect(splitFrozen(freeze(model))).toBeUndefined();
  });

  it("takes a batch normalization that follows the data for one that learns", () => {
    const norm = batchNormalization({ center: false, scale: false, name: "norm" });
    const layers = [
      tf.layers.dense({ units: 2, inputShape: [3], name: "low" }),
      norm,
      tf.layers.dense({ units: 1, name: "high" }),
    ];
    const model = tf.sequential({ layers });
    freeze(model);
    model.getLayer("high").trainable = true;
    expect(splitFrozen(model)!.base.layers.at(-1)!.name).toBe("norm");
    model.getLayer("norm").trainable = true;
    expect(splitFrozen(model)!.base.layers.at(-1)!.name).toBe("low");
  });
});
