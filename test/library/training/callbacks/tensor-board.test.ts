/** The files of tensorBoard, read by TensorFlow's own reader and held against those of Keras' callback. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { datasetFromArrays, fit, sgd, tensorBoard, tf } from "../../../../src/library/index";
import { crc32c } from "../../../../src/library/training/callbacks/crc32c";
import { histogramBuckets } from "../../../../src/library/training/callbacks/tensor-board-histogram";
import expected from "../../../expected/training/tensor_board.json";
import { FakeFit } from "./fake-fit";

const PYTHON = join(__dirname, "../../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../../expected/read_events.py");

interface Events {
  readonly version: readonly string[];
  readonly starts: readonly number[];
  readonly plugins: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, readonly (readonly [number, string, number | number[][]])[]>>;
}

let folder: string;
/** In the order of the folders below. */
let found: Events[];
const parts = ["kept/train", "kept/validation", "resumed/train"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tensor board "));
  await train(join(folder, "kept"), 0, 3);
  await new FakeFit(0.5).run(tensorBoard({ logDir: join(folder, "resumed") }), [{ loss: 3 }, { loss: 2 }]);
  await new FakeFit(0.5).run(tensorBoard({ logDir: join(folder, "resumed") }), [{ loss: 1 }], undefined, 1);
  const output = execFileSync(PYTHON, [SCRIPT, ...parts.map((part) => join(folder, part))], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  found = JSON.parse(output.trim().split("\n").at(-1) as string) as Events[];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The training of test/expected/make_tensor_board.py. */
async function train(logDir: string, initialEpoch: number, epochs: number): Promise<void> {
  const input = tf.input({ shape: [2] });
  const hidden = tf.layers.dense({ units: 3, activation: "tanh", name: "hidden" }).apply(input) as tf.SymbolicTensor;
  const output = tf.layers.dense({ units: 1, name: "head" }).apply(hidden) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: output });
  model.setWeights([tf.tensor(expected.kernel), tf.zeros([3]), tf.tensor(expected.head), tf.zeros([1])]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  const samples = (x: number[][], y: number[][]) =>
    datasetFromArrays({ features: x.flat(), shape: [2], labels: Float32Array.from(y.flat()), labelShape: [1] }).batch(
      4,
    );
  await fit(model, samples(expected.x, expected.y), {
    initialEpoch,
    epochs,
    validationData: samples(expected.x.slice(0, 4), expected.y.slice(0, 4)),
    callbacks: [tensorBoard({ logDir, histogramFreq: 2 })],
    verbose: 0,
  });
  model.dispose();
}

/** Keras' tags as this library names the metric. */
const named = (tag: string) => tag.replace("epoch_mae", "epoch_meanAbsoluteError");

it.each([
  [0, "train"],
  [1, "validation"],
] as const)("holds what Keras' callback writes (folder %i, %s)", (i, part) => {
  const { version, starts, plugins, values } = found[i];
  expect({ version, starts }).toEqual({ version: ["brain.Event:2"], starts: [0] });
  const theirs = (expected.events as unknown as Record<string, Events>)[part];
  // Values of single evaluations by the optimizer's steps are not written.
  const tags = Object.keys(theirs.values).filter((tag) => !tag.startsWith("evaluation_"));
  expect(Object.keys(values).sort()).toEqual(tags.map(named).sort());
  for (const tag of tags) {
    expect(plugins[named(tag)], tag).toBe(theirs.plugins[tag]);
    const [mine, keras] = [values[named(tag)], theirs.values[tag]];
    expect(mine.map(([step, type]) => [step, type])).toEqual(keras.map(([step, type]) => [step, type]));
    mine.forEach(([, , value], k) => {
      const [a, b] = [[value].flat(2), [keras[k][2]].flat(2)];
      expect(a).toHaveLength(b.length);
      a.forEach((each, j) => expect(Math.abs(each - b[j]), `${tag} ${k} ${j}`).toBeLessThan(1e-6));
    });
  }
});

it("begins a file of its own when training goes on, and tells from which epoch", () => {
  expect(readdirSync(join(folder, "resumed/train"))).toHaveLength(2);
  expect(readdirSync(join(folder, "resumed"))).toEqual(["train"]);
  const { starts, values } = found[2];
  expect(starts).toEqual([0, 1]);
  expect(values.epoch_loss).toEqual([
    [0, "float32", 3],
    [1, "float32", 2],
    [1, "float32", 1],
  ]);
  expect(values.epoch_learning_rate.map(([, , rate]) => rate)).toEqual([0.5, 0.5, 0.5]);
});

it("names weights that have no histogram because values are not finite", async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], name: "lost" })] });
  const weights = [Float32Array.of(NaN), Float32Array.of(1)];
  const fake = Object.assign(new FakeFit(), { model, getWeights: () => Promise.resolve(weights) });
  await fake.run(tensorBoard({ logDir: join(folder, "nan"), histogramFreq: 1 }), [{ loss: NaN }]);
  expect(fake.notified).toEqual(["tensorBoard: no histogram of lost/kernel in epoch 1: values are not finite."]);
  model.dispose();
});

it("counts every value of a tensor once", () => {
  const buckets = histogramBuckets([0, 1, 1, 29.5, 30]) as Float64Array;
  const rows = Array.from({ length: 30 }, (_, i) => Array.from(buckets.subarray(3 * i, 3 * i + 3)));
  expect(rows.filter(([, , count]) => count > 0)).toEqual([
    [0, 1, 1],
    [1, 2, 2],
    [29, 30, 2],
  ]);
  expect(histogramBuckets([2, 2])?.slice(-3)).toEqual(Float64Array.of(2, 2, 2));
});

it("has the checksum of RFC 3720, B.4", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

it("refuses what it cannot write", () => {
  expect(() => tensorBoard({ logDir: "" })).toThrow('tensorBoard: logDir must be the path of a folder, received ""');
  expect(() => tensorBoard({ logDir: "x", histogramFreq: 0.5 })).toThrow("tensorBoard: histogramFreq");
  expect(() => tensorBoard({ logDir: "x", writeGraph: true } as never)).toThrow("tensorBoard: unknown option");
});
