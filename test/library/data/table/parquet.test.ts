/** Parquet files that pyarrow has written, and words as indices for embeddings, to a model and back from its file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { csvDataset, fit, loadModel, predictFile, saveModel, setRandomSeed, tf } from "../../../../src/library/index";

const folder = mkdtempSync(join(tmpdir(), "parquet "));
afterAll(() => rmSync(folder, { recursive: true }));
const given = (name: string) => join(__dirname, "../../../expected/data", name);

/** The rows of make_parquet.py. */
const records = Array.from({ length: 40 }, (_, i) => ({
  size: i % 11 ? 40.5 + i : null,
  rooms: 1 + (i % 5),
  town: ["Ulm", "Bonn", "Kiel"][i % 3],
  built: `${2010 + (i % 9)}-06-01`,
  garden: i % 2 === 1,
  price: 2 * i + 15 * (i % 5),
}));
const options = { label: "price", missing: "mean", missingIndicator: true, seed: 1, validationSplit: 0.25 } as const;

describe("a Parquet file", () => {
  it.each(["none", "snappy", "gzip", "zstd", "brotli"])(
    "gives what the same records give (%s)",
    async (compression) => {
      const expected = await csvDataset(records, options);
      const found = await csvDataset(given(`houses-${compression}.parquet`), options);
      expect(found.featureNames).toEqual(expected.featureNames);
      for (const part of ["train", "validation"] as const) {
        expect([...found[part]!.features.values]).toEqual([...expected[part]!.features.values]);
        expect([...found[part]!.labels]).toEqual([...expected[part]!.labels]);
      }
      expect(found.summary.columns).toEqual(expected.summary.columns);
    },
  );

  /** After hyparam/hyparquet#13, apache/texera#8512, apache/arrow-rs#7040, deephaven/deephaven-core#4250, elastic/elasticsearch#144059. */
  it("has all kinds of moments and numbers as they were written", async () => {
    const read = async (name: string) => {
      const { train, featureNames } = await csvDataset(given(name), {
        label: "price",
        validationSplit: 0,
        scale: false,
        missing: -1,
      });
      const { values } = train.features;
      return (column: string) =>
        Array.from({ length: 8 }, (_, i) => values[i * featureNames.length + featureNames.indexOf(column)]);
    };
    const kinds = await read("kinds.parquet");
    const counted = (first: number, by: number) => Array.from({ length: 8 }, (_, i) => Math.fround(first + by * i));
    expect(kinds("byte")).toEqual(counted(200, 1));
    expect(kinds("short")).toEqual(counted(65528, 1));
    expect(kinds("half")).toEqual(counted(0, 0.25));
    kinds("decimal").forEach((value, i) => expect(value).toBeCloseTo(12.3 + i / 100, 5));
    const days = Array.from({ length: 8 }, (_, i) => Math.fround(Date.UTC(2024, 4, 17, 12, i, 59, 123) / 86_400_000));
    for (const name of ["milliseconds", "microseconds", "nanoseconds"]) expect(kinds(name)).toEqual(days);
    expect((await read("int96.parquet"))("time")).toEqual([-1, ...days.slice(1)]);
  });

  it("that cannot be read is named, with the reason", async () => {
    const bytes = readFileSync(given("houses-snappy.parquet"));
    const place = (name: string, content: Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const read = (path: string) => csvDataset(path, { label: "price" });
    await expect(read(place("empty.parquet", Buffer.alloc(0)))).rejects.toThrow(
      /'.*empty.parquet' cannot be read as Parquet/,
    );
    await expect(read(place("text.parquet", Buffer.from("size,price\n1,2\n")))).rejects.toThrow(
      /cannot be read as Parquet/,
    );
    await expect(read(place("cut.parquet", bytes.subarray(0, 2000)))).rejects.toThrow(/cannot be read as Parquet/);
    const wrong = Buffer.from(bytes);
    wrong.fill(255, 4, 200);
    await expect(read(place("wrong.parquet", wrong))).rejects.toThrow();
    await expect(read(given("lists.parquet"))).rejects.toThrow(/column 'x' holds lists or structures/);
    await expect(read(given("large-numbers.parquet"))).rejects.toThrow(
      /column 'x' has 1152921504606846976 in row 1, which is beyond 2\^53/,
    );
    await expect(read(join(folder, "none.parquet"))).rejects.toThrow(/there is no file/);
    await expect(csvDataset(given("houses-none.parquet"), { label: "prize" })).rejects.toThrow(/names 'prize'/);
    // What is wrong with the rows is told in its own words.
    await expect(read(given("houses-none.parquet"))).rejects.toThrow(/csvDataset: these columns have gaps: size \(4\)/);
  });
});

describe("words as indices", () => {
  const indexed = { ...options, missingIndicator: false, categories: "index" } as const;

  it("are the places of the training part's words, from 1; gaps and other words are 0", async () => {
    const rows = [
      { town: "Ulm", rooms: 1, price: 1 },
      { town: "Bonn", rooms: 2, price: 2 },
      { town: null, rooms: 3, price: 3 },
    ];
    const table = await csvDataset(rows, {
      label: "price",
      categories: "index",
      missing: "mean",
      scale: false,
      validationSplit: 0,
    });
    expect(table.vocabularies).toEqual({ town: ["Bonn", "Ulm"] });
    expect(table.featureNames).toEqual(["rooms", "town"]);
    const batch = table.train.batch(3).batches(0).next().value!;
    expect(batch.featuresByName!.town.arraySync()).toEqual([[2], [1], [0]]);
    expect(batch.featuresByName!.numbers.arraySync()).toEqual([[1], [2], [3]]);
    tf.dispose([{ ...batch }, batch.featuresByName!]);
  });

  it("train an embedding, whose saved model predicts files", async () => {
    setRandomSeed(3);
    const table = await csvDataset(given("houses-zstd.parquet"), indexed);
    const numbers = tf.input({ shape: [4], name: "numbers" });
    const town = tf.input({ shape: [1], name: "town" });
    const embedded = tf.layers.embedding({ inputDim: table.vocabularies.town.length + 1, outputDim: 2 }).apply(town);
    const joined = tf.layers.concatenate().apply([numbers, tf.layers.flatten().apply(embedded) as tf.SymbolicTensor]);
    const model = tf.model({
      inputs: [numbers, town],
      outputs: tf.layers.dense({ units: 1 }).apply(joined) as tf.SymbolicTensor,
    });
    model.compile({ optimizer: "adam", loss: "mse" });
    await fit(model, table.train.batch(8), { epochs: 3, verbose: 0, validationData: table.validation!.batch(8) });
    await saveModel(model, join(folder, "houses.keras"), { preprocessing: table.preprocessing });
    const again = await loadModel(join(folder, "houses.keras"));
    const found = await predictFile(again, [...records, { ...records[0], town: "Rome" }]);
    const direct = await predictFile(again, given("houses-none.parquet"));
    expect(found).toHaveLength(41);
    expect(direct.map(({ outputs }) => outputs[0])).toEqual(found.slice(0, 40).map(({ outputs }) => outputs[0]));
    expect(found[40].outputs[0]).not.toBe(found[0].outputs[0]);
  });

  it("may be many, which one-hot numbers may not", async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ word: `w${i}`, price: i }));
    await expect(csvDataset(many, { label: "price", validationSplit: 0 })).rejects.toThrow(
      /categories: "index" for an embedding/,
    );
    const table = await csvDataset(many, { label: "price", validationSplit: 0, categories: "index" });
    expect(table.vocabularies.word).toHaveLength(300);
    expect(Object.keys(table.train.featureLayout!)).toEqual(["word"]);
    const clash = [
      { numbers: "a", price: 1 },
      { numbers: "b", price: 2 },
    ];
    await expect(csvDataset(clash, { label: "price", validationSplit: 0, categories: "index" })).rejects.toThrow(
      /rename it/,
    );
    await expect(csvDataset(many, { label: "price", categories: "hash" as never })).rejects.toThrow(
      /categories must be one of/,
    );
  });
});
