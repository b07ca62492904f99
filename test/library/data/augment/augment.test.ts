import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  cutout,
  mixup,
  preprocessInput,
  randomCrop,
  randomFlip,
  resize,
  standardizeImages,
  type Transform,
} from "../../../../src/library/data/augment";
import { applyTransforms, transformedShape } from "../../../../src/library/data/augment/transform";
import { betaQuantiles } from "../../../../src/library/data/augment/mixup";
import { recordStep } from "../../../../src/library/engine/compile";
import { tf } from "../../../../src/library/engine/tf";
import { expectClose } from "../../models/helpers";

interface Expected {
  shape: [number, number, number, number];
  images: number[];
  resize: { size: [number, number]; values: number[] }[];
  mobilenet_v2: number[];
  resnet50: number[];
}
const keras = JSON.parse(readFileSync(join(__dirname, "../../../expected/data/augment.json"), "utf8")) as Expected;
const kerasImages = () => tf.tensor4d(keras.images, keras.shape);

const SAMPLES = 64;
/** Pixel (y, x, c) of sample n is 1000 n + 100 y + 10 x + c + 1: all differ, none is 0. */
const numbered = tf.tensor4d(
  Array.from({ length: SAMPLES }, (_, n) =>
    Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 5 }, (_, x) => [0, 1].map((c) => 1000 * n + 100 * y + 10 * x + c + 1)),
    ),
  ),
);
const labels = tf.tensor1d(Array.from({ length: SAMPLES }, (_, n) => n % 10));

type Sample = number[][][];
function run(transform: Transform, seed = 1, step = 0): { images: Sample[]; labels: tf.Tensor } {
  const result = applyTransforms([transform], { features: numbered, labels }, seed, step);
  expect(result.features.shape.slice(1)).toEqual(transformedShape([transform], [6, 5, 2]));
  return { images: result.features.arraySync(), labels: result.labels };
}
const originals = numbered.arraySync();

describe("transforms that draw nothing", () => {
  it.each(keras.resize)("resize to $size as Keras does", ({ size, values }) => {
    const { features } = resize(size).apply({ features: kerasImages(), labels }, 0, 0);
    expect(features.shape).toEqual([2, ...size, 3]);
    expectClose(features.dataSync(), values, 1e-5);
  });

  it.each(["mobilenet_v2", "resnet50"] as const)("normalize as Keras does for %s", (network) => {
    const { features } = preprocessInput(network).apply({ features: kerasImages(), labels }, 0, 0);
    expectClose(features.dataSync(), keras[network], 1e-6);
  });

  it("standardize each channel", () => {
    const { images } = run(standardizeImages({ mean: [1, 2], standardDeviation: [100, 10] }));
    expect(images[0][1][0]).toEqual([1, 10]);
  });
});

describe("random transforms", () => {
  const all: [string, Transform][] = [
    ["randomFlip", randomFlip()],
    ["randomCrop", randomCrop({ padding: 2 })],
    ["cutout", cutout({ size: 3 })],
    ["mixup", mixup({ classes: 10 })],
  ];

  it.each(all)("%s is a function of seed and step", (_name, transform) => {
    const first = run(transform, 1, 0).images;
    expect(run(transform, 1, 0).images).toEqual(first);
    expect(run(transform, 2, 0).images).not.toEqual(first);
    expect(run(transform, 1, 1).images).not.toEqual(first);
  });

  it.each(all)("%s draws anew at each step of a recorded program, as it would by itself", (_name, transform) => {
    const compute = (features: tf.Tensor, step: number | tf.Tensor) =>
      applyTransforms([transform], { features: features as tf.Tensor4D, labels }, 7, step).features;
    const compiled = recordStep({
      step: ({ x }, step) => ({ y: compute(x, step) }),
      examples: [{ x: numbered }, { x: tf.mul(numbered, 2) }],
      plan: "graph",
    });
    const twice = tf.stack([numbered, numbered]).dataSync() as Float32Array;
    const { y } = compiled.run({ steps: 2, firstStep: 3, inputs: { x: twice } });
    const eager = tf.stack([compute(numbered, 3), compute(numbered, 4)]);
    expectClose(y.dataSync(), eager.dataSync(), 1e-6);
    compiled.dispose();
  });

  it("randomFlip mirrors about half of the images, exactly, and leaves the others", () => {
    const { images } = run(randomFlip());
    const mirrored = images.filter((image, n) => {
      const expected = originals[n].map((row) => [...row].reverse());
      const flipped = JSON.stringify(image) === JSON.stringify(expected);
      if (!flipped) expect(image).toEqual(originals[n]);
      return flipped;
    });
    expect(mirrored.length).toBeGreaterThan(SAMPLES / 4);
    expect(mirrored.length).toBeLessThan((3 * SAMPLES) / 4);
    const upsideDown = run(randomFlip({ direction: "vertical" })).images.map((image) => image[0][0][0] % 1000);
    expect(new Set(upsideDown)).toEqual(new Set([1, 501]));
  });

  it.each(["constant", "reflect"] as const)("randomCrop (%s) shifts by whole pixels, each way as often", (mode) => {
    const { images } = run(randomCrop({ padding: 2, mode }));
    const shifts = images.map((image, n) => {
      // The middle of the frame shows which pixel has come there.
      const value = image[3][2][0] - 1000 * n - 1;
      const [dy, dx] = [Math.floor(value / 100) - 3, Math.floor((value % 100) / 10) - 2];
      image.forEach((row, y) =>
        row.forEach((pixel, x) => {
          const inside = originals[n][y + dy]?.[x + dx];
          if (inside) expect(pixel).toEqual(inside);
          else if (mode === "constant") expect(pixel).toEqual([0, 0]);
        }),
      );
      return [dy, dx];
    });
    for (const axis of [0, 1]) {
      expect([...new Set(shifts.map((shift) => shift[axis]))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    }
    if (mode === "reflect") expect(images.flat(3).every((value) => value > 0)).toBe(true);
  });

  it("cutout blanks one square of each image, cut off only by the edge", () => {
    const { images } = run(cutout({ size: 3, fill: -1 }));
    const sizes = images.map((image, n) => {
      const blank: [number, number][] = [];
      image.forEach((row, y) =>
        row.forEach((pixel, x) => {
          if (pixel[0] === -1) blank.push([y, x]);
          else expect(pixel).toEqual(originals[n][y][x]);
        }),
      );
      const [ys, xs] = [0, 1].map((axis) => new Set(blank.map((place) => place[axis])).size);
      expect(ys * xs).toBe(blank.length);
      return blank.length;
    });
    expect(Math.max(...sizes)).toBe(9);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4);
  });

  it("mixup mixes images and labels by the same share", () => {
    const { images, labels: mixed } = run(mixup({ alpha: 1, classes: 10 }));
    const rows = mixed.arraySync() as number[][];
    const shares = rows.map((row, n) => {
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const own = row[n % 10];
      const partner = (1000 * SAMPLES + images[n][0][0][0]) % 1000;
      expect(partner).toBeLessThan(1000);
      return own;
    });
    expect(Math.max(...shares)).toBeGreaterThan(0.8);
    expect(Math.min(...shares)).toBeLessThan(0.2);
    // λ · n + (1 − λ) · partner, in thousands; the partner is as many places on for every sample.
    const distances = rows.map((row, n) => {
      const value = (images[n][0][0][0] - 1) / 1000;
      const share = row[n % 10];
      return share > 0.95 ? undefined : Math.round((value - share * n) / (1 - share) - n + SAMPLES) % SAMPLES;
    });
    expect(new Set(distances.filter((distance) => distance !== undefined)).size).toBe(1);
  });

  it("draws shares from the Beta distribution", () => {
    const check = (alpha: number, quantile: (u: number) => number) =>
      betaQuantiles(alpha).forEach((value, i) => expect(Math.abs(value - quantile(i / 1024))).toBeLessThan(2e-4));
    check(1, (u) => u);
    check(0.5, (u) => Math.sin((Math.PI * u) / 2) ** 2);
    // Beta(2, 2): u = 3 x² − 2 x³.
    betaQuantiles(2).forEach((x, i) => expect(Math.abs(3 * x ** 2 - 2 * x ** 3 - i / 1024)).toBeLessThan(2e-4));
  });
});

describe("refusals", () => {
  it.each([
    [() => resize(0), /resize: size must be an integer at least 1/],
    [() => resize([3] as never), /size must be a number or \[height, width\]/],
    [() => randomFlip({ direction: "left" as never }), /direction must be one of 'horizontal'/],
    [() => randomCrop({ padding: 2, mod: "reflect" } as never), /unknown option 'mod'.*Did you mean 'mode'/],
    [() => cutout({ size: -1 }), /cutout: size/],
    [() => mixup({ classes: 1 }), /mixup: classes/],
    [() => preprocessInput("vgg" as never), /network must be one of 'mobilenet_v2', 'resnet50'/],
    [() => standardizeImages({ mean: [0], standardDeviation: [0] }), /greater than 0/],
    [() => randomCrop({ padding: 6, mode: "reflect" }).outputShape([6, 6, 3]), /at most 5.*The images are 6 × 6/],
    [() => resize(4).outputShape([784]), /expected images \[height, width, channels\], the samples have shape \[784\]/],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});
