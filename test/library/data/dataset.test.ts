import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import type { Dataset } from "../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";
import fromTensorFlow from "../../expected/data/shuffles.json";
import { apply } from "./pipeline-steps";

/** Sample i has the feature and the label i. */
function range(count: number): Dataset {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return datasetFromArrays({ features: numbers, labels: numbers });
}

/** What one pass yields, as tf.data would print it: numbers, or lists of them once batched. */
function pass(data: Dataset, number: number): number[] | number[][] {
  const order = [...data.storedOrder(number)];
  if (data.batchSize === undefined) return order;
  const offsets = data.batchOffsets(number);
  return Array.from({ length: data.stepsPerEpoch }, (_, step) => order.slice(offsets[step], offsets[step + 1]));
}

function read(data: Dataset, number: number): number[][] {
  return Array.from(data.batches(number), ({ features, labels }) => {
    const values = Array.from(features.dataSync());
    expect(Array.from(labels.dataSync())).toEqual(values);
    tf.dispose([features, labels]);
    return values;
  });
}

describe("Dataset yields what tf.data yields", () => {
  for (const { seed, count, steps, passes } of fromTensorFlow) {
    it(`${steps.map((step) => step.join(" ")).join(", ")} of ${count} with seed ${seed}`, () => {
      const data = steps.reduce((data, step) => apply(data, seed, step), range(count));
      passes.forEach((expected, number) => {
        expect(pass(data, number)).toEqual(expected);
        expect(data.stepsPerEpoch).toBe(expected.length);
        expect(data.size).toBe(expected.flat().length);
        if (data.batchSize !== undefined) expect(read(data, number)).toEqual(expected);
      });
    });
  }
});

describe("Dataset.shuffle", () => {
  const order = (bufferSize: number, count = 500, seed = 1) => range(count).shuffle({ bufferSize, seed }).order(0);

  it("loses and repeats nothing", () => {
    for (const bufferSize of [1, 2, 37, 499, 500, 9999]) {
      expect([...order(bufferSize)].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    }
  });

  it("lets no element out more than bufferSize − 1 places early, and reaches that bound", () => {
    for (const bufferSize of [2, 10, 100]) {
      const earliness = [...order(bufferSize)].map((element, place) => element - place);
      expect(Math.max(...earliness)).toBe(bufferSize - 1);
      // There is no such bound on being late.
      expect(Math.max(...earliness.map((early) => -early))).toBeGreaterThan(bufferSize);
    }
  });

  it("is uniform with a buffer of all elements: each of the 24 orders of 4 comes equally often", () => {
    const counts = new Map<string, number>();
    const data = range(4).shuffle({ bufferSize: 4, seed: 5 });
    for (let number = 0; number < 2400; number++) {
      const key = data.order(number).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    // 0.999 quantile of the chi-square distribution with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.7);
  });

  it("gives the same passes for one seed, in any order of asking, and others for another seed", () => {
    const data = range(100).shuffle({ bufferSize: 100, seed: 42 });
    const later = data.order(3);
    expect(data.order(1)).not.toEqual(later);
    expect(range(100).shuffle({ bufferSize: 100, seed: 42 }).order(3)).toEqual(later);
    expect(range(100).shuffle({ bufferSize: 100, seed: 43 }).order(3)).not.toEqual(later);
  });

  it("takes a seed from the library's stream when given none", () => {
    const order = (seed: number) => {
      setRandomSeed(seed);
      return range(50).shuffle({ bufferSize: 50 }).order(0);
    };
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it("refuses what it cannot do", () => {
    expect(() => range(5).shuffle({ bufferSize: 0 })).toThrow(/bufferSize must be an integer at least 1, received 0/);
    expect(() => range(5).shuffle({ bufferSize: 5, seed: 0.5 })).toThrow(/seed must be an integer/);
    expect(() => range(5).shuffle({ buffersize: 5 } as never)).toThrow(
      /unknown option 'buffersize'.*Did you mean 'bufferSize'/,
    );
  });
});

describe("Dataset", () => {
  it("is immutable", () => {
    const data = range(10);
    data.shuffle({ bufferSize: 10, seed: 1 }).batch(3).take(1);
    expect(data.batchSize).toBeUndefined();
    expect([...data.order(0)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("yields float32 batches of the samples' shape, scaled", () => {
    const features = Uint8Array.from({ length: 24 }, (_, i) => i);
    const data = datasetFromArrays({ features, shape: [2, 3], labels: [3, 1, 2, 0] })
      .rescale(0.5)
      .rescale(0.5);
    expect(data.scale).toBe(0.25);
    const [first, last] = data.batch(3).batches(0);
    expect([first.features.shape, first.labels.shape, last.features.shape]).toEqual([[3, 2, 3], [3], [1, 2, 3]]);
    expect([first.features.dtype, first.labels.dtype]).toEqual(["float32", "float32"]);
    expect([...last.features.dataSync()]).toEqual([4.5, 4.75, 5, 5.25, 5.5, 5.75]);
    expect([...last.labels.dataSync()]).toEqual([0]);
    expect(data.features.values).toBe(features);
  });

  it("hands its tensors to the caller and keeps none", () => {
    const data = range(10).batch(4).prefetch(2);
    const before = tf.memory().numTensors;
    for (const { features, labels } of data.batches(0)) tf.dispose([features, labels]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives everything at once, unshuffled", () => {
    const data = range(7).rescale(2).skip(1).shuffle({ bufferSize: 7, seed: 1 }).batch(2).take(2);
    const { features, labels } = data.tensors();
    expect([...features.dataSync()]).toEqual([2, 4, 6, 8]);
    expect([...labels.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it("chooses samples by position, also from a choice", () => {
    const data = range(10).subset([9, 3, 3, 5]);
    expect([...data.storedOrder(0)]).toEqual([9, 3, 3, 5]);
    expect([...data.subset([3, 0]).storedOrder(0)]).toEqual([5, 9]);
    expect(() => data.subset([4])).toThrow(/position must be an integer at least 0 and at most 3, received 4/);
    expect(() => data.batch(2).subset([0])).toThrow(/before shuffle, batch, take and skip/);
  });

  describe("features and labels are what the data set holds", () => {
    const weighted = datasetFromArrays({
      features: Array.from({ length: 10 }, (_, i) => [i, i + 100]),
      labels: Array.from({ length: 10 }, (_, i) => i),
      sampleWeight: Array.from({ length: 10 }, (_, i) => i / 10),
    });
    const cases: [what: string, data: Dataset, held: number[]][] = [
      ["all, when nothing is left out", weighted, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ["a choice, in its order and as often as chosen", weighted.subset([7, 2, 2]), [7, 2, 2]],
      ["a choice of a choice", weighted.subset([7, 2, 5]).subset([2, 0]), [5, 7]],
      ["the first samples", weighted.take(3), [0, 1, 2]],
      ["the others", weighted.skip(7), [7, 8, 9]],
      ["both in a row", weighted.skip(2).take(3), [2, 3, 4]],
      ["batches that are taken", weighted.batch(4).skip(1).take(1), [4, 5, 6, 7]],
      ["full batches", weighted.batch(4, { dropRemainder: true }), [0, 1, 2, 3, 4, 5, 6, 7]],
      ["a choice that is shuffled", weighted.subset([8, 1, 3]).shuffle({ bufferSize: 3, seed: 1 }), [8, 1, 3]],
      [
        "all that a take may pick after a shuffle",
        weighted.shuffle({ bufferSize: 9, seed: 1 }).take(2),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      ],
      ["nothing", weighted.take(0), []],
    ];

    it.each(cases)("%s", (_, data, held) => {
      expect([...data.labels]).toEqual(held);
      expect([...data.features.values]).toEqual(held.flatMap((i) => [i, i + 100]));
      expect(data.features.shape).toEqual([2]);
      expect([...data.sampleWeights!.values]).toEqual([...Float32Array.from(held, (i) => i / 10)]);
    });

    it.each(cases)("and order names their places: %s", (_, data) => {
      for (const number of [0, 1, 2]) {
        const stored = [...data.storedOrder(number)];
        expect(Array.from(data.order(number), (place) => data.labels[place])).toEqual(stored);
      }
    });

    it("a whole data set shares its memory, a part is copied once", () => {
      expect(weighted.batch(3).features.values).toBe(weighted.features.values);
      const part = weighted.take(3);
      expect(part.features).toBe(part.features);
      expect(part.features.values).not.toBe(weighted.features.values);
    });
  });

  it("refuses what would be wrong in silence", () => {
    expect(() => [...range(4).batches(0)]).toThrow(/not in batches yet; call batch/);
    expect(() => range(4).batch(2).batch(2)).toThrow(/already in batches of 2; call batch only once/);
    expect(() => range(4).batch(0)).toThrow(/batchSize must be an integer at least 1, received 0/);
    expect(() => range(4).batch(2, { drop: true } as never)).toThrow(/unknown option 'drop'/);
    expect(() => range(4).rescale(0)).toThrow(/factor must not be 0/);
    expect(() => range(4).rescale(NaN)).toThrow(/factor must be a finite number, received NaN/);
    expect(() => range(4).take(-2)).toThrow(/count must be an integer at least -1, received -2/);
    expect(() => range(4).order(-1)).toThrow(/pass must be an integer at least 0/);
  });

  it("refuses to take from shuffled batches of which one is smaller, as the number of samples would vary", () => {
    const shuffled = range(10).batch(4).shuffle({ bufferSize: 3, seed: 1 });
    expect(() => shuffled.take(2)).toThrow(/batch\(4, { dropRemainder: true }\), or take before shuffle/);
    expect(() => shuffled.skip(1)).toThrow(/skip before shuffle/);
    expect(shuffled.take(3).size).toBe(10);
    expect(range(8).batch(4).shuffle({ bufferSize: 2, seed: 1 }).take(1).size).toBe(4);
  });
});

describe("Dataset.prefetch", () => {
  const turns = async (count: number) => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  /** Starts a pass, waits, then changes the data: only batches that were prepared before show the old values. */
  async function batchesPreparedAhead(count: number): Promise<number> {
    const features = new Float32Array(20).fill(1);
    const data = datasetFromArrays({ features, shape: [2], labels: new Uint8Array(10) })
      .batch(1)
      .prefetch(count);
    const batches = data.batches(0);
    batches.next();
    await turns(20);
    features.fill(2);
    return Array.from(batches, (batch) => batch.features.dataSync()[0]).filter((value) => value === 1).length;
  }

  it("prepares that many batches while the consumer waits", async () => {
    expect(await batchesPreparedAhead(0)).toBe(0);
    expect(await batchesPreparedAhead(1)).toBe(1);
    expect(await batchesPreparedAhead(3)).toBe(3);
    expect(await batchesPreparedAhead(100)).toBe(9);
  });

  it("changes no result, whether the consumer waits or not", async () => {
    const data = range(50).shuffle({ bufferSize: 20, seed: 3 }).batch(7);
    const expected = read(data, 2);
    expect(read(data.prefetch(2), 2)).toEqual(expected);
    const slowly: number[][] = [];
    for (const { features } of data.prefetch(2).batches(2)) {
      slowly.push([...features.dataSync()]);
      await turns(slowly.length % 4);
    }
    expect(slowly).toEqual(expected);
  });
});
