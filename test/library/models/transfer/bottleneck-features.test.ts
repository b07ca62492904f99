import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RandomStream, setRandomSeed } from "../../../../src/core/random";
import { preprocessInput, randomFlip, resize } from "../../../../src/library/data/augment";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { mobileNetV2 } from "../../../../src/library/models/architectures/mobilenet-v2";
import { bottleneckFeatures } from "../../../../src/library/models/transfer";
import { forgetFeatures, keepFeatures, keptFeatures } from "../../../../src/library/models/transfer/feature-store";
import { modelHash } from "../../../../src/library/models/transfer/model-hash";
import { expectClose } from "../helpers";

let folder: string;
let notices: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-features-"));
  vi.stubEnv("DNN_LAB_CACHE", folder);
  notices = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
  forgetFeatures();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const random = new RandomStream(1);
const pixels = Uint8Array.from({ length: 100 * 16 * 16 * 3 }, () => random.integer(256));
const data = datasetFromArrays({
  features: pixels,
  labels: Array.from({ length: 100 }, (_, i) => i % 7),
  shape: [16, 16, 3],
});
const transforms = [resize(32), preprocessInput("mobilenet_v2")];

async function makeBase(): Promise<tf.LayersModel> {
  setRandomSeed(2);
  return mobileNetV2({ alpha: 0.35, inputShape: [32, 32, 3], includeTop: false, weights: null, pooling: "avg" });
}

describe("bottleneckFeatures", () => {
  it.each([
    ["replayed, with a smaller last batch", 9],
    ["op by op", 64],
  ])("gives what the base predicts (%s)", async (_how, batchSize) => {
    const base = await makeBase();
    const some = data.subset(Array.from({ length: 99 }, (_, i) => 99 - i));
    const features = await bottleneckFeatures(base, some, { transforms, batchSize });
    expect([features.size, features.features.shape]).toEqual([99, [1280]]);
    const expected = tf.tidy(() => {
      const { features: images, labels } = some.tensors();
      const changed = transforms.reduce((x, transform) => transform.apply(x, 0, 0), {
        features: images as tf.Tensor4D,
        labels,
      });
      return (base.predict(changed.features) as tf.Tensor).dataSync();
    });
    expectClose(features.tensors().features.dataSync(), expected, 1e-4);
    expect([...features.tensors().labels.dataSync().slice(0, 3)]).toEqual([99 % 7, 98 % 7, 97 % 7]);
    expect(features.info.notes).toContain("features of a frozen base");
  });

  it("runs the base once, and says so in one line", async () => {
    const base = await makeBase();
    const apply = vi.spyOn(base, "apply");
    const first = await bottleneckFeatures(base, data, { transforms });
    const calls = apply.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    expect(notices.filter((line) => /Running the frozen base once over 100 samples/.test(line))).toHaveLength(1);
    const second = await bottleneckFeatures(base, data, { transforms });
    expect(apply.mock.calls.length).toBe(calls);
    expect(second.features.values).toEqual(first.features.values);
    // A base built anew with the same weights is the same base.
    const twin = await makeBase();
    const ofTwin = vi.spyOn(twin, "apply");
    await bottleneckFeatures(twin, data, { transforms });
    expect(ofTwin).not.toHaveBeenCalled();
  });

  it("runs it again for other weights, data, transforms, or without a cache", async () => {
    const base = await makeBase();
    const apply = vi.spyOn(base, "apply");
    const runs = async (action: () => Promise<unknown>) => {
      const before = apply.mock.calls.length;
      await action();
      return apply.mock.calls.length > before;
    };
    await bottleneckFeatures(base, data, { transforms });
    expect(await runs(() => bottleneckFeatures(base, data, { transforms }))).toBe(false);
    expect(await runs(() => bottleneckFeatures(base, data, { transforms, cache: false }))).toBe(true);
    expect(await runs(() => bottleneckFeatures(base, data.take(50), { transforms }))).toBe(true);
    expect(await runs(() => bottleneckFeatures(base, data.rescale(0.5), { transforms }))).toBe(true);
    expect(await runs(() => bottleneckFeatures(base, data, { transforms: [resize(32)] }))).toBe(true);
    const [kernel] = base.getLayer("Conv_1").getWeights();
    base.getLayer("Conv_1").setWeights([tf.mul(kernel, 1.01)]);
    expect(await runs(() => bottleneckFeatures(base, data, { transforms }))).toBe(true);
  });

  it("refuses what would not be the features of training", async () => {
    const base = await makeBase();
    await expect(bottleneckFeatures(base, data, { transforms: [...transforms, randomFlip()] })).rejects.toThrow(
      /randomFlip\(horizontal\) gives other images at each step/,
    );
    await expect(bottleneckFeatures(base, data.batch(10), { transforms })).rejects.toThrow(/shuffled or batched/);
    const shuffled = data.shuffle({ bufferSize: 100, seed: 1 });
    await expect(bottleneckFeatures(base, shuffled, { transforms })).rejects.toThrow(/shuffled or batched/);
    await expect(bottleneckFeatures(base, data)).rejects.toThrow(
      /expects samples of shape \[32, 32, 3\], and gets \[16, 16, 3\]. Add transforms, such as resize/,
    );
    await expect(bottleneckFeatures(base, data, { transform: transforms } as never)).rejects.toThrow(
      /Did you mean 'transforms'/,
    );
  });
});

describe("modelHash", () => {
  it("does not depend on names or on what is frozen, but on layers and connections", async () => {
    const build = (activation: "relu" | "tanh") => {
      setRandomSeed(1);
      return tf.sequential({
        layers: [tf.layers.dense({ units: 2, inputShape: [3], activation }), tf.layers.dense({ units: 2 })],
      });
    };
    const model = build("relu");
    const hash = modelHash(model);
    expect(modelHash(build("relu"))).toBe(hash);
    expect(modelHash(build("tanh"))).not.toBe(hash);
    model.layers[0].trainable = false;
    expect(modelHash(model)).toBe(hash);
  });
});

describe("the store of features", () => {
  const large = new Float32Array(17 * 1024 ** 2).fill(0.5);

  it("keeps large features in a file, and passes over a damaged one", async () => {
    await keepFeatures("small", new Float32Array(10));
    expect(readdirSync(folder)).toEqual([]);
    await keepFeatures("large", large);
    forgetFeatures();
    expect(keptFeatures("small", 10)).toBeUndefined();
    expect(keptFeatures("large", large.length)?.every((value) => value === 0.5)).toBe(true);
    expect(keptFeatures("large", large.length - 1)).toBeUndefined();
    forgetFeatures();
    const path = join(folder, "features", "large.bin");
    const bytes = readFileSync(path);
    bytes[5000] ^= 1;
    writeFileSync(path, bytes);
    expect(keptFeatures("large", large.length)).toBeUndefined();
    expect(notices.join("")).toMatch(/large.bin: these kept features are damaged/);
  });
});
