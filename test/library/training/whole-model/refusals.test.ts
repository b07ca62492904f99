import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  batchNormalization,
  BatchNormalization,
  datasetFromArrays,
  dropout,
  fit,
  loadModel,
  modelCheckpoint,
  predict,
  preprocessingOf,
  saveModel,
  tf,
} from "../../../../src/library/index";

interface Zip {
  addFile(name: string, content: Buffer): void;
  deleteFile(name: string): void;
  getEntry(name: string): { getData(): Buffer };
  toBuffer(): Buffer;
}
const zipOf = async (path?: string): Promise<Zip> =>
  new ((await import("adm-zip" as string)) as { default: new (path?: string) => Zip }).default(path);

const folder = mkdtempSync(join(tmpdir(), "whole models "));
const place = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const features = Array.from({ length: 12 }, (_, i) => [i / 12, 1 - i / 6, (i % 3) - 1]);
const data = datasetFromArrays({ features, labels: features.map(([a]) => Number(a > 0.5)) }).batch(4);

const small = (): tf.Sequential => {
  const layers = [
    tf.layers.dense({ units: 4, activation: "tanh", inputShape: [3] }),
    batchNormalization({ kind: "slides", alpha: 0.2 }),
    dropout({ rate: 0.3 }),
    tf.layers.dense({ units: 1, activation: "sigmoid" }),
  ];
  const model = tf.sequential({ layers });
  model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
};
const values = async (model: tf.LayersModel) => Array.from((await predict(model, data)).dataSync());

let good: string;
beforeAll(async () => {
  const model = small();
  await fit(model, data, { epochs: 2, verbose: 0 });
  good = place("deep/er/good.keras");
  await saveModel(model, good, { preprocessing: { kind: "table", classNames: ["low", "high"] } });
});

/** A copy of the good file with one entry changed. */
async function changed(name: string, entry: string, change: (text: string) => string | Buffer): Promise<string> {
  const zip = await zipOf(good);
  const content = change(zip.getEntry(entry).getData().toString());
  zip.deleteFile(entry);
  zip.addFile(entry, Buffer.from(content));
  writeFileSync(place(name), zip.toBuffer());
  return place(name);
}

describe("a model that comes back", () => {
  it("goes on to the bit: optimizer, masks of dropout, the slides' batch normalization, preprocessing", async () => {
    const [model, again] = [await loadModel(good), await loadModel(good)];
    expect(preprocessingOf(again)).toEqual({ kind: "table", classNames: ["low", "high"] });
    expect((again.layers[1] as BatchNormalization).kind).toBe("slides");
    const second = place("second.keras");
    await saveModel(again, second);
    const third = await loadModel(second);
    expect(preprocessingOf(third)).toEqual({ kind: "table", classNames: ["low", "high"] });
    const history = [];
    for (const each of [model, third]) history.push((await fit(each, data, { epochs: 2, verbose: 0 })).history);
    expect(history[0].loss.length).toBe(2);
    expect(history[1]).toEqual(history[0]);
    expect(await values(third)).toEqual(await values(model));
    expect(model.optimizer.iterations).toBe(12);
  });

  it("is written by modelCheckpoint, the best one", async () => {
    const model = small();
    const path = place("checkpoint-{epoch}.keras");
    await fit(model, data, { epochs: 2, verbose: 0, callbacks: [modelCheckpoint({ filepath: path })] });
    expect(await values(await loadModel(place("checkpoint-2.keras")))).toEqual(await values(model));
    expect(existsSync(place("checkpoint-1.keras"))).toBe(true);
  });

  it("has its own layers when their class is registered, and names them when it is not", async () => {
    class Doubled extends tf.layers.Layer {
      static className = "Doubled";
      private readonly by: number;
      constructor(config: { howMuch?: number } = {}) {
        super(config as never);
        this.by = config.howMuch ?? 2;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([inputs].flat()[0], this.by);
      }
      override getConfig() {
        return { ...super.getConfig(), howMuch: this.by };
      }
    }
    const layers = [tf.layers.dense({ units: 2, inputShape: [3] }), new Doubled({ howMuch: 3 })];
    const model = tf.sequential({ layers });
    await saveModel(model, place("own.keras"));
    await expect(loadModel(place("own.keras"))).rejects.toThrow(/of a class of its own, .*Doubled.*registerClass/);
    tf.serialization.registerClass(Doubled);
    expect(await values(await loadModel(place("own.keras")))).toEqual(await values(model));
  });
});

describe("what cannot be saved", () => {
  it.each([
    [
      "an activation of TensorFlow.js alone",
      () => tf.layers.dense({ units: 1, inputShape: [3], activation: "gelu_new" as "relu" }),
      /gelu_new/,
    ],
    [
      "a layer that Keras lacks",
      () => tf.layers.randomWidth({ factor: 0.1, inputShape: [8, 8, 1], name: "wide" } as never),
      /Keras 3 has no RandomWidth/,
    ],
  ])("%s is refused by name", async (_, layer, message) => {
    const x = tf.input({ shape: layer().batchInputShape!.slice(1) });
    const model = tf.model({ inputs: x, outputs: layer().apply(x) as tf.SymbolicTensor });
    await expect(saveModel(model, place("never.keras"))).rejects.toThrow(message);
    expect(existsSync(place("never.keras"))).toBe(false);
  });

  it("a name with a slash, which Keras refuses", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3], name: "a/b" })] });
    await expect(saveModel(model, place("never.keras"))).rejects.toThrow(/'a\/b' has a "\/" in its name/);
  });

  it("a state beside a mask, which Keras would forget", async () => {
    const [words, state] = [tf.input({ shape: [4] }), tf.input({ shape: [2] })];
    const embedded = tf.layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }).apply(words);
    const y = tf.layers.gru({ units: 2 }).apply([embedded as tf.SymbolicTensor, state]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [words, state], outputs: y });
    await expect(saveModel(model, place("never.keras"))).rejects.toThrow("Keras forgets the mask");
  });

  it("another ending, a model without weights, preprocessing that is no plain data", async () => {
    await expect(saveModel(small(), place("model.h5"))).rejects.toThrow("path must end in '.keras'");
    await expect(saveModel(tf.sequential(), place("a.keras"))).rejects.toThrow("no weights yet");
    const bad = { kind: "x", values: new Map() };
    await expect(saveModel(small(), place("a.keras"), { preprocessing: bad })).rejects.toThrow("plain data");
  });
});

describe("what is refused", () => {
  it("files that are missing, cut off, no archive, or a folder", async () => {
    await expect(loadModel(place("none.keras"))).rejects.toThrow("There is no file");
    writeFileSync(place("cut.keras"), readFileSync(good).subarray(0, 2000));
    await expect(loadModel(place("cut.keras"))).rejects.toThrow(/cut.keras' cannot be read as a .keras file/);
    writeFileSync(place("text.keras"), "hello");
    await expect(loadModel(place("text.keras"))).rejects.toThrow("cannot be read as a .keras file");
    await expect(loadModel(folder + "/deep.keras")).rejects.toThrow("There is no file");
  });

  it("a flipped byte in the weights", async () => {
    const bytes = readFileSync(good);
    const at = bytes.indexOf("model.weights.h5") + 3000;
    bytes[at] ^= 0xff;
    writeFileSync(place("flipped.keras"), bytes);
    await expect(loadModel(place("flipped.keras"))).rejects.toThrow(/flipped.keras/);
  });

  it("weights of other shapes, and none", async () => {
    const wide = await changed("wide.keras", "config.json", (text) => text.replace('"units":4', '"units":5'));
    await expect(loadModel(wide)).rejects.toThrow(/wide.keras.*does not fit/);
    const zip = await zipOf(good);
    zip.deleteFile("model.weights.h5");
    writeFileSync(place("bare.keras"), zip.toBuffer());
    await expect(loadModel(place("bare.keras"))).rejects.toThrow("holds no model.weights.h5");
  });

  it("a configuration that is no JSON, or describes no model", async () => {
    await expect(loadModel(await changed("a.keras", "config.json", () => "{"))).rejects.toThrow("no JSON");
    await expect(loadModel(await changed("b.keras", "config.json", () => "{}"))).rejects.toThrow("class_name");
    const subclass = () =>
      JSON.stringify({ module: null, class_name: "MyModel", config: {}, registered_name: "MyModel" });
    await expect(loadModel(await changed("c.keras", "config.json", subclass))).rejects.toThrow(
      /a MyModel.*loadKerasWeights/,
    );
  });

  it("Python code, operations and unknown layers, each by name", async () => {
    const lambda = (text: string) =>
      text.replace('"activation":"tanh"', '"activation":{"class_name":"__lambda__","config":{"value":"gASV"}}');
    await expect(loadModel(await changed("l.keras", "config.json", lambda))).rejects.toThrow("Python code");
    const unknown = (text: string) => text.replace('"class_name":"Dropout"', '"class_name":"Lambda"');
    await expect(loadModel(await changed("m.keras", "config.json", unknown))).rejects.toThrow(
      "Keras' Lambda, which does not exist here",
    );
    const half = (text: string) => text.replace('"dtype":"float32"}', '"dtype":"mixed_float16"}');
    await expect(loadModel(await changed("n.keras", "config.json", half))).rejects.toThrow(/mixed_float16/);
  });

  it("an archive that would fill the memory", async () => {
    const bomb = await changed("bomb.keras", "config.json", () => Buffer.alloc(80 * 2 ** 20, 32));
    await expect(loadModel(bomb)).rejects.toThrow(/would grow from/);
  });

  it("a configuration that asks for more than the file brings, or that no model has", async () => {
    // 4e12 bytes of weights, in a file of some kilobytes.
    const units = (text: string) => text.replace('"units":4', '"units":1000000000000');
    const started = process.memoryUsage().rss;
    await expect(loadModel(await changed("units.keras", "config.json", units))).rejects.toThrow(
      /asks for a layer '.*' with weights of shape \[3, 1000000000000\], and its weights take \d+ bytes in all/,
    );
    const deep = () => `{"class_name":"Sequential","config":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    await expect(loadModel(await changed("deep.keras", "config.json", deep))).rejects.toThrow(
      /nested more than 200 deep/,
    );
    const long = () => `{"class_name":"Sequential","config":"${"x".repeat(33 * 2 ** 20)}"}`;
    await expect(loadModel(await changed("long.keras", "config.json", long))).rejects.toThrow(
      /config.json has \d+ bytes; no model's has/,
    );
    expect(process.memoryUsage().rss - started).toBeLessThan(2 ** 30);
    // The layers' class is as it was.
    const model = await loadModel(good);
    model.dispose();
  });

  it("another optimizer's state", async () => {
    const other = (text: string) => {
      const config = JSON.parse(text) as { compile_config: { optimizer: unknown } };
      config.compile_config.optimizer = { class_name: "Adagrad", config: { name: "adagrad", learning_rate: 0.1 } };
      return JSON.stringify(config);
    };
    const path = await changed("o.keras", "config.json", other);
    await expect(loadModel(path)).rejects.toThrow(/variables of the optimizer.*compile: false/);
    expect((await loadModel(path, { compile: false })).optimizer).toBeUndefined();
  });
});
