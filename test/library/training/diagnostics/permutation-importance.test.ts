/** `permutationImportance` of linear models, whose importances are known in closed form. */
import { expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { permutationImportance, sgd, type TablePreprocessing, tf } from "../../../../src/library/index";

const SAMPLES = 400;

/** y = w · x without a bias. */
function linear(weights: readonly number[]): tf.Sequential {
  const layer = tf.layers.dense({ units: 1, useBias: false, inputShape: [weights.length] });
  const model = tf.sequential({ layers: [layer] });
  model.setWeights([tf.tensor2d(Array.from(weights), [weights.length, 1])]);
  model.compile({ optimizer: sgd(), loss: "meanSquaredError", metrics: ["r2Score"] });
  return model;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

const random = new RandomStream(4);
const weights = [1, -2, 0];
const x = Array.from({ length: SAMPLES }, () => [random.normal(0, 3), random.normal(5, 1), random.normal()]);
const y = x.map((row) => row.reduce((sum, value, j) => sum + weights[j] * value, 0));
const silent = { verbose: 0, seed: 7 } as const;

it("is 2 w² var(x) for the squared error of a model that is always right", async () => {
  const { metric, baseline, columns } = await permutationImportance(
    linear(weights),
    { x, y },
    { ...silent, repeats: 30, columns: ["wide", "shifted", "unused"] },
  );
  expect(metric).toBe("loss");
  expect(baseline).toBeLessThan(1e-9);
  expect(columns.map(({ column }) => column)).toEqual(["wide", "shifted", "unused"]);
  columns.forEach(({ mean, standardDeviation, values }, j) => {
    expect(values).toHaveLength(30);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(variance(values)), 9);
    const expected = 2 * weights[j] ** 2 * variance(x.map((row) => row[j]));
    expect(Math.abs(mean - expected)).toBeLessThanOrEqual(0.05 * expected + 1e-9);
  });
});

it("turns the sign of a metric whose larger values are better, repeats with a seed, and leaves no tensor", async () => {
  const model = linear(weights);
  const options = { ...silent, metric: "r2Score", repeats: 2 };
  const first = await permutationImportance(model, { x, y }, options);
  expect(first.baseline).toBeCloseTo(1, 5);
  expect(first.columns[0].mean).toBeGreaterThan(0.5);
  expect(first.columns.at(-1)).toMatchObject({ column: "2", mean: 0 });
  const tensors = tf.memory().numTensors;
  expect(await permutationImportance(model, { x, y }, options)).toEqual(first);
  expect(tf.memory().numTensors).toBe(tensors);
  const other = await permutationImportance(model, { x, y }, { ...options, seed: 8 });
  expect(other.columns).not.toEqual(first.columns);
});

it("shuffles the numbers of one column of a table together", async () => {
  const model = linear([3, 3, 1]);
  const rows = x.map(([value], i) => [Number(i % 2 === 0), Number(i % 2 === 1), value]);
  const data = { x: rows, y: rows.map(([, , value]) => 3 + value) };
  const preprocessing = {
    kind: "table",
    columns: [
      { name: "city", type: "category", vocabulary: ["Bonn", "Ulm"] },
      { name: "age", type: "number" },
    ],
    label: { name: "price" },
  } as unknown as TablePreprocessing;
  const found = await permutationImportance(model, data, { ...silent, columns: preprocessing });
  expect(found.columns.map(({ column }) => column)).toEqual(["age", "city"]);
  expect(found.columns[1].mean).toBeCloseTo(0, 6);
  const apart = await permutationImportance(model, data, silent);
  expect(Math.min(...apart.columns.map(({ mean }) => mean))).toBeGreaterThan(1);
  expect(String(found)).toMatch(
    /^loss 0\.0000; how much worse .*\n {2}age: \d+\.\d{4} ± \d+\.\d{4}\n {2}city: -?0\.0000 ± 0\.0000$/,
  );
});

it("says what it cannot do", async () => {
  const model = linear(weights);
  const refused = (options: object) => permutationImportance(model, { x, y }, { ...silent, ...options });
  await expect(refused({ columns: ["a", "b"] })).rejects.toThrow(
    "must name the 3 numbers of a sample, received names for 2",
  );
  await expect(refused({ metric: "accuracy" })).rejects.toThrow("metric must be one of");
  await expect(refused({ metric: "mine" })).rejects.toThrow("does not tell whether larger or smaller is better");
  const bare = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
  await expect(permutationImportance(bare, { x, y })).rejects.toThrow(
    "permutationImportance: the model is not compiled",
  );
  await expect(refused({ repeats: 0 })).rejects.toThrow("repeats");
});
