/** Exported models, each run by the program that it is for: TensorFlow, onnxruntime, plain TensorFlow.js. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RandomStream, setRandomSeed } from "../../../src/core/random";
import { isNative } from "../../../src/library/engine/compile/native";
import { useEngine } from "../../../src/library/engine/engine";
import {
  alphaDropout,
  batchNormalization,
  dropout,
  exportModel,
  gru,
  layerNormalization,
  lstm,
  mobileNetV2,
  multiHeadAttention,
  resNet50,
  simpleRNN,
  tf,
} from "../../../src/library/index";

const PYTHON = join(__dirname, "../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../expected/run_exports.py");
const folder = mkdtempSync(join(tmpdir(), "exports "));
afterAll(() => rmSync(folder, { recursive: true }));

type Layers = tf.layers.Layer[];
const L = tf.layers;

const stack = (inputShape: number[], ...layers: Layers): tf.LayersModel => {
  const input = tf.input({ shape: inputShape });
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return tf.model({ inputs: input, outputs: output });
};

const asLayer = (layer: unknown): tf.layers.Layer => layer as tf.layers.Layer;

/** Every layer, in small models. */
const MODELS: Readonly<Record<string, () => tf.LayersModel | Promise<tf.LayersModel>>> = {
  dense: () =>
    stack(
      [5],
      L.dense({ units: 7, activation: "relu" }),
      asLayer(batchNormalization()),
      asLayer(dropout({ rate: 0.5 })),
      L.dense({ units: 6, activation: "selu" }),
      asLayer(alphaDropout({ rate: 0.1 })),
      asLayer(layerNormalization()),
      L.dense({ units: 4, activation: "elu" }),
      L.dense({ units: 3, activation: "softmax" }),
    ),
  activations: () =>
    stack(
      [6],
      ...(["tanh", "sigmoid", "hardSigmoid", "softplus", "softsign", "relu6", "swish", "gelu"] as const).map(
        (activation) => L.dense({ units: 6, activation: activation as "tanh" }),
      ),
      L.leakyReLU({ alpha: 0.1 }),
      L.prelu({}),
      L.thresholdedReLU({ theta: 0.1 }),
    ),
  convolutions: () =>
    stack(
      [13, 11, 3],
      L.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", activation: "relu" }),
      asLayer(batchNormalization()),
      L.depthwiseConv2d({ kernelSize: 3, padding: "same", depthMultiplier: 2 }),
      L.separableConv2d({ filters: 5, kernelSize: 3, padding: "valid" }),
      L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }),
      L.conv2d({ filters: 4, kernelSize: [3, 2], dilationRate: 2, padding: "same" }),
      L.maxPooling2d({ poolSize: 2, padding: "same" }),
      L.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1],
        ] as never,
      }),
      L.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      L.upSampling2d({ size: [2, 2] }),
      L.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
      L.globalAveragePooling2d({}),
    ),
  "one dimension": () =>
    stack(
      [12, 4],
      L.conv1d({ filters: 5, kernelSize: 3, padding: "same" }),
      L.maxPooling1d({ poolSize: 2 }),
      L.averagePooling1d({ poolSize: 2 }),
      L.permute({ dims: [2, 1] }),
      L.reshape({ targetShape: [3, 5] }),
      L.globalMaxPooling1d({}),
      L.repeatVector({ n: 3 }),
      L.timeDistributed({ layer: L.dense({ units: 2 }) }),
      L.flatten(),
    ),
  recurrent: () =>
    stack(
      [5, 3],
      asLayer(lstm({ units: 4, returnSequences: true })),
      asLayer(gru({ units: 3, returnSequences: true })),
      asLayer(simpleRNN({ units: 3, returnSequences: true })),
      L.bidirectional({ layer: L.lstm({ units: 2 }) as never, mergeMode: "concat" }),
    ),
  attention: () => {
    const input = tf.input({ shape: [6, 8] });
    const attention = asLayer(multiHeadAttention({ numHeads: 2, keyDim: 4 }));
    const output = attention.apply([input, input] as never) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: L.globalAveragePooling1d({}).apply(output) as tf.SymbolicTensor });
  },
  embedding: () => {
    const words = tf.input({ shape: [7], name: "words", dtype: "int32" });
    const meta = tf.input({ shape: [2], name: "meta" });
    const embedded = L.globalAveragePooling1d({}).apply(L.embedding({ inputDim: 20, outputDim: 4 }).apply(words));
    const joined = L.concatenate().apply([embedded as tf.SymbolicTensor, meta]) as tf.SymbolicTensor;
    const hidden = L.dense({ units: 4 }).apply(joined) as tf.SymbolicTensor;
    const outputs = [L.add(), L.multiply(), L.average(), L.maximum(), L.minimum()].map(
      (merge) => merge.apply([hidden, embedded as tf.SymbolicTensor]) as tf.SymbolicTensor,
    );
    const dot = L.dot({ axes: -1 }).apply([hidden, embedded as tf.SymbolicTensor]) as tf.SymbolicTensor;
    return tf.model({ inputs: [words, meta], outputs: [...outputs, dot] });
  },
  mobileNetV2: () => mobileNetV2({ inputShape: [32, 32, 3], alpha: 0.35, weights: null, classes: 4 }),
  resNet50: () => resNet50({ inputShape: [32, 32, 3], weights: null, classes: 3 }),
};

interface Case {
  readonly path: string;
  readonly outputs: Readonly<Record<string, { values: number[]; shape: number[] }>>;
}

/** Four samples, which is none of the numbers that models are recorded with. */
function samplesFor(model: tf.LayersModel) {
  const random = new RandomStream(3);
  return Object.fromEntries(
    model.inputs.map(({ shape, dtype }, i) => {
      const full = [4, ...(shape.slice(1) as number[])];
      const length = full.reduce((a, b) => a * b);
      const values = Array.from({ length }, () => (dtype === "int32" ? random.integer(20) : random.uniform()));
      return [model.inputNames[i], { values, shape: full, dtype: dtype as "float32" | "int32" }] as const;
    }),
  );
}

type Samples = ReturnType<typeof samplesFor>;
const tensorsOf = (samples: Samples) =>
  Object.fromEntries(
    Object.entries(samples).map(([name, { values, shape, dtype }]) => [name, tf.tensor(values, shape, dtype)]),
  );

const made: Record<string, { samples: Samples; expected: Case["outputs"] }> = {};
const results = new Map<string, Case["outputs"] | null>();
const pathOf = (name: string, format: string) => join(folder, `${name} ${format}${format === "onnx" ? ".onnx" : ""}`);

beforeAll(async () => {
  await useEngine();
  if (!isNative()) return;
  const inputs: Record<string, Samples> = {};
  for (const [name, make] of Object.entries(MODELS)) {
    setRandomSeed(5);
    const model = await make();
    // Weights that are not those of the beginning: batch normalizations keep means and variances.
    const random = new RandomStream(8);
    model.setWeights(
      model.weights.map((weight) => {
        const isVariance = weight.name.includes("variance");
        const size = (weight.shape as number[]).reduce((a, b) => a * b, 1);
        const values = Float32Array.from({ length: size }, () =>
          isVariance ? 0.5 + random.uniform() : 0.25 * random.normal(),
        );
        return tf.tensor(values, weight.shape as number[]);
      }),
    );
    const samples = samplesFor(model);
    const given = tensorsOf(samples);
    const outputs = [model.predict(model.inputNames.map((input) => given[input]))].flat();
    const expected = model.outputNames.map((output, i) => [
      output,
      { values: [...outputs[i].dataSync()], shape: outputs[i].shape },
    ]);
    made[name] = { samples, expected: Object.fromEntries(expected) };
    for (const format of ["tf_saved_model", "onnx", "tfjs"] as const) {
      await exportModel(model, pathOf(name, format), { format });
      inputs[pathOf(name, format)] = samples;
    }
    model.dispose();
  }
  writeFileSync(join(folder, "inputs.json"), JSON.stringify(inputs));
  if (!existsSync(PYTHON)) return;
  const paths = Object.keys(MODELS).flatMap((name) => [pathOf(name, "tf_saved_model"), pathOf(name, "onnx")]);
  const text = execFileSync(PYTHON, [SCRIPT, join(folder, "inputs.json"), ...paths], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const found = JSON.parse(text.trim().split("\n").at(-1) as string) as (Case["outputs"] | null)[];
  paths.forEach((path, i) => results.set(path, found[i]));
}, 400_000);

function expectSame(found: Case["outputs"], expected: Case["outputs"]): void {
  for (const [name, { values, shape }] of Object.entries(expected)) {
    expect(found[name].shape).toEqual(shape);
    const scale = Math.max(1, ...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - found[name].values[i])));
    expect(worst / scale).toBeLessThan(2e-5);
  }
}

describe.each(Object.keys(MODELS))("%s", (name) => {
  it.skipIf(!existsSync(PYTHON))("gives the same in TensorFlow", () => {
    if (isNative()) expectSame(results.get(pathOf(name, "tf_saved_model"))!, made[name].expected);
  });

  it.skipIf(!existsSync(PYTHON))("gives the same in onnxruntime", (context) => {
    const found = results.get(pathOf(name, "onnx"));
    if (!isNative() || found === null) return context.skip();
    expectSame(found!, made[name].expected);
  });

  it("gives the same in plain TensorFlow.js", async () => {
    if (!isNative()) return;
    const path = pathOf(name, "tfjs");
    const { modelTopology, weightsManifest, ...rest } = JSON.parse(readFileSync(join(path, "model.json"), "utf8")) as {
      modelTopology: object;
      weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
    };
    const [{ paths, weights }] = weightsManifest;
    const bytes = readFileSync(join(path, paths[0]));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const graph = await tf.loadGraphModel(
      tf.io.fromMemory({ ...rest, modelTopology, weightSpecs: weights, weightData }),
    );
    const { outputs: nodes } = (graph as unknown as { signature: { outputs: Record<string, { name: string }> } })
      .signature;
    const names = Object.keys(made[name].expected);
    const outputs = await graph.executeAsync(
      tensorsOf(made[name].samples),
      names.map((output) => nodes[output].name),
    );
    const found = Object.fromEntries(
      [outputs].flat().map((output, i) => [names[i], { values: [...output.dataSync()], shape: output.shape }]),
    );
    expectSame(found, made[name].expected);
    graph.dispose();
  });
});

describe("exportModel refuses", () => {
  const small = () => stack([2], L.dense({ units: 1 }));

  it("what no file can be made of, and says why", async () => {
    await useEngine();
    if (!isNative()) return;
    const place = (name: string) => join(folder, name);
    await expect(exportModel(small(), "")).rejects.toThrow(/path must be a text/);
    await expect(exportModel(small(), place("a.onnx"), { format: "tfjs" })).rejects.toThrow(/'tfjs' writes a folder/);
    await expect(exportModel(small(), place("a"), { format: "onnx" })).rejects.toThrow(/ends in '.onnx'/);
    await expect(exportModel(small(), place("a"), { format: "h5" as never })).rejects.toThrow(/format must be one of/);
    writeFileSync(place("file"), "x");
    await expect(exportModel(small(), place("file"))).rejects.toThrow(/is a file; choose another path/);
    const open = stack([null as never, 2], asLayer(lstm({ units: 1 })));
    await expect(exportModel(open, place("open"))).rejects.toThrow(/leaves a size open \(\[any, 2\]\)/);
    expect(existsSync(place("open"))).toBe(false);
  });

  it("a layer that cannot be written, by its name", async () => {
    await useEngine();
    if (!isNative()) return;
    class Fourier extends L.Layer {
      static className = "Fourier";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.tidy(() => tf.cumprod([inputs].flat()[0], 1));
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
    }
    const model = stack([3], L.dense({ units: 3 }), new Fourier({ name: "running_product" }) as tf.layers.Layer);
    await expect(exportModel(model, join(folder, "x.onnx"))).rejects.toThrow(
      /layer 'running_product' uses the operation Cumprod, which is not written as ONNX; use format "tf_saved_model"/,
    );
    class Reading extends Fourier {
      static override className = "Reading";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([inputs].flat()[0], [inputs].flat()[0].dataSync()[0]);
      }
    }
    const reading = stack([3], new Reading({}) as tf.layers.Layer);
    await expect(exportModel(reading, join(folder, "y"))).rejects.toThrow(
      /cannot be exported: .*reads the value of a tensor/,
    );
    class Counting extends Fourier {
      static override className = "Counting";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x] = [inputs].flat();
        return tf.tidy(() => tf.mul(x, x.shape[0]));
      }
    }
    const counting = stack([3], new Counting({ name: "counting" }) as tf.layers.Layer);
    await expect(exportModel(counting, join(folder, "z"))).rejects.toThrow(
      /'counting' has numbers that depend on the number of samples/,
    );
  });
});
