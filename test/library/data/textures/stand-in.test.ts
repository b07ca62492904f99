import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { fingerprintOf, type Storage } from "../../../../src/library/data/storage";
import { TEXTURE_CLASS_NAMES } from "../../../../src/library/data/textures/classes";
import { drawTextures, standInPart, TEXTURES_VERSION } from "../../../../src/library/data/textures/stand-in";
import { tf } from "../../../../src/library/engine/tf";
import { adam } from "../../../../src/library/techniques";
import { fit } from "../../../../src/library/training/fit/fit";

const OPTIONS = { name: "sample", count: 7000, side: 32, seed: 11 };
const TRAIN = 6000;

let sample: Storage;
beforeAll(async () => {
  sample = await drawTextures(OPTIONS);
});

/** Best accuracy on unseen pictures after training on the others. */
async function accuracyOf(layers: tf.layers.Layer[], learningRate: number, epochs: number): Promise<number> {
  const { values } = sample.features;
  const all = datasetFromArrays({ features: values, labels: sample.labels.values, shape: [32, 32, 3] }).rescale(
    1 / 255,
  );
  const model = tf.sequential({ layers });
  model.compile({ optimizer: adam({ learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const train = all.take(TRAIN).shuffle({ bufferSize: TRAIN, seed: 1 }).batch(32);
  const { history } = await fit(model, train, { epochs, validationData: all.skip(TRAIN).batch(100), verbose: 0 });
  return Math.max(...history.val_accuracy);
}

describe("drawTextures", () => {
  it("draws the same pictures for one seed on every machine, and others for another", async () => {
    // A change of any picture must come with a new TEXTURES_VERSION (and then with a new value here).
    const some = await drawTextures({ ...OPTIONS, count: 1000 });
    expect([TEXTURES_VERSION, fingerprintOf(some)]).toEqual([
      1,
      "5700c3034c4595da3265d388559e83b566df02c1a19bd0fe0c3b2b52e0d58a23",
    ]);
    expect(fingerprintOf(await drawTextures({ ...OPTIONS, count: 1000, seed: 12 }))).not.toBe(fingerprintOf(some));
  });

  it("draws as many pictures of each class, in mixed order, and none twice", () => {
    const { values } = sample.labels;
    TEXTURE_CLASS_NAMES.forEach((_, label) => {
      expect(values.filter((value) => value === label).length).toBe(700);
      expect(Math.abs(values.subarray(0, 500).filter((value) => value === label).length - 50)).toBeLessThan(30);
    });
    const pictures = Array.from({ length: sample.rows }, (_, i) =>
      Buffer.from(sample.features.values.subarray(i * 3072, (i + 1) * 3072)).toString("base64"),
    );
    expect(new Set(pictures).size).toBe(sample.rows);
  });

  it("gives the classes away neither by colour nor by place: a linear model stays under 0.5", async () => {
    setRandomSeed(1);
    const linear = [
      tf.layers.flatten({ inputShape: [32, 32, 3] }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ];
    const accuracy = await accuracyOf(linear, 1e-3, 8);
    expect(accuracy).toBeLessThan(0.5);
  });

  it("can be learned: a small convnet passes 0.7", async () => {
    setRandomSeed(1);
    const conv = (filters: number, more = {}) =>
      tf.layers.conv2d({
        filters,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
        kernelInitializer: "heNormal",
        ...more,
      });
    const pool = () => tf.layers.maxPooling2d({ poolSize: 2 });
    const net: tf.layers.Layer[] = [conv(16, { inputShape: [32, 32, 3] }), pool(), conv(32), pool(), conv(48), pool()];
    net.push(tf.layers.flatten(), tf.layers.dense({ units: 10, activation: "softmax" }));
    expect(await accuracyOf(net, 2e-3, 5)).toBeGreaterThan(0.7);
  });
});

describe("standInPart", () => {
  let folder: string;
  let notices: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dnn-lab-textures-"));
    notices = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const options = { ...OPTIONS, count: 50 };

  it("keeps the drawing, and reads it the next time", async () => {
    const drawn = await standInPart(folder, options);
    const [name] = readdirSync(folder);
    const { ino, mtimeMs } = statSync(join(folder, name));
    expect(await standInPart(folder, options)).toEqual(drawn);
    expect(statSync(join(folder, name))).toMatchObject({ ino, mtimeMs });
    expect(drawn).toEqual(await drawTextures(options));
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000)],
    ["changed in one pixel", (bytes: Buffer) => ((bytes[5000] ^= 1), bytes)],
    ["empty", () => Buffer.alloc(0)],
  ])("draws anew when the kept drawing is %s, and says so", async (_what, damage) => {
    const drawn = await standInPart(folder, options);
    const path = join(folder, readdirSync(folder)[0]);
    const good = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(good)));
    expect(await standInPart(folder, options)).toEqual(drawn);
    expect(readFileSync(path).equals(good)).toBe(true);
    expect(notices.join("")).toMatch(/textures-v1-sample.bin: this kept drawing is damaged; drawing it anew/);
  });
});
