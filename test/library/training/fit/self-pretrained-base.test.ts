import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextSeed, setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { drawTextures } from "../../../../src/library/data/textures/stand-in";
import type { tf } from "../../../../src/library/engine/tf";
import { selfPretrainedBase } from "../../../../src/library/training/fit/self-pretrained-base";

let folder: string;
let notices: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-pretrained-"));
  vi.stubEnv("DNN_LAB_CACHE", folder);
  notices = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function textures(count: number, seed: number) {
  const { features, labels } = await drawTextures({ name: "test", count, side: 16, seed });
  const described = { shape: features.shape, labels: labels.values as Int32Array, numClasses: 10 };
  return datasetFromArrays({ features: features.values, ...described }).rescale(1 / 255);
}

const targetClasses = [6, 7, 8, 9];
const settings = { targetClasses, filters: [4, 8], epochs: 1, batchSize: 20 };
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe("selfPretrainedBase", () => {
  it("is a convnet without top, kept in the cache, the same from there", async () => {
    const data = await textures(300, 1);
    setRandomSeed(5);
    const next = nextSeed();
    setRandomSeed(5);
    const base = await selfPretrainedBase(data, settings);
    expect(nextSeed()).toBe(next);
    expect(base.outputs[0].shape).toEqual([null, 8]);
    expect(base.layers.map(({ name }) => name)).toContain("block2_conv1");
    expect(notices.join("")).toMatch(/pretraining a convnet once on 180 images of 6 other classes of arrays \(all\)/);
    const files = readdirSync(join(folder, "models"));
    expect(files).toHaveLength(1);
    expect(weightsOf(await selfPretrainedBase(data, settings))).toEqual(weightsOf(base));
    expect(notices.join("")).toMatch(/using the base that was pretrained here/);
    // Learned, not only initialized; and the seed decides.
    const other = await selfPretrainedBase(data, { ...settings, cache: false });
    expect(weightsOf(other)).toEqual(weightsOf(base));
    expect(weightsOf(await selfPretrainedBase(data, { ...settings, epochs: 2, cache: false }))).not.toEqual(
      weightsOf(base),
    );
    expect(readdirSync(join(folder, "models"))).toEqual(files);
  });

  it("is pretrained anew for other data, classes and settings, and when its file is damaged", async () => {
    const data = await textures(200, 1);
    const files = () => readdirSync(join(folder, "models"));
    const base = await selfPretrainedBase(data, settings);
    const [first] = files();
    await selfPretrainedBase(data, { ...settings, seed: 1 });
    await selfPretrainedBase(data, { ...settings, targetClasses: [9, 8, 7] });
    await selfPretrainedBase(data.rescale(2), settings);
    await selfPretrainedBase(data.subset(Array.from({ length: 150 }, (_, i) => i)), settings);
    expect(files()).toHaveLength(5);
    truncateSync(join(folder, "models", first), 3000);
    expect(weightsOf(await selfPretrainedBase(data, settings))).toEqual(weightsOf(base));
    expect(notices.join("")).toMatch(/these kept weights are damaged .*; pretraining anew/);
  });

  it.each([
    [{ targetClasses: [] }, /targetClasses must be an array of class numbers/],
    [{ targetClasses: [12] }, /targetClasses has 12, the data have the classes 0, 1/],
    [{ targetClasses: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, /besides targetClasses the data have 1 classes/],
    [{ targetClasses, epoch: 3 }, /Did you mean 'epochs'/],
    [{ targetClasses, learningRate: 0 }, /learningRate/],
  ])("refuses %s", async (options, message) => {
    await expect(selfPretrainedBase(await textures(40, 1), options as never)).rejects.toThrow(message);
  });
});
