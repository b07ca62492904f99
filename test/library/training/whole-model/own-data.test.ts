/** docs/data.md from an empty folder: a table and a folder of pictures, each to a trained model that Keras loads too. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, it } from "vitest";
import {
  adam,
  csvDataset,
  type Dataset,
  fit,
  imageFolder,
  loadModel,
  predictFile,
  saveModel,
  setRandomSeed,
  tf,
} from "../../../../src/library/index";
import { expectClose } from "../../models/helpers";

const PYTHON = join(__dirname, "../../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../../expected/keras_predictions.py");
const folder = mkdtempSync(join(tmpdir(), "own data "));
const place = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Keras' predictions for the samples of a data set, as our model gets them. */
function samplesFor(name: string, data: Dataset): string {
  const { features, labels } = data.tensors();
  writeFileSync(place(name), JSON.stringify(features.arraySync()));
  tf.dispose([features, labels]);
  return place(name);
}

function writeHouses(): void {
  const rows = Array.from({ length: 160 }, (_, i) => {
    const [size, rooms, town] = [40 + ((i * 37) % 90), 1 + (i % 5), ["Ulm", "Bonn", "Kiel"][i % 3]];
    const price = 2 * size + 15 * rooms + (town === "Bonn" ? 60 : 0);
    return [i % 11 === 0 ? "" : size, rooms, town, `20${10 + (i % 9)}-06-01`, i % 2 ? "yes" : "no", price].join(",");
  });
  writeFileSync(place("houses.csv"), ["size,rooms,town,built,garden,price", ...rows].join("\n"));
}

async function drawShapes(): Promise<void> {
  for (const [name, dark] of [
    ["dark", true],
    ["light", false],
  ] as const) {
    mkdirSync(place(`shapes/${name}`), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const level = (dark ? 30 : 180) + (i % 7) * 8;
      const background = { r: level, g: level, b: (level + 40) % 256 };
      const picture = sharp({ create: { width: 20 + i, height: 24, channels: 3, background } });
      await (i % 2 ? picture.png() : picture.jpeg()).toFile(place(`shapes/${name}/${i}.${i % 2 ? "png" : "jpg"}`));
    }
  }
}

async function houses() {
  writeHouses();
  const table = await csvDataset(place("houses.csv"), {
    label: "price",
    missing: "mean",
    missingIndicator: true,
    testSplit: 0.1,
    seed: 1,
  });
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 16, activation: "relu", inputShape: [table.featureNames.length] }));
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"] });
  const { history } = await fit(model, table.train.shuffle({ bufferSize: 200, seed: 1 }).batch(16), {
    epochs: 25,
    validationData: table.validation!.batch(32),
    verbose: 0,
  });
  await saveModel(model, place("houses.keras"), { preprocessing: table.preprocessing });
  return { table, error: history.val_mae.at(-1)! };
}

async function shapes() {
  await drawShapes();
  const pictures = await imageFolder(place("shapes"), { size: 12, validationSplit: 0.25, seed: 2 });
  const model = tf.sequential();
  model.add(tf.layers.rescaling({ scale: 1 / 255, inputShape: [12, 12, 3] } as never) as tf.layers.Layer);
  model.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "tanh" }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 2, activation: "softmax" }));
  model.compile({
    optimizer: adam({ learningRate: 0.05 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const { history } = await fit(model, pictures.train.batch(8), {
    epochs: 20,
    validationData: pictures.validation!.batch(8),
    verbose: 0,
  });
  await saveModel(model, place("shapes.keras"), { preprocessing: pictures.preprocessing });
  return { pictures, accuracy: history.val_accuracy.at(-1)! };
}

it.skipIf(!existsSync(PYTHON))(
  "a table and pictures, trained, saved, and the same in Keras",
  { timeout: 240_000 },
  async () => {
    setRandomSeed(42);
    const { table, error } = await houses();
    expect(error).toBeLessThan(25);
    const { pictures, accuracy } = await shapes();
    expect(accuracy).toBe(1);

    const rows = await predictFile(await loadModel(place("houses.keras")), place("houses.csv"));
    const found = await predictFile(await loadModel(place("shapes.keras")), pictures.files);
    const [kerasRows, kerasPictures] = JSON.parse(
      execFileSync(
        PYTHON,
        [
          SCRIPT,
          ...[place("houses.keras"), samplesFor("houses.json", table.test!)],
          ...[place("shapes.keras"), samplesFor("shapes.json", pictures.train)],
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      )
        .trim()
        .split("\n")
        .pop() as string,
    ) as [number[][], number[][]];

    // All rows in the order of the file: those of the test part are among them, ascending.
    const ours = rows.map(({ outputs }) => outputs[0]);
    let at = -1;
    for (const theirs of kerasRows.flat()) {
      at = ours.findIndex((value, i) => i > at && Math.abs(value - theirs) <= 1e-5 * Math.abs(theirs));
      expect(at).toBeGreaterThanOrEqual(0);
    }
    expectClose(
      found.slice(0, pictures.train.size).flatMap(({ outputs }) => outputs),
      kerasPictures.flat(),
      1e-5,
    );
    expect(found.map(({ className, source }) => String(source).includes(className!))).not.toContain(false);
  },
);

/** After keras-team/keras#19326, #10180 and #12619: models within models, the last one at the end. */
it.skipIf(!existsSync(PYTHON))("models within models are the same in Keras", { timeout: 120_000 }, async () => {
  const apply = (layer: unknown, x: unknown) => (layer as tf.layers.Layer).apply(x as never) as tf.SymbolicTensor;
  const within = (units: number, inputs: number) => {
    const x = tf.input({ shape: [inputs] });
    const dense = tf.layers.dense({ units, activation: "tanh" });
    return tf.model({ inputs: x, outputs: apply(tf.layers.batchNormalization(), apply(dense, x)) });
  };
  const chain = tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [3] }), tf.layers.batchNormalization()],
  });
  const x = tf.input({ shape: [3] });
  const middle = tf.model({ inputs: x, outputs: apply(within(3, 3), apply(chain, apply(chain, x))) });
  const z = tf.input({ shape: [3] });
  const model = tf.model({ inputs: z, outputs: apply(within(2, 3), apply(middle, z)) });
  const samples = [
    [0.1, -0.4, 2],
    [1, 0.5, -3],
  ];
  writeFileSync(place("nested.json"), JSON.stringify(samples));
  await saveModel(model, place("nested.keras"));
  const ours = tf.tidy(() => Array.from((model.predict(tf.tensor2d(samples)) as tf.Tensor).dataSync()));
  const again = await loadModel(place("nested.keras"));
  expect(tf.tidy(() => Array.from((again.predict(tf.tensor2d(samples)) as tf.Tensor).dataSync()))).toEqual(ours);
  const output = execFileSync(PYTHON, [SCRIPT, place("nested.keras"), place("nested.json")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [theirs] = JSON.parse(output.trim().split("\n").pop() as string) as [number[][]];
  expectClose(ours, theirs.flat(), 1e-5);
});
