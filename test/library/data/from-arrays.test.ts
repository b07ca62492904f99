import { describe, expect, it } from "vitest";
import { datasetFromArrays, datasetFromTensors } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";

describe("datasetFromArrays", () => {
  it("finds the shapes from the nesting", () => {
    const data = datasetFromArrays({
      features: [[[1, 2, 3]], [[4, 5, 6]]],
      labels: [
        [0, 1],
        [1, 0],
      ],
    });
    expect([data.size, data.features.shape, data.labelShape]).toEqual([2, [1, 3], [2]]);
    const { features, labels } = data.tensors();
    expect(features.arraySync()).toEqual([[[1, 2, 3]], [[4, 5, 6]]]);
    expect(labels.arraySync()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it("describes itself, with a fingerprint of content, not of identity", () => {
    const make = (last: number) =>
      datasetFromArrays({ features: [1, 2, last], labels: [0, 1, 1], classNames: ["a", "b"] });
    expect(make(3).info).toMatchObject({ name: "arrays", split: "all", source: "arrays", classNames: ["a", "b"] });
    expect(make(3).info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(make(3).info.fingerprint).toBe(make(3).info.fingerprint);
    expect(make(3).info.fingerprint).not.toBe(make(4).info.fingerprint);
  });

  it("refuses different numbers of features and labels", () => {
    expect(() => datasetFromArrays({ features: [1, 2, 3], labels: [0, 1] })).toThrow(
      "datasetFromArrays: features hold 3 samples and labels 2; give one label for each sample.",
    );
    const features = new Float32Array(10);
    expect(() => datasetFromArrays({ features, shape: [4], labels: [0, 1] })).toThrow(
      "datasetFromArrays: features: 10 numbers do not divide into samples of shape [4].",
    );
  });

  it("refuses NaN and infinity, saying where", () => {
    const features = Float32Array.from([1, 2, 3, NaN]);
    expect(() => datasetFromArrays({ features, shape: [2], labels: [0, 1] })).toThrow(
      /features: sample 1 contains NaN/,
    );
    expect(() => datasetFromArrays({ features: [1, 2], labels: [0.5, Infinity] })).toThrow(
      /labels: sample 1 contains Infinity/,
    );
  });

  it("refuses labels outside the classes", () => {
    expect(() => datasetFromArrays({ features: [1, 2], labels: [0, 2], numClasses: 2 })).toThrow(
      "label 2 of sample 1 is no class; with 2 classes labels run from 0 to 1.",
    );
    expect(() => datasetFromArrays({ features: [1, 2], labels: [0, -1], classNames: ["a", "b"] })).toThrow(
      /label -1 of sample 1/,
    );
    expect(() => datasetFromArrays({ features: [1, 2], labels: [0, 0.5], numClasses: 2 })).toThrow(
      /label 0.5 of sample 1/,
    );
    expect(() => datasetFromArrays({ features: [1], labels: [0], numClasses: 3, classNames: ["a"] })).toThrow(
      /numClasses is 3, but there are 1 classNames/,
    );
  });

  it("refuses ragged rows, entries that are no numbers, and arrays of other kinds", () => {
    expect(() => datasetFromArrays({ features: [[1, 2], [3]], labels: [0, 1] })).toThrow(
      "features: expected an array of 2 entries at depth 1, as in the first row, found [3].",
    );
    expect(() => datasetFromArrays({ features: [[1], ["2"]] as never, labels: [0, 1] })).toThrow(
      /expected a number at depth 2, sample 1, found "2"/,
    );
    expect(() => datasetFromArrays({ features: new Set([1, 2]) as never, labels: [0, 1] })).toThrow(
      /features must be an array, a typed array, a tensor or a danfo frame, received a Set/,
    );
    expect(() => datasetFromArrays({ features: new Float32Array(4), labels: [0, 1] })).toThrow(
      /give the shape of one sample/,
    );
    expect(() => datasetFromArrays({ features: [1], labels: [0], label: [0] } as never)).toThrow(
      /unknown option 'label'/,
    );
  });
});

describe("datasetFromTensors", () => {
  it("copies the tensors and leaves them to the caller", () => {
    const features = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const labels = tf.tensor1d([1, 0], "int32");
    const data = datasetFromTensors({ features, labels, numClasses: 2 });
    expect(data.features.shape).toEqual([2]);
    expect(data.tensors().labels.arraySync()).toEqual([1, 0]);
    expect([features.isDisposed, labels.isDisposed]).toEqual([false, false]);
    data.features.values.fill(9);
    expect(features.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("refuses what holds no samples", () => {
    const labels = tf.tensor1d([1, 0]);
    expect(() => datasetFromTensors({ features: tf.scalar(1), labels })).toThrow(
      /features must be a tensor with the samples along/,
    );
    expect(() => datasetFromTensors({ features: [1] as never, labels })).toThrow(/features must be a tensor/);
    expect(() => datasetFromTensors({ features: tf.ones([3, 2]), labels })).toThrow(
      /features hold 3 samples and labels 2/,
    );
  });
});
