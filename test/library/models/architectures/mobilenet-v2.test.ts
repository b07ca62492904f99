import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi, type TestContext } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { recordStep } from "../../../../src/library/engine/compile";
import { tf } from "../../../../src/library/engine/tf";
import { mobileNetV2 } from "../../../../src/library/models/architectures/mobilenet-v2";
import { WeightsUnavailableError } from "../../../../src/library/models/architectures/pretrained";
import { resNet50 } from "../../../../src/library/models/architectures/resnet50";
import { summary } from "../../../../src/library/models/summary";
import { expectClose, readExpected } from "../helpers";
import { waves } from "../images";

const keras = readExpected<{
  every: number;
  mobilenet_features: Record<string, number[]>;
  mobilenet_params: Record<string, number>;
  mobilenet_layers: string[];
  mobilenet_shape: number[];
  resnet_layers: string[];
  resnet_params: number[];
}>("convnets");

const FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5";
const MODELS = process.env.DNN_LAB_MODELS;
const HAVE = Boolean(MODELS && existsSync(join(MODELS, FILE)));

function needWeights(context: TestContext): string {
  if (!HAVE) context.skip("DNN_LAB_MODELS does not point to the weights");
  return join(MODELS as string, FILE);
}

/** Every n-th of the features [images, 1280], as the expected values have them. */
function sampled(features: tf.Tensor): number[] {
  return [...features.dataSync()].filter((_, i) => (i % features.shape[1]!) % keras.every === 0);
}

/** Automatically numbered names aside. */
const named = (names: string[]) => names.filter((name) => !/^(input|global_average)/i.test(name));
const names = (model: tf.LayersModel) => named(model.layers.map(({ name }) => name));

const small = { alpha: 0.35, inputShape: [32, 32, 3] as const, includeTop: false, weights: null };

describe("mobileNetV2", () => {
  it.skipIf(!HAVE).each(Object.entries(keras.mobilenet_features))(
    "computes Keras' features at %s pixels",
    async (size, expected) => {
      const [height, width] = size.split("x").map(Number);
      const options = {
        alpha: 0.35,
        includeTop: false,
        inputShape: [height, width, 3] as const,
        pooling: "avg" as const,
      };
      const model = await mobileNetV2({ ...options, weights: join(MODELS as string, FILE) });
      const features = tf.tidy(() => sampled(model.predict(waves(height, width)) as tf.Tensor));
      expectClose(features, expected, 1e-4);
      model.dispose();
    },
  );

  it("computes the same when its step is replayed as a graph", async (context) => {
    const path = needWeights(context);
    const model = await mobileNetV2({
      alpha: 0.35,
      includeTop: false,
      inputShape: [96, 96, 3],
      pooling: "avg",
      weights: path,
    });
    const x = waves(96, 96);
    const step = recordStep({
      step: ({ x }) => ({ y: model.apply(x, { training: false }) as tf.Tensor }),
      examples: [{ x }, { x: tf.mul(x, 0.5) }],
      plan: "lowered",
    });
    const { y } = step.run({ steps: 1, inputs: { x: x.expandDims(0).dataSync() as Float32Array } });
    expectClose(sampled(y.reshape([2, 1280])), keras.mobilenet_features["96x96"], 1e-4);
    step.dispose();
  });

  it("has Keras' layers, in its order, whatever the size", async () => {
    const model = await mobileNetV2(small);
    expect(names(model)).toEqual(named(keras.mobilenet_layers));
    const odd = await mobileNetV2({ ...small, alpha: 1.4, inputShape: [97, 130, 3] });
    expect(odd.outputs[0].shape).toEqual(keras.mobilenet_shape);
    const open = await mobileNetV2({ ...small, inputShape: [null, null, 3] });
    expect(open.outputs[0].shape).toEqual([null, null, null, 1280]);
    open.setWeights(model.getWeights());
    const x = waves(64, 32);
    const closed = await mobileNetV2({ ...small, inputShape: [64, 32, 3] });
    closed.setWeights(model.getWeights());
    expectClose((open.predict(x) as tf.Tensor).dataSync(), (closed.predict(x) as tf.Tensor).dataSync(), 1e-6);
  });

  it.each(Object.entries(keras.mobilenet_params))(
    "has as many parameters as Keras' with alpha %s",
    async (kind, params) => {
      const [alpha, top] = kind.split(" ");
      const model = await mobileNetV2({ ...small, alpha: Number(alpha), includeTop: top === "top" });
      expect(summary(model).totalParams).toBe(params);
      model.dispose();
    },
  );

  it("normalizes by the moving averages, and by the batch only where it trains", async () => {
    setRandomSeed(3);
    const model = await mobileNetV2({ ...small, pooling: "avg" });
    const x = waves(32, 32, 4);
    const inference = (model.apply(x, { training: false }) as tf.Tensor).dataSync();
    for (const layer of model.layers) layer.trainable = false;
    expectClose((model.apply(x, { training: true }) as tf.Tensor).dataSync(), inference, 1e-6);
    for (const layer of model.layers) layer.trainable = true;
    const training = (model.apply(x, { training: true }) as tf.Tensor).dataSync();
    expect(Math.max(...training.map((value, i) => Math.abs(value - inference[i])))).toBeGreaterThan(0.1);
  });

  it.each([
    [{ inputShape: [31, 32, 3] }, /inputShape must be .* at least 32 pixels each way, received \[31, 32, 3\]/],
    [{ alpha: 0.3 }, /weights for alpha 0.35, 0.5, .* received 0.3/],
    [{ alpha: 0 }, /alpha must be a finite number greater than 0/],
    [{ classes: 10 }, /the ImageNet weights with top have 1000 classes, received classes: 10/],
    [{ poling: "avg" }, /unknown option 'poling'.*Did you mean 'pooling'/],
    [{ weights: 7 }, /weights must be "imagenet", null or the path of a file, received 7/],
  ])("refuses %j", async (options, message) => {
    await expect(mobileNetV2(options as never)).rejects.toThrow(message);
  });
});

describe("published weights", () => {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-weights-"));
  afterEach(() => vi.unstubAllEnvs());
  const load = () => mobileNetV2({ alpha: 0.35, includeTop: false, inputShape: [96, 96, 3] });

  it("come from DNN_LAB_MODELS, at the size or at 224", async (context) => {
    needWeights(context);
    const model = await load();
    expect(model.name).toBe("mobilenetv2_0.35_96");
    expect(summary(model).totalParams).toBe(410_208);
  });

  it("are refused when the file is another one", async () => {
    vi.stubEnv("DNN_LAB_MODELS", folder);
    writeFileSync(join(folder, FILE), "something else");
    await expect(load()).rejects.toThrow(/expected the published weights with MD5 0b3dc67fbf247ac00411a5e536e30bc9/);
    rmSync(join(folder, FILE));
  });

  it("that cannot be had are said to be so, by an error of their own", async () => {
    vi.stubEnv("DNN_LAB_MODELS", folder);
    vi.stubEnv("DNN_LAB_CACHE", join(folder, "cache"));
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed"));
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const failed = resNet50({ inputShape: [32, 32, 3], includeTop: false });
    await expect(failed).rejects.toBeInstanceOf(WeightsUnavailableError);
    await expect(failed).rejects.toThrow(/Put resnet50_.*_notop.h5 into a folder and set DNN_LAB_MODELS/);
    vi.restoreAllMocks();
  });

  it("are taken from the cache too", async (context) => {
    const path = needWeights(context);
    vi.stubEnv("DNN_LAB_MODELS", "");
    vi.stubEnv("DNN_LAB_CACHE", join(folder, "cache"));
    mkdirSync(join(folder, "cache", "models"), { recursive: true });
    copyFileSync(path, join(folder, "cache", "models", FILE));
    expect(summary(await load()).totalParams).toBe(410_208);
    rmSync(folder, { recursive: true });
  });
});

describe("resNet50", () => {
  it("has Keras' layers and parameters", async () => {
    const model = await resNet50({ weights: null, inputShape: [64, 64, 3], includeTop: false });
    expect(names(model).sort()).toEqual(named(keras.resnet_layers).sort());
    expect(model.outputs[0].shape).toEqual([null, 2, 2, 2048]);
    expect(summary(model).totalParams).toBe(keras.resnet_params[0]);
  });
});
