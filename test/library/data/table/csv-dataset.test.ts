import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFrame } from "danfojs-node";
import { afterAll, describe, expect, it } from "vitest";
import {
  adam,
  csvDataset,
  type CsvDatasetOptions,
  type Dataset,
  fit,
  loadModel,
  predictFile,
  saveModel,
  tf,
} from "../../../../src/library/index";

const folder = mkdtempSync(join(tmpdir(), "csv data "));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string, name = `${files++}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const rows = (data: Dataset): number[][] => {
  const width = data.features.shape[0];
  const { values } = data.features;
  return Array.from({ length: data.size }, (_, i) => Array.from(values.slice(i * width, (i + 1) * width)));
};
const whole = (options: Partial<CsvDatasetOptions> = {}): CsvDatasetOptions => ({
  label: "y",
  validationSplit: 0,
  scale: false,
  ...options,
});

describe("types", () => {
  it("numbers, words, truth values and days, from a file with a byte order mark, quotes and semicolons", async () => {
    const text =
      '\uFEFFa;city;"is, open";day;y\n1;Ulm;true;1970-01-03;0.5\n-2.5e1;"Bad ""B""";no;1970-01-02T12:00;1\n\n3;Ulm;yes;1970-01-01;2\n';
    const table = await csvDataset(file(text), whole());
    expect(table.featureNames).toEqual(["a", 'city=Bad "B"', "city=Ulm", "is, open", "day"]);
    // The file's name alone: records of runs and references must not depend on where it lies.
    expect(table.train.info.name).toMatch(/^\d+\.csv$/);
    expect(rows(table.train)).toEqual([
      [1, 0, 1, 1, 2],
      [-25, 1, 0, 0, 1.5],
      [3, 0, 1, 1, 0],
    ]);
    expect(Array.from(table.train.labels)).toEqual([0.5, 1, 2]);
    expect(table.classNames).toEqual([]);
    expect(table.summary.columns.map(({ type }) => type)).toEqual(["number", "category", "boolean", "date", "number"]);
  });

  it("words of a label are classes in order, and in the order asked for", async () => {
    const records = ["dog", "cat", "dog"].map((y, a) => ({ a, y }));
    expect(Array.from((await csvDataset(records, whole())).train.labels)).toEqual([1, 0, 1]);
    const turned = await csvDataset(records, whole({ classNames: ["dog", "cat", "bird"] }));
    expect(Array.from(turned.train.labels)).toEqual([0, 1, 0]);
    expect(turned.train.info.classNames).toEqual(["dog", "cat", "bird"]);
    await expect(csvDataset(records, whole({ classNames: ["dog", "bird"] }))).rejects.toThrow(
      "'cat', which classNames",
    );
    const truth = await csvDataset(
      [true, false].map((y, a) => ({ a, y })),
      whole(),
    );
    expect([truth.classNames, Array.from(truth.train.labels)]).toEqual([
      ["false", "true"],
      [1, 0],
    ]);
  });

  it("a danfo frame, and numbers that are names", async () => {
    const frame = new DataFrame({ zip: [89073, 10115, 89073], a: [1, 2, 3], y: ["u", "b", "u"] });
    const table = await csvDataset(frame as never, whole({ types: { zip: "category" } }));
    expect(table.featureNames).toEqual(["zip=10115", "zip=89073", "a"]);
    expect(rows(table.train)[0]).toEqual([0, 1, 1]);
  });

  it("decimal commas when they are asked for, and else said", async () => {
    const text = "a;y\n1,5;0\n2,25;1\n";
    expect(rows((await csvDataset(file(text), whole({ decimal: "," }))).train)).toEqual([[1.5], [2.25]]);
    await expect(csvDataset(file(text), whole())).rejects.toThrow('decimal: ","');
  });

  it.each([
    [
      "a number misspelt among many",
      ["a,y", ...Array.from({ length: 30 }, (_, i) => `${i},1`), "?,1"].join("\n"),
      {},
      /'a' holds numbers, but for .*\?.* in line 32.*missingValues/,
    ],
    ["a line too short", "a,b,y\n1,2,3\n4,5\n", {}, /line 3 .* has 2 fields.*badRows/],
    ["two columns of one name", "a,a,y\n1,2,3\n", {}, "two columns named 'a'"],
    ["an empty file", "", {}, "is empty"],
    ["a header alone", "a,y\n", {}, "has no rows"],
    [
      "too many words",
      ["a,y", ...Array.from({ length: 150 }, (_, i) => `w${i},1`)].join("\n"),
      {},
      /150 different words.*maxCategories/,
    ],
    ["a label that is not there", "a,y\n1,2\n", { label: "z" }, "names 'z', but the columns are 'a', 'y'"],
    ["gaps that nobody has thought of", "a,b,y\n1,,2\nNA,3,2\n", {}, /gaps: a \(1\), b \(1\)/],
    ["one class", "a,y\n1,x\n2,x\n", {}, "one class only"],
    [
      "a type that does not hold",
      "a,y\n1,2\nx,2\n",
      { types: { a: "number" as const } },
      /asked for as number.*x.* in line 3/,
    ],
    ["days that are none", "a,y\n2024-13-45,1\n", { types: { a: "date" as const } }, /asked for as date/],
  ])("%s is an error that says where", async (_, text, options, message) => {
    await expect(csvDataset(file(text), whole(options))).rejects.toThrow(message);
  });

  it("lines of another length are left out when asked, and counted", async () => {
    const { train, summary } = await csvDataset(file("a,y\n1,2\n1,2,3\n4,5\n"), whole({ badRows: "skip" }));
    expect([train.size, summary.skipped]).toEqual([2, [3]]);
    expect(String(summary)).toContain("1 line left out");
  });
});

describe("gaps", () => {
  const text = "a,c,y\n1,x,0\n,,1\n3,z,2\n8,x,3\n";

  it.each([
    ["mean", 4],
    ["median", 3],
    [-1, -1],
  ] as const)("are filled with the %s, and marked", async (missing, filled) => {
    const table = await csvDataset(file(text), whole({ missing, missingIndicator: true }));
    expect(table.featureNames).toEqual(["a", "a missing", "c=x", "c=z", "c missing"]);
    expect(rows(table.train)[1]).toEqual([filled, 1, 0, 0, 1]);
    expect(rows(table.train)[2]).toEqual([3, 0, 0, 1, 0]);
  });

  it("take their row with them", async () => {
    const { train } = await csvDataset(file(text), whole({ missing: "drop" }));
    expect(Array.from(train.labels)).toEqual([0, 2, 3]);
  });

  it("in the label are an error", async () => {
    await expect(csvDataset(file("a,y\n1,\n2,3\n"), whole())).rejects.toThrow(/line 2 has no label/);
  });
});

describe("splits", () => {
  const records = Array.from({ length: 100 }, (_, i) => ({
    a: i,
    who: `p${i % 20}`,
    y: i % 10 === 0 ? "rare" : "often",
  }));

  it("are drawn by seed, leave nothing out, and scale by the training part alone", async () => {
    const options = { label: "y", features: ["a"], validationSplit: 0.2, testSplit: 0.1, seed: 4 };
    const [one, two] = [await csvDataset(records, options), await csvDataset(records, options)];
    expect([one.train.size, one.validation!.size, one.test!.size]).toEqual([70, 20, 10]);
    expect(rows(two.validation!)).toEqual(rows(one.validation!));
    expect(rows((await csvDataset(records, { ...options, seed: 5 })).validation!)).not.toEqual(rows(one.validation!));
    const values = rows(one.train).flat();
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(values.reduce((a, b) => a + b * b, 0) / values.length).toBeCloseTo(1, 4);
    const { mean: m = 0, deviation = 1 } = one.preprocessing.columns[0];
    const back = [one.train, one.validation!, one.test!]
      .flatMap(rows)
      .flat()
      .map((x) => Math.round(x * deviation + m));
    expect(back.sort((a, b) => a - b)).toEqual(records.map(({ a }) => a));
  });

  it("keep the classes' shares, or groups together", async () => {
    const stratified = await csvDataset(records, {
      label: "y",
      features: ["a"],
      validationSplit: 0.3,
      seed: 1,
      stratify: true,
    });
    expect(Array.from(stratified.validation!.labels).filter((label) => label === 1).length).toBe(3);
    const grouped = await csvDataset(records, {
      label: "y",
      group: "who",
      validationSplit: 0.3,
      seed: 1,
      scale: false,
    });
    const people = (data: Dataset) => new Set(rows(data).map(([a]) => a % 20));
    expect([...people(grouped.validation!)].filter((who) => people(grouped.train).has(who))).toEqual([]);
    expect(grouped.validation!.size).toBeGreaterThanOrEqual(30);
    expect(grouped.featureNames).toEqual(["a"]);
  });

  it("refuse options that do not go together", async () => {
    const bad = (options: object) => csvDataset(records, { label: "y", ...options } as CsvDatasetOptions);
    await expect(bad({ stratify: true, group: "who" })).rejects.toThrow("choose one");
    await expect(bad({ validationSplit: 0.6, testSplit: 0.5 })).rejects.toThrow("no rows to train on");
    await expect(bad({ missingIndicator: true })).rejects.toThrow("missingIndicator needs");
    await expect(bad({ labels: "y" })).rejects.toThrow("labels");
  });
});

it("trains a model that knows how to read new rows, also after it was saved", { timeout: 60_000 }, async () => {
  const records = Array.from({ length: 120 }, (_, i) => ({
    size: i % 40,
    colour: i % 3 === 0 ? "red" : "blue",
    kind: i % 40 > 19 ? "large" : "small",
  }));
  const table = await csvDataset(records, { label: "kind", seed: 1 });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [table.featureNames.length] })],
  });
  model.compile({ optimizer: adam({ learningRate: 0.1 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
  await fit(model, table.train.batch(16), { epochs: 15, verbose: 0 });
  await expect(predictFile(model, records)).rejects.toThrow("does not know how its inputs are made");
  const path = join(folder, "kinds.keras");
  await saveModel(model, path, { preprocessing: table.preprocessing });
  const loaded = await loadModel(path);
  const found = await predictFile(loaded, file("colour,size,note\nblue,1,x\ngreen,39,\n", "new.csv"));
  expect(found.map(({ className, source }) => [className, source])).toEqual([
    ["small", 2],
    ["large", 3],
  ]);
  expect(found[1].probability).toBeCloseTo(
    found[1].outputs[0] > 0.5 && found[1].className === "large" ? found[1].outputs[0] : 1 - found[1].outputs[0],
    6,
  );
  await expect(predictFile(loaded, file("colour\nblue\n", "less.csv"))).rejects.toThrow("no column 'size'");
  await expect(predictFile(loaded, [{ size: "big", colour: "red" }])).rejects.toThrow(/'size' has "big" in line 1/);
  await expect(predictFile(loaded, [{ size: null, colour: "red" }])).rejects.toThrow(/gap in line 1/);
});

it("shows itself as tables", async () => {
  const { summary } = await csvDataset(
    [
      { a: "<b>", y: 1 },
      { a: "c", y: 2 },
    ],
    whole(),
  );
  const bundle = (summary as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
  expect(bundle["text/html"]).toContain("<td>&lt;b&gt;</td>");
  expect(bundle["text/plain"]).toContain("a: category: <b>, c");
});
