import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  type Dataset,
  fit,
  imageFolder,
  loadModel,
  predictFile,
  saveModel,
  tf,
} from "../../../../src/library/index";

const PYTHON = join(__dirname, "../../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../../expected/keras_pictures.py");
const folder = mkdtempSync(join(tmpdir(), "pictures "));
const pets = join(folder, "pets");
afterAll(() => rmSync(folder, { recursive: true }));

/** Stripes, across for one class and along for the other, with noise that is the same in each run. */
function drawn(height: number, width: number, along: boolean, seed: number, channels: 1 | 3 | 4 = 3): sharp.Sharp {
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const stripe = ((along ? x : y) >> 1) % 2 === 0 ? 190 : 40;
    return stripe + ((i * 7919 + seed * 104729) % 61);
  });
  return sharp(pixels, { raw: { height, width, channels } });
}

beforeAll(async () => {
  for (const [name, along] of [
    ["cats", true],
    ["dogs", false],
  ] as const) {
    mkdirSync(join(pets, name, "more"), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const file = join(pets, name, ...(i % 5 === 4 ? ["more"] : []), `${i}.png`);
      await drawn(12 + i, 30 - i, along, i)
        .png()
        .toFile(file);
    }
  }
  writeFileSync(join(pets, "cats", "notes.txt"), "no picture");
  mkdirSync(join(pets, ".hidden"));
});

interface Expected {
  readonly classNames: string[];
  readonly training: Record<"files", string[]> & { labels: number[]; pixels: number[][] };
  readonly validation: Expected["training"];
}

function pixels(data: Dataset): number[][] {
  const length = data.features.shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: data.size }, (_, i) =>
    Array.from(data.features.values.slice(i * length, (i + 1) * length)),
  );
}

describe.skipIf(!existsSync(PYTHON))("beside Keras", () => {
  it.each([
    ["stretched", false],
    ["cut", true],
  ])("the same order, split, labels and pixels, %s", { timeout: 240_000 }, async (_, cropToAspectRatio) => {
    const args = [SCRIPT, pets, "16", "0.3", "1337", ...(cropToAspectRatio ? ["crop"] : [])];
    const output = execFileSync(PYTHON, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 28,
    });
    const expected = JSON.parse(output.trim().split("\n").pop() as string) as Expected;
    const found = await imageFolder(pets, { size: 16, validationSplit: 0.3, seed: 1337, cropToAspectRatio });
    expect(found.classNames).toEqual(expected.classNames);
    expect(found.files).toEqual([...expected.training.files, ...expected.validation.files]);
    for (const [part, data] of [
      ["training", found.train],
      ["validation", found.validation!],
    ] as const) {
      expect(Array.from(data.labels)).toEqual(expected[part].labels);
      const theirs = expected[part].pixels;
      const far = pixels(data).flatMap((row, i) => row.filter((value, k) => Math.abs(value - theirs[i][k]) > 0.501));
      expect(far).toEqual([]);
    }
  });
});

describe("pictures of all kinds", () => {
  const kinds = join(folder, "kinds");
  const file = (name: string) => join(kinds, "all", name);
  beforeAll(async () => {
    mkdirSync(join(kinds, "all"), { recursive: true });
    mkdirSync(join(kinds, "empty"));
    const picture = () => drawn(16, 16, true, 1);
    await picture().jpeg({ quality: 100 }).toFile(file("a.jpg"));
    await picture().webp({ lossless: true }).toFile(file("b.webp"));
    await drawn(16, 16, true, 1, 1).toColourspace("b-w").png().toFile(file("c-gray.png"));
    await drawn(16, 16, true, 1, 4).png().toFile(file("d-alpha.png"));
    await picture().toColourspace("rgb16").png().toFile(file("e-16bit.png"));
    await picture().gif().toFile(file("f.gif"));
    await picture().rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(file("g-turned.jpg"));
  });

  it("JPEG, WebP, gray, alpha, 16 bit, GIF, and turned by the camera come out as the same stripes", async () => {
    const { train, files } = await imageFolder(kinds, { size: 16, shuffle: false });
    expect(files.length).toBe(7);
    for (const [i, row] of pixels(train).entries()) {
      const mean = (from: number) => {
        const column = row.filter((_, k) => Math.floor(k / 3) % 16 === from);
        return column.reduce((a, b) => a + b) / column.length;
      };
      expect([files[i], mean(0) > 160, mean(2) < 130]).toEqual([files[i], true, true]);
    }
  });

  it("as gray values and with alpha", async () => {
    expect((await imageFolder(kinds, { size: [8, 4], colorMode: "grayscale" })).train.features.shape).toEqual([
      8, 4, 1,
    ]);
    const { train } = await imageFolder(kinds, { size: 4, colorMode: "rgba", shuffle: false });
    expect(pixels(train)[0].filter((_, i) => i % 4 === 3)).toEqual(Array(16).fill(255));
  });
});

describe("what is wrong", () => {
  const broken = join(folder, "broken");
  beforeAll(async () => {
    for (const name of ["a", "b"]) mkdirSync(join(broken, name), { recursive: true });
    for (let i = 0; i < 4; i++)
      await drawn(8, 8, true, i)
        .png()
        .toFile(join(broken, i % 2 ? "a" : "b", `${i}.png`));
    const whole = await drawn(64, 64, true, 1).jpeg().toBuffer();
    writeFileSync(join(broken, "a", "cut.jpg"), whole.subarray(0, whole.length / 2));
    writeFileSync(join(broken, "b", "text.png"), "hello");
    writeFileSync(join(broken, "b", "empty.jpg"), "");
  });

  it("is named file by file, or passed over and told", async () => {
    const error = await imageFolder(broken, { size: 8 }).catch((reason: Error) => reason);
    expect((error as Error).message).toMatch(/3 of 7 files cannot be decoded/);
    for (const name of ["cut.jpg", "text.png", "empty.jpg"]) expect((error as Error).message).toContain(name);
    const { train, validation, skipped } = await imageFolder(broken, {
      size: 8,
      badFiles: "skip",
      validationSplit: 0.3,
    });
    expect(skipped.map(({ path }) => path.split(/[\\/]/).pop()).sort()).toEqual(["cut.jpg", "empty.jpg", "text.png"]);
    expect(train.size + (validation?.size ?? 0)).toBe(4);
  });

  it.each([
    ["no folder", () => imageFolder(join(folder, "none")), "there is no folder"],
    ["a file", () => imageFolder(join(pets, "cats", "0.png")), "is a file"],
    ["no folders within", () => imageFolder(join(pets, "cats", "more")), "no folders in it"],
    [
      "no pictures",
      () =>
        imageFolder(folder, { classNames: ["kinds"] }).then(() =>
          imageFolder(join(folder, "kinds"), { classNames: ["empty"] }),
        ),
      "holds no pictures",
    ],
    ["an unknown class", () => imageFolder(pets, { classNames: ["cats", "birds"] }), "no folder 'birds'; it has"],
    ["a size that is none", () => imageFolder(pets, { size: [1] as never }), "[height, width]"],
    ["more than the memory", () => imageFolder(pets, { size: 60_000 }), /would take .* GB/],
  ])("%s is refused", async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

it("trains a model that knows its pictures, also after it was saved", { timeout: 120_000 }, async () => {
  const { train, preprocessing } = await imageFolder(pets, { size: 12, seed: 3 });
  const model = tf.sequential({
    layers: [
      tf.layers.rescaling({ scale: 1 / 255, inputShape: [12, 12, 3] } as never) as tf.layers.Layer,
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  await fit(model, train.batch(8), { epochs: 15, verbose: 0 });
  const path = join(folder, "pets.keras");
  await saveModel(model, path, { preprocessing });
  const loaded = await loadModel(path);
  const found = await predictFile(loaded, [join(pets, "dogs", "1.png"), join(pets, "cats", "2.png")]);
  expect(found.map(({ className }) => className)).toEqual(["dogs", "cats"]);
  expect(found[0].probability).toBe(Math.max(...found[0].outputs));
  await expect(predictFile(loaded, join(pets, "cats", "notes.txt"))).rejects.toThrow(/notes.txt' cannot be decoded/);
  await expect(predictFile(loaded, [{ a: 1 }])).rejects.toThrow("expected paths of files");
});
