/** Pictures that are decoded while a model trains: the same as those in memory, in the orders of a shuffle, kept on disk. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fit,
  imageFolder,
  imageFolderStream,
  setRandomSeed,
  type StreamDataset,
  tf,
} from "../../../../src/library/index";

const folder = mkdtempSync(join(tmpdir(), "streamed pictures "));
const pets = join(folder, "pets");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  for (const [label, name] of ["cats", "dogs"].entries()) {
    mkdirSync(join(pets, name), { recursive: true });
    for (let i = 0; i < 15; i++) {
      const pixels = Uint8Array.from(
        { length: (9 + i) * 20 * 3 },
        (_, k) => (label ? 140 : 20) + ((k * 7919 + i * 104729) % 61),
      );
      await sharp(pixels, { raw: { height: 9 + i, width: 20, channels: 3 } })
        .png()
        .toFile(join(pets, name, `${i}.png`));
    }
  }
});

async function read(data: StreamDataset, pass = 0) {
  const [pixels, labels] = [[] as string[], [] as number[]];
  for await (const batch of data.batch(4).batches(pass)) {
    const length = batch.features.size / batch.features.shape[0];
    const values = batch.features.dataSync();
    for (let i = 0; i < values.length; i += length) pixels.push(values.slice(i, i + length).join());
    labels.push(...batch.labels.dataSync());
    tf.dispose({ ...batch });
  }
  return { pixels, labels };
}

describe("imageFolderStream", () => {
  const options = { size: [8, 10], validationSplit: 0.2, seed: 4 } as const;

  it("gives the pictures, labels and parts of imageFolder", async () => {
    const stored = await imageFolder(pets, options);
    const stream = imageFolderStream(pets, options);
    expect(stream.files).toEqual(stored.files);
    expect(stream.classNames).toEqual(stored.classNames);
    expect(stream.preprocessing).toEqual(stored.preprocessing);
    expect([stream.train.size, stream.validation!.size]).toEqual([24, 6]);
    const rows = (data: typeof stored.train) =>
      Array.from({ length: data.size }, (_, i) => data.features.values.slice(i * 240, (i + 1) * 240).join());
    const validation = await read(stream.validation!);
    expect(validation.pixels).toEqual(rows(stored.validation!));
    expect(validation.labels).toEqual([...stored.validation!.labels]);
    // Each pass has all pictures, in the order that a shuffle of the stored ones gives.
    for (const pass of [0, 1]) {
      const order = stored.train.shuffle({ bufferSize: 24, seed: 4 }).order(pass);
      const found = await read(stream.train, pass);
      expect(found.pixels).toEqual(Array.from(order, (place) => rows(stored.train)[place]));
      expect(found.labels).toEqual(Array.from(order, (place) => stored.train.labels[place]));
    }
    const fixed = imageFolderStream(pets, { size: 8, shuffle: false });
    expect((await read(fixed.train, 3)).labels).toEqual([...Array(15).fill(0), ...Array(15).fill(1)]);
  });

  it("trains a model to the weights that the stored pictures give", async () => {
    const trained = async (data: Parameters<typeof fit>[1]) => {
      setRandomSeed(1);
      const model = tf.sequential();
      model.add(tf.layers.flatten({ inputShape: [8, 10, 3] }));
      model.add(tf.layers.dense({ units: 2, activation: "softmax" }));
      model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
      await fit(model, data, { epochs: 3, verbose: 0 });
      return model.getWeights().map((weight) => [...weight.dataSync()]);
    };
    const stored = (await imageFolder(pets, options)).train.shuffle({ bufferSize: 24, seed: 4 });
    const stream = imageFolderStream(pets, options).train;
    expect(await trained(stream.rescale(1 / 255).batch(4))).toEqual(await trained(stored.rescale(1 / 255).batch(4)));
  });

  it("keeps sized pictures in a folder: later runs do not decode", async () => {
    const copy = join(folder, "copied pets");
    for (const name of ["cats", "dogs"]) {
      mkdirSync(join(copy, name), { recursive: true });
      for (let i = 0; i < 3; i++) await sharp(join(pets, name, `${i}.png`)).toFile(join(copy, name, `${i}.png`));
    }
    const victim = join(copy, "cats", "1.png");
    const time = new Date("2024-05-17T12:00:00Z");
    utimesSync(victim, time, time);
    const cache = join(folder, "cache");
    const open = () => imageFolderStream(copy, { size: 8, shuffle: false, cache }).train;
    const first = await read(open());
    expect(
      readdirSync(cache)
        .map((name) => name.split(".")[1])
        .sort(),
    ).toEqual(["bytes", "there"]);
    // A file that could not be decoded now, but has not changed as far as one can see.
    writeFileSync(victim, Buffer.alloc(statSync(victim).size));
    utimesSync(victim, time, time);
    expect(await read(open())).toEqual(first);
    // One that has changed is looked at again.
    utimesSync(victim, time, new Date(time.getTime() + 5000));
    await expect(read(open())).rejects.toThrow(/copied pets: sample 1 of pass 0: '.*1.png' cannot be decoded/);
    await expect(read(imageFolderStream(copy, { size: 8, shuffle: false }).train)).rejects.toThrow(
      /1.png' cannot be decoded/,
    );
  });

  it("a pass that is not read to its end leaves nothing open, and the next one is whole", async () => {
    const cache = join(folder, "half");
    const { train } = imageFolderStream(pets, { size: 8, seed: 1, cache });
    for await (const batch of train.batch(4).batches(0)) {
      tf.dispose({ ...batch });
      break;
    }
    expect((await read(train, 1)).pixels).toHaveLength(30);
  });

  it("refuses at once what imageFolder refuses", () => {
    expect(() => imageFolderStream(join(folder, "none"))).toThrow(/imageFolderStream: there is no folder/);
    expect(() => imageFolderStream(pets, { size: 0 })).toThrow(/imageFolderStream: size/);
    expect(() => imageFolderStream(pets, { cache: 3 as never })).toThrow(/cache must be the path of a folder/);
    expect(() => imageFolderStream(pets, { badFiles: "skip" } as never)).toThrow(/badFiles/);
  });
});
