/** Weights from Keras' whole models go only into layers that compute what Keras' did. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tf } from "../../../../src/library/engine/tf";
import { layerNormalization } from "../../../../src/library/models/layers/layer-normalization";
import { multiHeadAttention } from "../../../../src/library/models/layers/multi-head-attention";
import { gru, lstm } from "../../../../src/library/models/recurrent";
import { compareConfig } from "../../../../src/library/models/weights/compare-config";
import { parseConfig } from "../../../../src/library/models/weights/keras-config";
import { loadKerasWeights } from "../../../../src/library/models/weights/keras-file";
import { layersFolder } from "../keras-layers";

type Options = Record<string, unknown>;
const file = (name: string) => join(layersFolder, name);

function recurrent(make: (options: never) => tf.layers.Layer, options: Options = {}, activation = "sigmoid") {
  const layer = make({ units: 4, name: "cell", inputShape: [5, 3], ...options } as never);
  const head = tf.layers.dense({ units: 1, name: "head", activation: activation as "sigmoid" });
  return tf.sequential({ layers: [layer, head] });
}

describe.each(["keras", "h5"])("a .%s file of Keras 3", (kind) => {
  it.each([
    ["lstm", lstm],
    ["gru", gru],
  ] as const)("of an %s fits the layer here", async (name, make) => {
    // prettier-ignore
    const report = await loadKerasWeights(recurrent(make as never), file(`${name}.${kind}`));
    expect(report.loaded.length).toBeGreaterThan(1);
  });

  it("is refused by layers that compute something else, with what differs", async () => {
    const path = file(`lstm.${kind}`);
    const other = recurrent(lstm as never, { recurrentActivation: "hardSigmoid" }, "linear");
    const before = other.getWeights().map((weight) => weight.dataSync());
    await expect(loadKerasWeights(other, path)).rejects.toThrow(
      /compute something else.*cell: recurrent_activation 'sigmoid' in the file, 'hardSigmoid' in the model.*head: activation 'sigmoid' in the file, 'linear'/s,
    );
    expect(other.getWeights().map((weight) => weight.dataSync())).toEqual(before);
    await loadKerasWeights(other, path, { compareConfig: false });
    expect(other.getWeights()[0].dataSync()).not.toEqual(before[0]);
    const reset = recurrent(gru as never, { resetAfter: false });
    await expect(loadKerasWeights(reset, file(`gru.${kind}`))).rejects.toThrow(
      /reset_after true in the file, false in/,
    );
  });
});

it("passes a layer over that computes something else, by name", async () => {
  const other = recurrent(lstm as never, {}, "tanh");
  const path = file("lstm.h5");
  await expect(loadKerasWeights(other, path, { byName: true })).rejects.toThrow(/head: activation/);
  const report = await loadKerasWeights(other, path, { byName: true, skipMismatch: true });
  expect(report.loaded).toEqual(["cell"]);
  expect(report.mismatched).toEqual([expect.stringContaining("activation 'sigmoid' in the file")]);
});

it("compares attention and layer normalization", async () => {
  const build = (epsilon: number) => {
    const x = tf.input({ shape: [5, 3] });
    const y = layerNormalization({ epsilon, name: "norm" }).apply(x) as tf.SymbolicTensor;
    const attention = multiHeadAttention({ numHeads: 2, keyDim: 3, name: "attention" });
    return tf.model({ inputs: x, outputs: attention.apply([y, x]) as tf.SymbolicTensor });
  };
  expect((await loadKerasWeights(build(1e-5), file("attention.keras"))).loaded).toContain("norm");
  await expect(loadKerasWeights(build(1e-3), file("attention.keras"))).rejects.toThrow(/norm: epsilon/);
});

describe("compareConfig", () => {
  const layer = (class_name: string, config: Options) => ({ class_name, config });
  const saved = (layers: unknown[], version = "3.0.0") =>
    parseConfig(JSON.stringify(layer("Sequential", { name: "s", layers })), version)!;
  const dense = { name: "d", units: 2, activation: "relu", use_bias: true };
  const model = (options: Options) =>
    tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: "d", ...options } as never)] });

  it.each<[string, Options, Options, string | undefined]>([
    ["equal", {}, { activation: "relu" }, undefined],
    ["an activation as Keras' object", { activation: { class_name: "function", config: "relu" } }, { activation: "relu" }, undefined], // prettier-ignore
    ["swish and silu", { activation: "silu" }, { activation: "swish" }, undefined],
    ["snake case", { activation: "leaky_relu" }, { activation: "leakyRelu" }, undefined],
    ["another activation", {}, { activation: "tanh" }, "activation"],
  ])("%s", (_, there, here, expected) => {
    const found = compareConfig(model(here), saved([layer("Dense", { ...dense, ...there })]), false);
    expect(found.map(({ reason }) => reason.split(" ")[0])).toEqual(expected ? [expected] : []);
  });

  it("tells Keras 2's hard sigmoid from Keras 3's", () => {
    const file = (version: string) => saved([layer("Dense", { ...dense, activation: "hard_sigmoid" })], version);
    const here = model({ activation: "hardSigmoid" });
    expect(compareConfig(here, file("3.1.0"), false)).toEqual([]);
    expect(compareConfig(here, file("2.15.0"), false)).toHaveLength(1);
  });

  it("counts axes from the front, and refuses what layers here do not have", () => {
    const norm = tf.sequential({ layers: [tf.layers.batchNormalization({ inputShape: [4, 3], name: "b" })] });
    const config = (more: Options) =>
      saved([layer("BatchNormalization", { name: "b", axis: 2, epsilon: 0.001, ...more })]);
    expect(compareConfig(norm, config({}), false)).toEqual([]);
    expect(compareConfig(norm, config({ axis: [1] }), false)).toHaveLength(1);
    const conv = tf.sequential({ layers: [tf.layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [2, 2, 2] })] });
    const [difference] = compareConfig(conv, saved([layer("Conv2D", { name: "c", groups: 2 })]), false);
    expect(difference.reason).toBe("groups 2, which layers here do not have");
  });
});
