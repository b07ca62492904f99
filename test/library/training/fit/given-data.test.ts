/** Samples and labels as they are: arrays, typed arrays, tensors, danfo frames, several inputs and outputs. */
import { DataFrame, Series } from "danfojs-node";
import { describe, expect, it } from "vitest";
import { Dataset, datasetFromArrays, evaluate, fit, predict, sgd, tf } from "../../../../src/library/index";

const quiet = { verbose: 0 } as const;
const rows = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const targets = rows.map(([a, b]) => [2 * a - b]);

function model(): tf.Sequential {
  const network = tf.sequential();
  const kernelInitializer = tf.initializers.constant({ value: 0.1 });
  network.add(tf.layers.dense({ units: 1, inputShape: [2], kernelInitializer, name: "only" }));
  network.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
  return network;
}

const weightsOf = (network: tf.LayersModel) => network.getWeights().flatMap((weight) => [...weight.dataSync()]);

describe("fit, evaluate and predict take samples as they are", () => {
  const frame = new DataFrame(
    rows.map(([a, b]) => [a, b]),
    { columns: ["a", "b"] },
  );
  const forms: Record<string, () => { x: unknown; y: unknown }> = {
    arrays: () => ({ x: rows, y: targets }),
    "typed arrays": () => ({ x: Float32Array.from(rows.flat()), y: Float64Array.from(targets.flat()) }),
    tensors: () => ({ x: tf.tensor2d(rows), y: tf.tensor2d(targets) }),
    "danfo frames": () => ({ x: frame, y: new DataFrame(targets, { columns: ["label"] }) }),
    "rows of typed arrays": () => ({ x: rows.map((row) => Float32Array.from(row)), y: targets }),
    "lists of one": () => ({ x: [tf.tensor2d(rows)], y: [tf.tensor2d(targets)] }),
  };

  it.each(Object.keys(forms))("%s train as a data set does", async (form) => {
    const expected = model();
    const data = datasetFromArrays({ features: rows, labels: targets }).batch(8);
    const told = await fit(expected, data, { epochs: 3, ...quiet });
    const data2 = forms[form]() as { x: never; y: never };
    const network = model();
    const history = await fit(network, data2, { epochs: 3, batchSize: 8, shuffle: false, ...quiet });
    expect(weightsOf(network)).toEqual(weightsOf(expected));
    expect(history.history).toEqual(told.history);
    expect(await evaluate(network, data2, { batchSize: 8, ...quiet })).toEqual(await evaluate(expected, data, quiet));
    const outputs = (await predict(network, data2.x, { batchSize: 8 })).dataSync();
    expect([...outputs]).toEqual([...(await predict(expected, data)).dataSync()]);
  });

  it("shuffles arrays anew in each epoch unless told otherwise", async () => {
    const losses = async (shuffle?: boolean) => {
      const seen: string[] = [];
      const network = model();
      const loss = (labels: tf.Tensor, outputs: tf.Tensor) => {
        seen.push([...labels.dataSync()].map((label) => label.toFixed(3)).join());
        return tf.mean(tf.square(tf.sub(labels, outputs)), -1);
      };
      network.compile({ optimizer: sgd(), loss });
      await fit(network, { x: rows, y: targets }, { epochs: 2, batchSize: 24, compile: false, shuffle, ...quiet });
      return new Set(seen).size;
    };
    expect(await losses()).toBe(2);
    expect(await losses(false)).toBe(1);
  });

  it("keeps the last samples for the validation, before it shuffles", async () => {
    const network = model();
    const split = await fit(network, { x: rows, y: targets }, { validationSplit: 0.25, epochs: 2, ...quiet });
    expect(split.params.samples).toBe(18);
    const last = { x: rows.slice(18), y: targets.slice(18) };
    expect(split.history.val_loss[1]).toBeCloseTo((await evaluate(network, last, quiet)).loss, 6);
  });

  it.each([
    [{ validationSplit: 0.999 }, /leaves none for training/],
    [{ validationSplit: 1 }, /validationSplit must be .* less than 1/],
    [{ validationSplit: 0.5, validationData: { x: rows, y: targets } }, /both given/],
    [{ sampleWeight: [1, 2] }, /expected 24 weights, one for each sample, received 2/],
    [{ shuffle: "yes" }, /shuffle must be true or false/],
  ])("refuses %j", async (options, message) => {
    await expect(fit(model(), { x: rows, y: targets }, { ...quiet, ...(options as object) })).rejects.toThrow(message);
  });

  it("takes a Series, and plain numbers for an input of one number, as Keras does", async () => {
    const one = () => {
      const network = tf.sequential();
      const kernelInitializer = tf.initializers.constant({ value: 0.1 });
      network.add(tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer }));
      network.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
      return network;
    };
    const [x, y] = [rows.map(([a]) => a), targets.flat()];
    const expected = one();
    await fit(expected, datasetFromArrays({ features: x.map((a) => [a]), labels: targets }), quiet);
    for (const data of [{ x: new Series(x), y: new Series(y) }, datasetFromArrays({ features: x, labels: y })]) {
      const network = one();
      await fit(network, data as never, { ...(data instanceof Dataset ? {} : { shuffle: false }), ...quiet });
      expect(weightsOf(network)).toEqual(weightsOf(expected));
    }
    expect((await predict(expected, x)).shape).toEqual([24, 1]);
  });

  it("tells a Keras user how to write fit(model, x, y), and what else is wrong with the data", async () => {
    const [x, y] = [tf.tensor2d(rows), tf.tensor2d(targets)];
    await expect(fit(model(), x as never, y as never)).rejects.toThrow(/fit\(model, \{ x, y \}, \{ epochs: 10 \}\)/);
    await expect(fit(model(), { xs: x, ys: y } as never)).rejects.toThrow(/expected a Dataset or \{ x, y \}/);
    await expect(fit(model(), { x } as never)).rejects.toThrow(/labels are missing/);
    const text = new DataFrame([["red", 1]], { columns: ["colour", "size"] });
    await expect(fit(model(), { x: text as never, y: [1] })).rejects.toThrow(/column 'colour' .* "red" in row 0/);
    const gap = new DataFrame(
      [
        [1, 2],
        [NaN, 2],
      ],
      { columns: ["a", "b"] },
    );
    await expect(fit(model(), { x: gap as never, y: [1, 2] })).rejects.toThrow(/column 'a' .* NaN in row 1.*dropNa/);
    const data = datasetFromArrays({ features: rows, labels: targets });
    await expect(fit(model(), data, { validationSplit: 0.2 })).rejects.toThrow(/take and skip/);
    await expect(fit(model(), data, { shuffle: true })).rejects.toThrow(/data\.shuffle/);
  });
});

describe("sample weights", () => {
  it("count alike as a column, as an option and as a method", async () => {
    const weights = rows.map((_, i) => (i % 3) / 2);
    const plain = datasetFromArrays({ features: rows, labels: targets });
    const column = datasetFromArrays({ features: rows, labels: targets, sampleWeight: weights });
    const results = await Promise.all(
      [
        () => evaluate(model(), plain.withSampleWeights(weights), quiet),
        () => evaluate(model(), column, quiet),
        () => evaluate(model(), plain, { sampleWeight: weights, ...quiet }),
        () => evaluate(model(), { x: rows, y: targets, sampleWeight: weights }, quiet),
      ].map((run) => run()),
    );
    const network = model();
    const outputs = [...(await predict(network, rows)).dataSync()];
    const mean = outputs.reduce((sum, output, i) => sum + weights[i] * (output - targets[i][0]) ** 2, 0) / 24;
    for (const { loss } of results) expect(loss).toBeCloseTo(mean, 6);
  });
});

describe("several inputs", () => {
  const [a, b] = [rows, rows.map(([left]) => [left, 1, left])];

  function joined(): tf.LayersModel {
    const inputs = [tf.input({ shape: [2], name: "a" }), tf.input({ shape: [3], name: "b" })];
    const kernelInitializer = tf.initializers.constant({ value: 0.2 });
    const both = tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor;
    const network = tf.model({
      inputs,
      outputs: tf.layers.dense({ units: 1, kernelInitializer }).apply(both) as tf.SymbolicTensor,
    });
    network.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    return network;
  }
  const one = (): tf.LayersModel => {
    const network = tf.sequential();
    const kernelInitializer = tf.initializers.constant({ value: 0.2 });
    network.add(tf.layers.dense({ units: 1, inputShape: [5], kernelInitializer }));
    network.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    return network;
  };
  const close = (found: number[], expected: number[]) =>
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));

  it.each([false, "graph"] as const)(
    "named columns train as one column with all numbers does (compile %s)",
    async (compile) => {
      const named = datasetFromArrays({ features: { a, b }, labels: targets });
      const packed = datasetFromArrays({ features: a.map((row, i) => [...row, ...b[i]]), labels: targets });
      const shuffled = (data: typeof named) => data.skip(2).shuffle({ bufferSize: 24, seed: 4 }).batch(4).take(4);
      const [network, expected] = [joined(), one()];
      const options = { epochs: 4, compile, ...quiet };
      const { history } = await fit(network, shuffled(named), { ...options, validationData: named });
      const told = await fit(expected, shuffled(packed), { ...options, validationData: packed });
      close(weightsOf(network), weightsOf(expected));
      close(history.val_loss, told.history.val_loss);
      close([...(await predict(network, { a, b })).dataSync()], [...(await predict(expected, packed)).dataSync()]);
      close(
        [...(await predict(network, [tf.tensor2d(a), tf.tensor2d(b)])).dataSync()],
        [...(await predict(expected, packed)).dataSync()],
      );
      close(
        [(await evaluate(network, { x: { a, b }, y: targets }, quiet)).loss],
        [(await evaluate(expected, packed, quiet)).loss],
      );
    },
  );

  it("come by name in batches", () => {
    const data = datasetFromArrays({ features: { a, b }, labels: { c: targets, d: targets.map(() => 1) } }).batch(5);
    const [batch] = data.batches(0);
    expect(Object.entries(batch.featuresByName ?? {}).map(([name, { shape }]) => [name, shape])).toEqual([
      ["a", [5, 2]],
      ["b", [5, 3]],
    ]);
    expect([...(batch.featuresByName?.b as tf.Tensor).dataSync()].slice(0, 3)).toEqual([...Float32Array.from(b[0])]);
    expect(batch.labelsByName?.d.shape).toEqual([5]);
    expect(data.featureLayout).toEqual({ a: [2], b: [3] });
  });

  it("are refused where the names or numbers do not fit", async () => {
    const other = datasetFromArrays({ features: { a, c: b }, labels: targets });
    await expect(fit(joined(), other, quiet)).rejects.toThrow(
      /has the inputs 'a', 'b', the data set the columns 'a', 'c'/,
    );
    const single = datasetFromArrays({ features: a, labels: targets });
    await expect(fit(joined(), single, quiet)).rejects.toThrow(/Name the columns: .*features: \{ a, b \}/);
    const wide = datasetFromArrays({ features: { a, b: a }, labels: targets });
    await expect(fit(joined(), wide, quiet)).rejects.toThrow(/for its input 'b' samples of shape \[3\].*has \[2\]/);
    expect(() => datasetFromArrays({ features: { a, b: b.slice(1) }, labels: targets })).toThrow(
      /'a' holds 24 samples and 'b' 23/,
    );
    expect(() => datasetFromArrays({ features: { a, b }, labels: targets }).rescale(2)).toThrow(/columns a, b/);
  });
});

// keras-js#31, tensorflow#84278: named inputs must not depend on the order in which they are written; keras#17319.
it("named inputs train alike in whatever order they are written, with a validationSplit too", async () => {
  const run = async (x: Readonly<Record<string, number[][]>>) => {
    const inputs = ["z", "a"].map((name) => tf.input({ shape: [2], name }));
    const kernelInitializer = tf.initializers.constant({ value: 0.2 });
    const both = tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor;
    const outputs = tf.layers.dense({ units: 1, kernelInitializer }).apply(both) as tf.SymbolicTensor;
    const network = tf.model({ inputs, outputs });
    network.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    const options = { validationSplit: 0.25, shuffle: false, epochs: 2, ...quiet };
    const { history } = await fit(network, { x, y: targets }, options);
    return { history, weights: weightsOf(network) };
  };
  const shifted = rows.map(([a, b]) => [b, a + 1]);
  expect(await run({ a: shifted, z: rows })).toEqual(await run({ z: rows, a: shifted }));
});

it("predict gives one tensor for each output", async () => {
  const input = tf.input({ shape: [2] });
  const outputs = [1, 3].map((units) => tf.layers.dense({ units }).apply(input) as tf.SymbolicTensor);
  const found = await predict<tf.Tensor[]>(tf.model({ inputs: input, outputs }), rows);
  expect(found.map(({ shape }) => shape)).toEqual([
    [24, 1],
    [24, 3],
  ]);
});
