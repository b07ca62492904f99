/**
 * What users of Keras, TensorFlow and PyTorch reported about data of their own and about saved models, in inputs of our own:
 * here it works, or is refused with the reason.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import {
  adam,
  batchNormalization,
  csvDataset,
  datasetFromArrays,
  datasetFromGenerator,
  evaluate,
  exportModel,
  fit,
  imageFolder,
  imageFolderStream,
  loadModel,
  predict,
  saveModel,
  sgd,
  tf,
} from "../../../src/library/index";

const folder = mkdtempSync(join(tmpdir(), "public reports "));
afterAll(() => rmSync(folder, { recursive: true }));

function csv(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const quiet = { verbose: 0 } as const;

describe("tables", () => {
  it("tensorflow#25825: a gap may be written as NA, with a space before it", async () => {
    const file = csv("gaps.csv", "date, value, y\n2019-01-01,1017.1,1\n2019-01-02, NA,0\n2019-01-03,1019.1,1\n");
    await expect(csvDataset(file, { label: "y" })).rejects.toThrow(
      'these columns have gaps: value (1). Pass missing: "drop"',
    );
    const { train, featureNames } = await csvDataset(file, {
      ...{ label: "y", missing: "mean", missingIndicator: true, scale: false, validationSplit: 0 },
    });
    expect(featureNames).toContain("value");
    const at = featureNames.indexOf("value");
    const rows = (await train.tensors().features.array()) as number[][];
    expect(rows.map((row) => row[at])).toEqual([1017.1, 1018.1, 1019.1].map(Math.fround));
  });

  it("tensorflow#3851: a field in quotes holds a line break, commas and quotes", async () => {
    const file = csv("breaks.csv", 'word,y\n"two\nlines, ""quoted""",1\nplain,0\n"two\nlines, ""quoted""",1\n');
    const { train, vocabularies } = await csvDataset(file, { label: "y", validationSplit: 0 });
    expect(vocabularies.word).toEqual(['two\nlines, "quoted"', "plain"].sort());
    expect(train.size).toBe(3);
  });

  it("tensorflow#43074: names with #, %, parentheses and colons, numbers like 3.38e-005", async () => {
    const file = csv(
      "names.csv",
      "subject#,Jitter(%),Jitter(Abs),Jitter:RAP,y\n1,0.00662,3.38e-005,4,28.1\n2,0.003,1.68e-005,5,28.4\n",
    );
    const { featureNames, train } = await csvDataset(file, { label: "y", scale: false, validationSplit: 0 });
    expect(featureNames).toEqual(["subject#", "Jitter(%)", "Jitter(Abs)", "Jitter:RAP"]);
    const [first] = (await train.tensors().features.array()) as number[][];
    expect(first[2]).toBeCloseTo(3.38e-5, 9);
  });

  it("pytorch/text#612: a quote that is never closed swallows no rows in silence", async () => {
    const file = csv("quote.tsv", 'text\ty\nFirst\t0\n"Second\t1\nThird\t0\nFourth\t1\n');
    await expect(csvDataset(file, { label: "y", delimiter: "\t", validationSplit: 0 })).rejects.toThrow(/line|quote/i);
  });
});

describe("streams", () => {
  /** Gives 0, 1, 2 …; notes what was asked for in each pass. */
  function counted(size: number | undefined, rows: number) {
    const seen: number[][] = [];
    const data = datasetFromGenerator({
      *generator() {
        const own: number[] = [];
        seen.push(own);
        for (let i = 0; i < rows; i++) {
          own.push(i);
          yield [[i], i] as [number[], number];
        }
      },
      ...{ shape: [1], size },
    });
    return { data, seen };
  }

  function line() {
    setRandomSeed(1);
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: sgd({ learningRate: 1e-4 }), loss: "meanSquaredError" });
    return model;
  }

  it("tensorflow#25254, keras#10944: each validation sees the same first steps, from the beginning", async () => {
    const model = line();
    const { data } = counted(undefined, 40);
    const history = await fit(model, counted(16, 16).data.batch(4), {
      ...{ ...quiet, epochs: 3, validationData: data.batch(4), validationSteps: 2 },
    });
    expect(history.history.val_loss).toHaveLength(3);
    const { loss } = (await evaluate(model, data.take(8).batch(4), quiet)) as Record<string, number>;
    expect(history.history.val_loss[2]).toBeCloseTo(loss, 4);
  });

  it("keras-io#285: a source that ends within an epoch is gone through again, to the last step", async () => {
    const { data, seen } = counted(undefined, 10);
    const history = await fit(line(), data.batch(2), { ...quiet, epochs: 2, stepsPerEpoch: 7 });
    expect(history.history.loss).toHaveLength(2);
    // 14 steps of 2 samples are 28 samples: three passes.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen[0]).toHaveLength(10);
    expect(seen[1]).toHaveLength(10);
  });
});

describe("pictures", () => {
  async function colours(name: string): Promise<string> {
    const root = join(folder, name);
    for (const [shape, value] of [
      ["circle", 10],
      ["rectangle", 100],
      ["triangle", 200],
    ] as const) {
      mkdirSync(join(root, shape), { recursive: true });
      for (let i = 0; i < 12; i++) {
        const create = { width: 4, height: 4, channels: 3, background: { r: value, g: i, b: 0 } } as const;
        await sharp({ create })
          .png()
          .toFile(join(root, shape, `${shape}_${i}.png`));
      }
    }
    return root;
  }

  it("keras-preprocessing#157: files, labels and pixels stay together, shuffled and split", async () => {
    const root = await colours("together");
    const { train, validation, files, classNames } = await imageFolder(root, {
      size: 4,
      seed: 3,
      validationSplit: 0.25,
    });
    const stream = imageFolderStream(root, { size: 4, seed: 3, validationSplit: 0.25 });
    expect(stream.files).toEqual(files);
    let row = 0;
    for (const part of [train, validation!]) {
      const { features, labels } = part.tensors();
      const pixels = features.dataSync();
      labels.dataSync().forEach((label, i) => {
        const [, name, number] = /(\w+)_(\d+)\.png$/.exec(files[row++])!;
        expect(classNames[label]).toBe(name);
        expect([...pixels.slice(48 * i, 48 * i + 2)]).toEqual([[10, 100, 200][label], Number(number)]);
      });
    }
    expect(row).toBe(36);
  });

  it("tensorflow#44770, tf-keras#69: labels beside the folders are refused, not ignored", () => {
    const labels = { labels: [0, 1, 2] } as object;
    expect(() => imageFolderStream(folder, labels)).toThrow(
      "imageFolderStream: unknown option 'labels'; the options are",
    );
  });
});

describe("saved models", () => {
  const x = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  const data = datasetFromArrays({ features: x, labels: x.map(([a, b]) => [a * b]) }).batch(8);

  function network(): tf.LayersModel {
    setRandomSeed(7);
    const input = tf.input({ shape: [2] });
    const first = batchNormalization().apply(input) as tf.SymbolicTensor;
    const hidden = tf.layers.dense({ units: 5, activation: "tanh" }).apply(first) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.dense({ units: 1 }).apply(hidden) as tf.SymbolicTensor,
    });
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
    return model;
  }

  it("tf-keras#70, keras#13027: the optimizer goes on where it was, its count of steps too", async () => {
    const [whole, half] = [network(), network()];
    const weights = (model: tf.LayersModel) => model.getWeights().map((one) => [...one.dataSync()]);
    await fit(whole, data, quiet);
    await fit(half, data, quiet);
    const path = join(folder, "half.keras");
    await saveModel(half, path);
    const loaded = await loadModel(path);
    await fit(whole, data, quiet);
    await fit(loaded, data, quiet);
    expect(weights(loaded)).toEqual(weights(whole));
  });

  it("keras-onnx#622, onnxmltools#323: batch normalization comes first, with statistics that are not 0 and 1", async () => {
    const model = network();
    await fit(model, data, { ...quiet, epochs: 3 });
    const path = join(folder, "norm.onnx");
    await exportModel(model, path);
    const code = [
      "import json, sys, numpy, onnxruntime",
      "session = onnxruntime.InferenceSession(sys.argv[1])",
      "x = numpy.array(json.loads(sys.argv[2]), numpy.float32)",
      "print(json.dumps(session.run(None, {session.get_inputs()[0].name: x})[0].ravel().tolist()))",
    ];
    const python = join(__dirname, "../../../.venv/bin/python");
    const theirs = JSON.parse(
      execFileSync(python, ["-c", code.join("\n"), path, JSON.stringify(x)], { encoding: "utf8" }),
    ) as number[];
    const ours = (await predict(model, tf.tensor2d(x))).dataSync();
    theirs.forEach((value, i) => expect(Math.abs(value - ours[i])).toBeLessThan(1e-5));
    expect(theirs).toHaveLength(24);
  });
});
