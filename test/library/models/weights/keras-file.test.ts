import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { convnet } from "../../../../src/library/models/architectures/convnet";
import { loadKerasWeights, saveKerasWeights } from "../../../../src/library/models/weights/keras-file";
import { resNet50 } from "../../../../src/library/models/architectures/resnet50";
import { expectClose } from "../helpers";
import { waves } from "../images";

const PYTHON = join(__dirname, "../../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../../expected/make_convnets.py");
const folder = mkdtempSync(join(tmpdir(), "keras file "));
const place = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the script prints last. */
function python<T>(...args: string[]): T {
  const output = execFileSync(PYTHON, [SCRIPT, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(output.trim().split("\n").pop() as string) as T;
}

/** The model that `make_convnets.py save` writes, with other layers' names on request. */
function small({ first = "first", head = "head", units = 3 } = {}): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3], name: first }),
      batchNormalization({ name: "norm" }),
      tf.layers.flatten(),
      tf.layers.dense({ units, name: head }),
    ],
  });
}

const outputs = (model: tf.LayersModel) => tf.tidy(() => (model.predict(waves(8, 8)) as tf.Tensor).dataSync());

describe.skipIf(!existsSync(PYTHON))("files that Keras has written", () => {
  let expected: number[];
  beforeAll(() => {
    expected = python<number[]>("save", folder);
  });
  const FILES = ["model.keras", "model.weights.h5", "model.h5", "only.weights.h5"];

  it.each(FILES)("%s is loaded by place", async (file) => {
    const model = small({ first: "other", head: "names" });
    const report = await loadKerasWeights(model, place(file));
    expect(report.loaded).toEqual(["other", "norm", "names"]);
    expectClose(outputs(model), expected, 1e-5);
  });

  it.each(FILES)("%s is loaded by name", async (file) => {
    const whole = small();
    expect((await loadKerasWeights(whole, place(file), { byName: true })).loaded).toEqual(["first", "norm", "head"]);
    expectClose(outputs(whole), expected, 1e-5);
    const other = small({ head: "my_head", units: 5 });
    const before = other.getLayer("my_head").getWeights()[0].dataSync();
    const report = await loadKerasWeights(other, place(file), { byName: true });
    expect(report).toMatchObject({ loaded: ["first", "norm"], onlyInModel: ["my_head"], onlyInFile: ["head"] });
    expect(String(report)).toBe(
      `Loaded 2 layers from '${place(file)}'.\nOnly in the model: my_head.\nOnly in the file: head.`,
    );
    expect(other.getLayer("my_head").getWeights()[0].dataSync()).toEqual(before);
    expect(other.getLayer("first").getWeights()[0].dataSync()).toEqual(
      whole.getLayer("first").getWeights()[0].dataSync(),
    );
  });

  it("of other shapes are refused, and passed over on request", async () => {
    const model = small({ units: 5 });
    const before = outputs(model);
    const path = place("model.keras");
    await expect(loadKerasWeights(model, path)).rejects.toThrow(/shape \[144,3\].*\[144,5\]/s);
    await expect(loadKerasWeights(model, path, { byName: true })).rejects.toThrow(
      /head: weight 0 has shape \[144,3\] in the file, \[144,5\] in the model/,
    );
    expect(outputs(model)).toEqual(before);
    const report = await loadKerasWeights(model, path, { byName: true, skipMismatch: true });
    expect(report.loaded).toEqual(["first", "norm"]);
    expect(report.mismatched[0]).toMatch(/^head: /);
  });
});

describe("loadKerasWeights and saveKerasWeights", () => {
  it("take back what they saved, also numbers that a layer of another model needs", async () => {
    setRandomSeed(8);
    const model = small();
    await saveKerasWeights(model, place("saved.weights.h5"));
    await saveKerasWeights(model, place("saved.h5"));
    for (const file of ["saved.weights.h5", "saved.h5"]) {
      const other = small();
      await loadKerasWeights(other, place(file), { byName: true });
      expect(outputs(other)).toEqual(outputs(model));
    }
  });

  it("refuse numbers that are not finite, and change nothing", async () => {
    const model = small();
    const broken = small();
    broken.getLayer("head").setWeights([tf.fill([144, 3], NaN), tf.zeros([3])]);
    await saveKerasWeights(broken, place("broken.h5"));
    const before = outputs(model);
    await expect(loadKerasWeights(model, place("broken.h5"), { byName: true })).rejects.toThrow(/'head' .* not finite/);
    expect(outputs(model)).toEqual(before);
  });

  it.each([
    ["missing.keras", undefined, /There is no file/],
    ["broken.keras", "PK no zip", /cannot be read as a .keras file/],
    ["model.txt", "", /path must end in '.keras'/],
  ])("refuse %s", async (name, content, message) => {
    if (content !== undefined) writeFileSync(place(name), content);
    await expect(loadKerasWeights(small(), place(name))).rejects.toThrow(message);
  });

  it("refuse options that make no sense, and whole models to be written", async () => {
    await expect(loadKerasWeights(small(), "x.h5", { skipMismatch: true })).rejects.toThrow(/needs byName: true/);
    await expect(loadKerasWeights(small(), "x.h5", { byname: true } as never)).rejects.toThrow(/Did you mean 'byName'/);
    await expect(saveKerasWeights(small(), place("x.keras"))).rejects.toThrow(/which saveModel saves/);
  });
});

describe.skipIf(!existsSync(PYTHON))("ResNet50 with random weights", () => {
  it("goes to Keras and comes back with others", async () => {
    setRandomSeed(21);
    const build = () => resNet50({ weights: null, inputShape: [64, 64, 3], includeTop: false, pooling: "avg" });
    const model = await build();
    const x = waves(64, 64);
    const features = (of: tf.LayersModel) => tf.tidy(() => (of.predict(x) as tf.Tensor).dataSync());
    await saveKerasWeights(model, place("ours.weights.h5"));
    const keras = python<{ received: number[]; sent: number[] }>(
      ...["exchange", place("ours.weights.h5"), place("theirs.weights.h5")],
    );
    const close = (ours: ArrayLike<number>, theirs: number[]) => {
      // Relative to the size of the features: random networks do not keep to any scale.
      const scale = Math.max(...theirs.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      expectClose(
        Float64Array.from(ours, (value) => value / scale),
        theirs.map((value) => value / scale),
        1e-4,
      );
    };
    close(features(model), keras.received);
    const report = await loadKerasWeights(model, place("theirs.weights.h5"), { byName: true });
    expect([report.onlyInModel, report.onlyInFile]).toEqual([[], []]);
    close(features(model), keras.sent);
  }, 180_000);
});

describe("convnet", () => {
  it("halves the image once a block and names its layers", () => {
    const model = convnet({
      filters: [8, 16],
      convolutionsPerBlock: 2,
      dropout: 0.1,
      inputShape: [12, 12, 1],
      classes: 4,
    });
    expect(model.layers.map(({ name }) => name).filter((name) => name.startsWith("block2"))).toEqual([
      "block2_conv1",
      "block2_bn1",
      "block2_relu1",
      "block2_conv2",
      "block2_bn2",
      "block2_relu2",
      "block2_pool",
      "block2_dropout",
    ]);
    expect(model.getLayer("block2_pool").outputShape).toEqual([null, 3, 3, 16]);
    // 3×3 kernels without bias, four numbers a normalized feature, and the dense layer.
    const kernels = 9 * (1 * 8 + 8 * 8 + 8 * 16 + 16 * 16);
    expect(model.countParams()).toBe(kernels + 4 * (8 + 8 + 16 + 16) + 16 * 4 + 4);
  });

  it.each([
    [{ filters: [1, 1, 1, 1, 1, 1] }, /6 blocks halve an image .* at least 64 pixels each way/],
    [{ filters: [] }, /filters must be an array/],
    [{ activation: "tanh" }, /activation must be one of 'relu', 'elu', 'selu'/],
    [{ filter: [3] }, /unknown option 'filter'.*Did you mean 'filters'/],
  ])("refuses %j", (options, message) => {
    expect(() => convnet(options as never)).toThrow(message);
  });
});
