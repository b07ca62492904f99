import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { readHdf5, writeHdf5 } from "../../../../src/library/models/weights/hdf5";
import { summary } from "../../../../src/library/models/summary";
import { loadWeights, saveWeights } from "../../../../src/library/models/weights/weights-file";
import { EXPECTED, expectClose, readExpected } from "../helpers";

type Name = "sequential" | "functional";
type Symbolic = tf.SymbolicTensor;
const keras = readExpected<{ models: Record<Name, { x: number[]; y: number[]; params: number; trainable: number }> }>(
  "weight-files",
);

const folder = mkdtempSync(join(tmpdir(), "weights file "));
afterAll(() => rmSync(folder, { recursive: true }));
const place = (name: string) => join(folder, name);

/** The models of make_models.py. */
const MODELS: Record<Name, () => tf.LayersModel> = {
  sequential: () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [3, 2] }),
        batchNormalization(),
        dropout({ rate: 0.2 }),
        tf.layers.dense({ units: 4, activation: "selu" }),
        batchNormalization({ scale: false }),
        tf.layers.alphaDropout({ rate: 0.1 }),
        tf.layers.dense({ units: 3, activation: "softmax" }),
      ],
    }),
  functional: () => {
    const x = tf.input({ shape: [5, 5, 2] });
    const conv = (filters: number, kernelSize: number, of: Symbolic, more = {}) =>
      tf.layers.conv2d({ filters, kernelSize, ...more }).apply(of) as Symbolic;
    const second = conv(3, 1, x);
    const first = conv(3, 1, x);
    const both = tf.layers.concatenate().apply([first, second]) as Symbolic;
    const normed = tf.layers.batchNormalization().apply(conv(6, 1, both)) as Symbolic;
    const main = conv(6, 3, tf.layers.reLU().apply(normed) as Symbolic, { padding: "same", useBias: false });
    const added = tf.layers.add().apply([main, conv(6, 1, both)]) as Symbolic;
    const deep = tf.layers.depthwiseConv2d({ kernelSize: 3 }).apply(added) as Symbolic;
    const separable = tf.layers.separableConv2d({ filters: 4, kernelSize: 2 }).apply(deep) as Symbolic;
    const noisy = tf.layers.gaussianNoise({ stddev: 0.1 }).apply(separable) as Symbolic;
    const pooled = tf.layers.globalAveragePooling2d({}).apply(noisy) as Symbolic;
    const layers = [tf.layers.dense({ units: 4, activation: "elu", inputShape: [4] }), dropout({ rate: 0.3 })];
    const inner = tf.sequential({ name: "inner", layers }).apply(pooled) as Symbolic;
    return tf.model({ inputs: x, outputs: tf.layers.dense({ units: 2 }).apply(inner) as Symbolic });
  },
};
const NAMES = Object.keys(MODELS) as Name[];

function predict(name: Name, model: tf.LayersModel): ArrayLike<number> {
  const x = tf.tensor(keras.models[name].x, [2, ...(model.inputs[0].shape.slice(1) as number[])]);
  return (model.predict(x) as tf.Tensor).dataSync();
}

/** A model whose every weight differs, with positive variances. */
function randomModel(name: Name): tf.LayersModel {
  setRandomSeed(11);
  const model = MODELS[name]();
  model.setWeights(
    model.getWeights().map((weight, i) => tf.add(tf.abs(tf.randomNormal(weight.shape, 0, 1, "float32", i + 1)), 0.1)),
  );
  return model;
}

describe("reads files that Keras has written, and predicts the same", () => {
  for (const name of NAMES) {
    it.each([`${name}.weights.h5`, `${name}.h5`])("%s", async (file) => {
      const model = MODELS[name]();
      await loadWeights(model, join(EXPECTED, file));
      expectClose(predict(name, model), keras.models[name].y, 1e-6);
      expect(summary(model)).toMatchObject({
        totalParams: keras.models[name].params,
        trainableParams: keras.models[name].trainable,
      });
    });
  }
});

const python = [".venv/bin/python", ".venv/Scripts/python.exe"]
  .map((path) => join(__dirname, "../../../..", path))
  .find(existsSync);

describe.runIf(python)("Keras reads files that we have written, and predicts the same", () => {
  // One Python process for all files: TensorFlow takes long to load.
  it("sequential and functional, .weights.h5 and .h5", { timeout: 300_000 }, async () => {
    const files = NAMES.flatMap((name) =>
      [".weights.h5", ".h5"].map((end) => ({ name, path: place(name + end), model: randomModel(name) })),
    );
    for (const { model, path } of files) await saveWeights(model, path);
    const script = join(__dirname, "../../../expected/make_models.py");
    const args = [script, "predict", ...files.flatMap(({ name, path }) => [name, path])];
    const answers = execFileSync(python!, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .split("\n");
    expect(answers).toHaveLength(files.length);
    files.forEach(({ name, path, model }, i) => {
      const expected = JSON.parse(answers[i]) as number[];
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
      expectClose(predict(name, model), expected, 1e-6, path);
    });
  });
});

describe("saved and loaded again", () => {
  it.each(
    NAMES.flatMap((name) => [`${name}.weights.h5`, `${name}.h5`, `${name}.hdf5`].map((file) => [name, file] as const)),
  )("%s as %s has the same weights to the bit", async (name, file) => {
    const model = randomModel(name);
    await saveWeights(model, place(file));
    const copy = MODELS[name]();
    await loadWeights(copy, place(file));
    copy.getWeights().forEach((weight, i) => expect(weight.dataSync()).toEqual(model.getWeights()[i].dataSync()));
    expect(readdirSync(folder).filter((entry) => entry.endsWith(".tmp"))).toEqual([]);
  });

  it("recurrent, bidirectional and time-distributed layers keep their weights where Keras does", async () => {
    const make = () =>
      tf.sequential({
        layers: [
          tf.layers.bidirectional({
            layer: tf.layers.lstm({ units: 2, returnSequences: true }) as never,
            mergeMode: "concat",
            inputShape: [3, 2],
          }),
          tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
          tf.layers.simpleRNN({ units: 2 }),
        ],
      });
    const model = make();
    await saveWeights(model, place("rnn.weights.h5"));
    const copy = make();
    await loadWeights(copy, place("rnn.weights.h5"));
    copy.getWeights().forEach((weight, i) => expect(weight.dataSync()).toEqual(model.getWeights()[i].dataSync()));
    const groups = await readHdf5(place("rnn.weights.h5"), (file) => [
      file.list("layers/bidirectional/forward_layer/cell/vars"),
      file.list("layers/time_distributed/layer/vars"),
      file.list("layers/simple_rnn/cell/vars"),
    ]);
    expect(groups).toEqual([
      ["0", "1", "2"],
      ["0", "1"],
      ["0", "1", "2"],
    ]);
  });

  it("a functional model within a model has Keras' name for it", async () => {
    const input = tf.input({ shape: [2] });
    const inner = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(input) as Symbolic });
    const outer = tf.model({ inputs: input, outputs: inner.apply(input) as Symbolic });
    await saveWeights(outer, place("nested.weights.h5"));
    const variables = await readHdf5(place("nested.weights.h5"), (file) =>
      file.list("layers/functional/layers/dense/vars"),
    );
    expect(variables).toEqual(["0", "1"]);
  });

  it("batch normalization of the slides' kind fits a layer of Keras' kind, and the other way round", async () => {
    const make = (kind: "keras" | "slides") =>
      tf.sequential({ layers: [batchNormalization({ kind, inputShape: [2] })] });
    const slides = make("slides");
    slides.apply(tf.tensor2d([[1, 2], [3, 6]]), { training: true }); // prettier-ignore
    await saveWeights(slides, place("slides.weights.h5"));
    const plain = make("keras");
    await loadWeights(plain, place("slides.weights.h5"));
    expectClose(plain.getWeights()[2].dataSync(), [2, 4], 1e-6);
    await saveWeights(plain, place("keras.h5"));
    const again = make("slides");
    await loadWeights(again, place("keras.h5"));
    expect(again.getWeights().map((weight) => weight.dataSync())).toEqual(
      slides.getWeights().map((weight) => weight.dataSync()),
    );
  });

  it("a list of more names than an attribute holds is split, as Keras does", async () => {
    const name = (i: number) => `${"a_long_name_of_a_layer_".repeat(40)}${String(i).padStart(3, "0")}`;
    const make = () =>
      tf.sequential({
        layers: [...Array(80).keys()].map((i) => tf.layers.dense({ units: 1, inputShape: [1], name: name(i) })),
      });
    const model = make();
    await saveWeights(model, place("long.h5"));
    const lists = await readHdf5(place("long.h5"), (file) => [
      file.strings("", "layer_names"),
      file.strings("", "layer_names1"),
    ]);
    expect(lists[0]).toBeUndefined();
    expect(lists[1]?.at(-1)).toBe(name(79));
    const copy = make();
    await loadWeights(copy, place("long.h5"));
    expect(copy.getWeights()[158].dataSync()).toEqual(model.getWeights()[158].dataSync());
  });
});

describe("refuses, and leaves the model as it was", () => {
  const dense = (units = 3, extra: tf.layers.Layer[] = []) =>
    tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [2] }), ...extra] });

  async function refused(model: tf.LayersModel, path: string): Promise<string> {
    const before = model.getWeights().map((weight) => Array.from(weight.dataSync()));
    const error = await loadWeights(model, path).then(() => undefined, (error: Error) => error); // prettier-ignore
    expect(error).toBeInstanceOf(Error);
    expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before);
    return error!.message;
  }

  it.each(["model.weights.h5", "model.h5"])("wrong shapes, missing and superfluous layers (%s)", async (file) => {
    await saveWeights(dense(), place(file));
    expect(await refused(dense(4), place(file))).toMatch(
      /the file has shape \[2,3\], the model's '.*kernel' has \[2,4\]/,
    );
    const more = await refused(dense(3, [tf.layers.dense({ units: 1 })]), place(file));
    expect(more).toMatch(
      /dense_1: the file has 0 weights, the model's layer '.*' has 2|the file has 1 layers with weights/,
    );
    await saveWeights(dense(3, [tf.layers.dense({ units: 1 })]), place(file));
    expect(await refused(dense(), place(file))).toMatch(
      /layers\/dense_1: the file has a layer here|the file has 2 layers with weights/,
    );
    await saveWeights(
      tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2], useBias: false })] }),
      place(file),
    );
    expect(await refused(dense(), place(file))).toMatch(/the file has 1 weights, the model's layer '.*' has 2/);
  });

  it("a truncated file, at any length", async () => {
    const whole = readFileSync(join(EXPECTED, "sequential.weights.h5"));
    for (const share of [0, 0.01, 0.3, 0.9, 0.999]) {
      writeFileSync(place("half.weights.h5"), whole.subarray(0, Math.floor(whole.length * share)));
      expect(await refused(MODELS.sequential(), place("half.weights.h5"))).toMatch(
        /half.weights.h5' cannot be read as an HDF5 file: /,
      );
    }
  });

  it("damaged bytes in the file's structure", async () => {
    const bytes = readFileSync(join(EXPECTED, "sequential.weights.h5"));
    bytes.fill(0xa5, 100, bytes.length);
    writeFileSync(place("damaged.weights.h5"), bytes);
    expect(await refused(MODELS.sequential(), place("damaged.weights.h5"))).toMatch(
      /'.*damaged.weights.h5' (is damaged|cannot be read as an HDF5 file): /,
    );
  });

  it("other files, and none", async () => {
    writeFileSync(place("text.h5"), "not a weights file");
    expect(await refused(dense(), place("text.h5"))).toMatch(
      /text.h5' cannot be read as an HDF5 file: file signature not found\.$/,
    );
    await writeHdf5(place("other.h5"), (file) => file.dataset("data", new Float32Array(3), [3]));
    expect(await refused(dense(), place("other.h5"))).toMatch(/holds no weights of a Keras model/);
    expect(await refused(dense(), place("missing.h5"))).toMatch(/There is no file '.*missing.h5'/);
  });

  it("numbers that are not finite", async () => {
    const model = dense();
    model.setWeights([tf.fill([2, 3], NaN), tf.zeros([3])]);
    await saveWeights(model, place("nan.weights.h5"));
    expect(await refused(dense(), place("nan.weights.h5"))).toMatch(/layers\/dense\/vars\/0: element 0 is NaN/);
  });

  it("wrong arguments", async () => {
    await expect(saveWeights(dense(), place("weights.txt"))).rejects.toThrow(
      /path must end in '.weights.h5', '.h5' or '.hdf5'/,
    );
    await expect(saveWeights(tf.sequential(), place("a.h5"))).rejects.toThrow(/no weights yet/);
    await expect(loadWeights(undefined as never, place("a.h5"))).rejects.toThrow(/expected a tf.LayersModel/);
  });

  it("to leave half a file: one that cannot be written keeps the old one", async () => {
    const path = place("kept.weights.h5");
    copyFileSync(join(EXPECTED, "sequential.weights.h5"), path);
    const model = dense();
    model.layers[0].dispose();
    await expect(saveWeights(model, path)).rejects.toThrow();
    expect(readFileSync(path).equals(readFileSync(join(EXPECTED, "sequential.weights.h5")))).toBe(true);
    await expect(saveWeights(dense(), join(path, "inside.h5"))).rejects.toThrow();
    expect(readdirSync(folder).filter((entry) => entry.endsWith(".tmp"))).toEqual([]);
  });
});
