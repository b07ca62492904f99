/** Streams yield what tf.data yields, hold little, and tell what is wrong with the source by the sample's number. */
import { describe, expect, it } from "vitest";
import { datasetFromGenerator, interleave } from "../../../src/library/data/stream/from-generator";
import type { StreamDataset } from "../../../src/library/data/stream/stream-dataset";
import { StreamFeed } from "../../../src/library/data/stream/stream-feed";
import { isLater, type Pull } from "../../../src/library/data/stream/pull";
import type { GivenSample } from "../../../src/library/data/stream/stream-sample";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";
import { setRandomSeed } from "../../../src/core/random";
import interleavedByTensorFlow from "../../expected/data/interleave.json";
import fromTensorFlow from "../../expected/data/shuffles.json";
import { apply } from "./pipeline-steps";

/** Sample i has the feature and the label `first + i`. */
function range(
  count: number,
  { first = 0, later = false, size }: { first?: number; later?: boolean; size?: number } = {},
) {
  const generator = later
    ? async function* () {
        for (let i = first; i < first + count; i++) {
          if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
          yield [i, i] as const;
        }
      }
    : function* () {
        for (let i = first; i < first + count; i++) yield [i, i] as const;
      };
  return datasetFromGenerator({ generator, shape: [], ...(size !== undefined && { size }) });
}

async function elements(stream: StreamDataset, pass: number): Promise<(number | number[])[]> {
  const found: (number | number[])[] = [];
  if (stream.batchSize !== undefined) {
    for await (const batch of stream.batches(pass)) {
      found.push(Array.from(batch.features.dataSync()));
      tf.dispose({ ...batch });
    }
    return found;
  }
  const source = stream.openSamples("test")(pass);
  for (let next = await source.next(); next !== undefined; next = await source.next()) found.push(next.features[0]);
  return found;
}

describe("StreamDataset yields what tf.data yields", () => {
  for (const { seed, count, steps, passes } of fromTensorFlow) {
    it(`${steps.map((step) => step.join(" ")).join(", ")} of ${count} with seed ${seed}`, async () => {
      for (const later of [false, true]) {
        const data = steps.reduce((data, step) => apply(data, seed, step), range(count, { later, size: count }));
        for (const [number, expected] of passes.entries()) expect(await elements(data, number)).toEqual(expected);
        expect(data.stepsPerEpoch).toBe(passes[0].length);
        if (data.size !== undefined) expect(data.size).toBe(passes[0].flat().length);
      }
    });
  }

  it("interleaves as TensorFlow does", async () => {
    for (const { lengths, cycleLength, blockLength, order } of interleavedByTensorFlow) {
      const streams = lengths.map((length, i) => range(length, { first: 100 * i, later: i % 2 === 1 }));
      expect(await elements(interleave(streams, { cycleLength, blockLength }), 0)).toEqual(order);
    }
  });
});

describe("StreamDataset", () => {
  it("caches the first whole pass and does not ask the source again", async () => {
    const passes: number[] = [];
    const stream = datasetFromGenerator({
      *generator({ pass }) {
        passes.push(pass);
        for (let i = 0; i < 5; i++) yield [i, 0];
      },
      shape: [],
    });
    const data = stream.cache().shuffle({ bufferSize: 2, seed: 1 });
    await elements(data.take(2), 0);
    const orders = [await elements(data, 0), await elements(data, 1)];
    expect(passes).toEqual([0, 0]);
    expect(orders[0]).not.toEqual(orders[1]);
    expect([...orders[1]].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("copies: a generator may fill one array again and again", async () => {
    const buffer = new Float32Array(2);
    const stream = datasetFromGenerator({
      *generator() {
        for (let i = 0; i < 4; i++) {
          buffer.fill(i);
          yield [buffer, i];
        }
      },
      shape: [2],
    });
    const data = await stream.toDataset();
    expect(Array.from(data.features.values)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(Array.from(data.labels)).toEqual([0, 1, 2, 3]);
  });

  it("gives the same batches as the data in memory, scaled and transformed", async () => {
    setRandomSeed(1);
    const rows = Array.from({ length: 10 }, (_, i) => Uint8Array.of(i, 2 * i, 3 * i));
    const stream = datasetFromGenerator({
      *generator() {
        for (const [i, row] of rows.entries()) yield [row, i % 2, i];
      },
      ...{ shape: [3], dtype: "uint8", sampleWeights: true, size: 10 },
    });
    const stored = datasetFromArrays({
      ...{
        features: rows.map((row) => [...row]),
        labels: rows.map((_, i) => i % 2),
        sampleWeight: rows.map((_, i) => i),
      },
    });
    const [a, b] = [stream, stored].map((data) => data.rescale(0.5).shuffle({ bufferSize: 4, seed: 3 }).batch(4));
    const read = (batch: { features: tf.Tensor; labels: tf.Tensor; sampleWeights?: tf.Tensor }) =>
      [batch.features, batch.labels, batch.sampleWeights!].map((tensor) => tensor.arraySync());
    const [fromStream, fromMemory] = [[] as unknown[], [] as unknown[]];
    for await (const batch of (a as StreamDataset).batches(1)) fromStream.push(read(batch));
    for (const batch of (b as ReturnType<typeof datasetFromArrays>).batches(1)) fromMemory.push(read(batch));
    expect(fromStream).toEqual(fromMemory);
    expect(fromStream).toHaveLength(3);
  });

  it("says what it is", () => {
    const text = (data: StreamDataset) =>
      (data[Symbol.for("Jupyter.display") as never] as () => Record<string, string>).call(data)["text/plain"];
    expect(text(range(4).batch(2))).toBe(
      "generator: a stream of an unknown number of samples [], labels [], an unknown number of batches of 2",
    );
    expect(text(range(4, { size: 4 }).batch(2))).toBe("generator: a stream of 4 samples [], labels [], 2 batches of 2");
  });

  it("closes the source where the rest is not wanted", async () => {
    let closed = 0;
    const stream = datasetFromGenerator({
      *generator() {
        try {
          for (let i = 0; ; i++) yield [i, 0];
        } finally {
          closed++;
        }
      },
      shape: [],
    });
    expect(await elements(stream.take(3).batch(2), 0)).toEqual([[0, 1], [2]]);
    expect(closed).toBe(1);
    for await (const batch of stream.batch(2).batches(0)) {
      tf.dispose({ ...batch });
      break;
    }
    expect(closed).toBe(2);
  });
});

describe("a source with a fault", () => {
  const failing = (...samples: unknown[]) =>
    datasetFromGenerator({
      generator: () => samples as GivenSample[],
      shape: [2],
      name: "sensor",
      classNames: ["a", "b"],
    });
  const good = [[1, 2], 0];

  it.each([
    [[good, [[1], 0]], /sensor: sample 1 of pass 0: its features are 1 numbers, and shape \[2\] has 2/],
    [[good, [[1, NaN], 0]], /sample 1 of pass 0: its features contain NaN/],
    [[good, good, [[1, 1e40], 0]], /sample 2 of pass 0: its features contain 1e\+40, which is too large/],
    [[[[1, 2], 2]], /sample 0 of pass 0: its label 2 is no class; with 2 classes/],
    [[[[1, "x"], 0]], /sample 0 of pass 0: its features: expected a number/],
    [[[1, 2]], /its features are 1 numbers/],
    [[{ x: 1 }], /expected \[features, label\], received an object/],
    [[[[1, 2], 0, 1]], /Pass sampleWeights: true/],
    [[[tf.tensor1d([1, 2]), 0]], /Pass tensor.dataSync\(\)/],
    [[[[[1], [2]], 0]], /its features have shape \[2, 1\], the stream \[2\]/],
  ])("%#: names the sample", async (samples, message) => {
    await expect(elements(failing(...samples).batch(1), 0)).rejects.toThrow(message);
  });

  it("names bytes that are none, weights that are none, and sizes that are not kept", async () => {
    const made = (options: object, sample: unknown) =>
      elements(datasetFromGenerator({ generator: () => [sample as GivenSample], shape: [1], ...options }).batch(1), 0);
    await expect(made({ dtype: "uint8" }, [[256], 0])).rejects.toThrow(/contain 256, and dtype "uint8" takes/);
    await expect(made({ dtype: "uint8" }, [[0.5], 0])).rejects.toThrow(/contain 0.5/);
    await expect(made({ sampleWeights: true }, [[1], 0, -1])).rejects.toThrow(/sampleWeight must be a finite number/);
    await expect(made({ size: 2 }, [[1], 0])).rejects.toThrow(/pass 0 ended after 1 samples, and size says 2/);
    await expect(elements(range(3, { size: 2 }).batch(1), 0)).rejects.toThrow(/pass 0 has more than 2 samples/);
  });

  it("keeps the source's own error as the cause", async () => {
    const cause = new Error("the disk is gone");
    const generator = async function* (): AsyncGenerator<GivenSample> {
      yield [1, 0];
      await Promise.resolve();
      throw cause;
    };
    const found = await elements(datasetFromGenerator({ generator, shape: [] }).batch(1), 0).catch(
      (error: unknown) => error,
    );
    expect((found as Error).message).toBe("generator: sample 1 of pass 0: the disk is gone");
    expect((found as Error).cause).toBe(cause);
  });

  it("is refused at construction where that is possible", () => {
    const generator = () => [];
    const make = (options: object) => () => datasetFromGenerator({ generator, shape: [1], ...options });
    expect(make({ generator: [] })).toThrow(/generator must be a function.*Pass the function itself/);
    expect(make({ shape: 3 })).toThrow(/shape must be an array of sizes/);
    expect(make({ shape: [0] })).toThrow(/a size in shape/);
    expect(make({ dtype: "int8" })).toThrow(/dtype/);
    expect(make({ size: 0 })).toThrow(/size/);
    expect(make({ sizes: 1 })).toThrow(/sizes/);
    expect(() => range(2).batch(2).batch(2)).toThrow(/already in batches/);
    expect(() => range(2).shard(2, 2)).toThrow(/index/);
    expect(() => range(2).repeat(0)).toThrow(/count/);
    expect(() => interleave([])).toThrow(/expected streams/);
    expect(() => interleave([range(1), datasetFromGenerator({ generator, shape: [2] })])).toThrow(/of one form/);
    expect(() => interleave([range(1).batch(1)])).toThrow(/before rescale, map and batch/);
  });

  it("that gives nothing to iterate over is named", async () => {
    const stream = datasetFromGenerator({ generator: (() => undefined) as never, shape: [1] });
    await expect(elements(stream.batch(1), 0)).rejects.toThrow(/must give something to iterate over/);
  });

  it("with no samples ends a repetition", async () => {
    expect(await elements(range(0).repeat().batch(1), 0)).toEqual([]);
  });
});

describe("back-pressure", () => {
  const counting = (later: boolean) => {
    const counts = { made: 0 };
    const sample = () => [counts.made++, 0] as const;
    const generator = later
      ? async function* () {
          for (;;) yield await Promise.resolve(sample());
        }
      : function* () {
          for (;;) yield sample();
        };
    return { counts, stream: datasetFromGenerator({ generator, shape: [] }).batch(10).prefetch(4) };
  };

  it.each([false, true])("makes no more than what waits (later: %s)", async (later) => {
    const { counts, stream } = counting(later);
    const feed = new StreamFeed(stream);
    feed.begin(0, 0);
    await feed.ready(100);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(feed.peek().length).toBe(4);
    expect(counts.made).toBeLessThanOrEqual(50);
    feed.drop(2);
    await feed.ready(4);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(feed.peek().length).toBe(4);
    expect(counts.made).toBeLessThanOrEqual(70);
    feed.close();
  });

  it("a source that is there at once costs no turn of the event loop", () => {
    const pull: Pull<unknown> = range(100).shuffle({ bufferSize: 10, seed: 1 }).shard(2, 0).batch(7).openBatches(0);
    for (let i = 0; i < 7; i++) expect(isLater(pull.next())).toBe(false);
  });
});
