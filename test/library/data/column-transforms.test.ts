import { afterEach, expect, it } from "vitest";
import {
  type Batch,
  type Dataset,
  datasetFromArrays,
  mixup,
  randomFlip,
  rescaleImages,
  resize,
  tf,
} from "../../../src/library/index";

afterEach(() => tf.disposeVariables());

const data = datasetFromArrays({
  features: { image: tf.ones([4, 2, 2, 1]), place: [[0], [1], [2], [3]] },
  labels: [0, 1, 0, 1],
});

const first = (set: Dataset): Batch => set.batch(2).batches(0).next().value as Batch;

it("scales and changes the column that is named, and leaves the others", () => {
  const set = data.rescale(0.5, "image").map({ image: [resize(4), rescaleImages(3)], place: complement() });
  const { featuresByName } = first(set);
  expect(featuresByName!.image.shape).toEqual([2, 4, 4, 1]);
  expect(Array.from(new Set(featuresByName!.image.dataSync()))).toEqual([1.5]);
  expect(Array.from(featuresByName!.place.dataSync())).toEqual([1, 0]);
  expect(set.featureLayout).toEqual({ image: [4, 4, 1], place: [1] });
});

function complement() {
  const flat = (shape: readonly number[]) => shape;
  return {
    ...{ key: "complement", random: false, outputShape: flat },
    apply: (batch: never) => ({
      ...(batch as object),
      features: tf.sub(1, (batch as { features: tf.Tensor }).features),
    }),
  } as never;
}

it("draws random transforms in training steps alone, otherwise for each step", () => {
  const images = datasetFromArrays({
    features: { image: Float32Array.from({ length: 64 * 4 }, (_, i) => i), other: new Float32Array(64) },
    shape: { image: [2, 2, 1], other: [] },
    labels: new Float32Array(64),
  }).map({ image: randomFlip() });
  const stored = images.batch(64).storedBatches(0).next().value as Batch;
  const values = (step?: number) => Array.from(images.transform(stored, step).featuresByName!.image.dataSync());
  expect(values()).toEqual(Array.from({ length: 256 }, (_, i) => i));
  expect(values(0)).not.toEqual(values());
  expect(values(0)).toEqual(values(0));
  expect(values(1)).not.toEqual(values(0));
});

it("refuses columns that there are not, and what changes labels", () => {
  expect(() => data.map({ picture: resize(4) })).toThrow("no column 'picture'; the samples have image, place");
  expect(() => data.rescale(2, "picture")).toThrow("no column 'picture'");
  expect(() => data.rescale(2)).toThrow('say which one is meant: rescale(1 / 255, "image")');
  expect(() => data.map(resize(4))).toThrow("say which one is meant: map({ image: resize(96) })");
  expect(() => data.map({ place: resize(4) })).toThrow("expected images [height, width, channels]");
  expect(() => data.map({ image: mixup({ alpha: 0.2, classes: 2 } as never) })).toThrow("changes the labels too");
  const plain = datasetFromArrays({ features: [[1], [2]], labels: [0, 1] });
  expect(() => plain.map({ image: resize(4) })).toThrow("one column without a name");
});
