/** Numbers of every kind reach a data set unchanged, or are refused. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { datasetFromArrays, datasetFromTensors } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";

const read = (data: ReturnType<typeof datasetFromArrays>) => {
  const { features, labels } = data.tensors();
  return [[...features.dataSync()], [...labels.dataSync()]];
};

/** What is written to the error stream while `body` runs. */
function said(body: () => void): string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    body();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

describe("whole numbers", () => {
  it("of more than 32 bits become float32 and do not wrap", () => {
    const big = datasetFromArrays({ features: [[1700000000000], [3000000000]], labels: [5000000000, -4200000000] });
    expect(read(big)).toEqual([
      [1700000038912, 3000000000],
      [5000000000, -4200000000],
    ]);
  });

  it("that float32 rounds are told, others are not", () => {
    const name = (value: number) => `features: whole numbers above 2^24 are rounded to float32 (${value} becomes`;
    const made = (value: number) => said(() => void datasetFromArrays({ features: [[value]], labels: [0] }));
    expect(made(16777217)).toContain(name(16777217));
    expect(made(16777218)).toBe("");
    const typed = said(() => void datasetFromArrays({ features: Int32Array.of(33554435), shape: [1], labels: [0] }));
    expect(typed).toContain(name(33554435));
  });
});

describe("arrays of every kind", () => {
  const kinds = [
    Int8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ];
  it.each(kinds.map((kind) => [kind.name, kind] as const))("%s keeps its numbers", (_, Kind) => {
    const data = datasetFromArrays({ features: Kind.of(1, 100), shape: [1], labels: Kind.of(0, 1) });
    expect(read(data)).toEqual([
      [1, 100],
      [0, 1],
    ]);
  });

  it("BigInts, true and false count as numbers", () => {
    const features = BigInt64Array.of(5000000000n, -3n);
    expect(read(datasetFromArrays({ features, shape: [1], labels: [true, false] }))).toEqual([
      [5000000000, -3],
      [1, 0],
    ]);
    expect(read(datasetFromArrays({ features: [[1n], [2n]], labels: [0n, 1n] }))[0]).toEqual([1, 2]);
    const labels = tf.tensor1d([true, false], "bool");
    expect(read(datasetFromTensors({ features: tf.ones([2, 1]), labels }))[1]).toEqual([1, 0]);
  });

  it("fractions of doubles are rounded to float32 without a word", () => {
    const words = said(() => {
      const data = datasetFromArrays({ features: Float64Array.of(0.1, 1e9 + 0.5), shape: [1], labels: [0, 1] });
      expect(read(data)[0]).toEqual([Math.fround(0.1), 1e9]);
    });
    expect(words).toBe("");
  });
});

describe("what is no number", () => {
  let values: unknown[][];
  beforeEach(() => (values = [[1], [2]]));

  it.each([
    [null, "found null. A missing value: leave the sample out"],
    [undefined, "found undefined. A missing value"],
    ["cat", 'found "cat". Convert texts first'],
    [{}, "found an object"],
  ])("%s is refused with its sample", (entry, words) => {
    values[1][0] = entry;
    const make = () => datasetFromArrays({ features: values as never, labels: [0, 1] });
    expect(make).toThrow(words);
    expect(make).toThrow("features: expected a number at depth 2, sample 1");
  });

  it("a hole in an array is refused", () => {
    const row = [1, 2];
    delete row[1];
    expect(() => datasetFromArrays({ features: [row], labels: [0] })).toThrow("found undefined");
  });

  it("a number too large for float32 is refused", () => {
    expect(() => datasetFromArrays({ features: [[1e39]], labels: [0] })).toThrow("1e+39 is too large for float32");
    const features = Float64Array.of(-1e39);
    expect(() => datasetFromArrays({ features, shape: [1], labels: [0] })).toThrow("is too large for float32");
  });
});

describe("numClasses", () => {
  const steps = (label: number) => [
    [0, 1, 2, 1],
    [2, 0, label, 1],
  ];
  it("holds for labels of steps as well", () => {
    const features = [[1], [2]];
    expect(datasetFromArrays({ features, labels: steps(0), numClasses: 3 }).labelShape).toEqual([4]);
    expect(() => datasetFromArrays({ features, labels: steps(7), numClasses: 3 })).toThrow(
      "label 7 of sample 1 is no class; with 3 classes labels run from 0 to 2.",
    );
    // As wide as there are classes, and no shares: class numbers.
    const wide = [
      [0, 1, 2],
      [0, 3, 1],
    ];
    expect(() => datasetFromArrays({ features, labels: wide, numClasses: 3 })).toThrow("label 3 of sample 1");
  });

  it("leaves rows of shares alone", () => {
    const labels = [
      [0, 0.4, 0.6],
      [1, 0, 0],
    ];
    expect(datasetFromArrays({ features: [[1], [2]], labels, numClasses: 3 }).labelShape).toEqual([3]);
  });
});
