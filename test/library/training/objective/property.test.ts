/** `evaluate` and `fit` against plain formulas in double precision, for random networks, losses, labels and weights. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";
import { predict } from "../../../../src/library/training/fit/predict";

type Row = readonly number[];

interface Kind {
  readonly loss: string;
  readonly activation: "linear" | "sigmoid" | "softmax";
  readonly label: (random: RandomStream, units: number) => Row;
  /** Loss at one position. */
  readonly formula: (label: Row, output: Row) => number;
  /** Whether the answer at one position is right; share of the units that are. */
  readonly right: (label: Row, output: Row) => number;
  readonly units: (random: RandomStream) => number;
}

const mean = (values: Row) => values.reduce((a, b) => a + b, 0) / values.length;
const largest = (row: Row) => row.indexOf(Math.max(...row));
const binaryRight = (label: Row, output: Row) => mean(label.map((y, i) => Number(y === Number(output[i] > 0.5))));
const several = (random: RandomStream) => 2 + random.integer(3);

const KINDS: readonly Kind[] = [
  {
    loss: "mse",
    activation: "linear",
    label: (random, units) => Array.from({ length: units }, () => random.normal()),
    formula: (y, p) => mean(y.map((value, i) => (value - p[i]) ** 2)),
    right: (y, p) => (y.length === 1 ? binaryRight(y, p) : Number(largest(y) === largest(p))),
    units: (random) => 1 + random.integer(3),
  },
  {
    loss: "mean_absolute_error",
    activation: "linear",
    label: (random) => [random.normal()],
    formula: (y, p) => Math.abs(y[0] - p[0]),
    right: binaryRight,
    units: () => 1,
  },
  {
    loss: "binary_crossentropy",
    activation: "sigmoid",
    label: (random) => [random.integer(2)],
    formula: ([y], [p]) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
    right: binaryRight,
    units: () => 1,
  },
  {
    loss: "categoricalCrossentropy",
    activation: "softmax",
    label: (random, units) => {
      const chosen = random.integer(units);
      return Array.from({ length: units }, (_, i) => Number(i === chosen));
    },
    formula: (y, p) => -y.reduce((sum, share, i) => sum + share * Math.log(p[i]), 0),
    right: (y, p) => Number(largest(y) === largest(p)),
    units: several,
  },
  {
    loss: "sparse_categorical_crossentropy",
    activation: "softmax",
    label: (random, units) => [random.integer(units)],
    formula: ([y], p) => -Math.log(p[y]),
    right: ([y], p) => Number(y === largest(p)),
    units: several,
  },
];

interface Trial {
  readonly kind: Kind;
  readonly units: number;
  readonly samples: number;
  readonly steps: number | undefined;
  /** Whether labels of one number have an axis for it. */
  readonly hasAxis: boolean;
  readonly batchSize: number;
  readonly classWeight: Record<number, number> | undefined;
}

function trial(random: RandomStream, kind: Kind): Trial {
  const units = kind.units(random);
  const steps = random.integer(3) === 0 ? 2 + random.integer(3) : undefined;
  const isClass = !/mse|absolute/.test(kind.loss);
  const classes = units === 1 ? 2 : units;
  const weights = () => Object.fromEntries(Array.from({ length: classes }, (_, i) => [i, 0.5 + random.uniform() * 3]));
  return {
    kind,
    units,
    samples: 9 + random.integer(9),
    steps,
    hasAxis: random.integer(2) === 0,
    batchSize: 2 + random.integer(5),
    classWeight: isClass && steps === undefined ? weights() : undefined,
  };
}

function network({ kind, units, steps }: Trial, random: RandomStream): tf.Sequential {
  const shape = steps === undefined ? [3] : [steps, 3];
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, activation: "tanh", inputShape: shape }),
      tf.layers.dense({ units, activation: kind.activation }),
    ],
  });
  const values = model.weights.map(({ shape }) => {
    const sizes = shape as number[];
    return tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(sizes) }, () => random.normal()),
      sizes,
    );
  });
  model.setWeights(values);
  tf.dispose(values);
  model.compile({ optimizer: sgd({ learningRate: 0 }), loss: kind.loss, metrics: ["accuracy"] });
  return model;
}

const seeds = Array.from({ length: 30 }, (_, i) => i);

describe("loss and accuracy equal the plain formula", () => {
  it.each(seeds)("random network %i", async (seed) => {
    const random = new RandomStream(500 + seed);
    const one = trial(random, KINDS[seed % KINDS.length]);
    const { kind, units, samples, steps = 1, batchSize, classWeight } = one;
    const model = network(one, random);
    const positions = samples * steps;
    const labels = Array.from({ length: positions }, () => kind.label(random, units));
    const width = labels[0].length;
    const labelShape = [...(one.steps ? [steps] : []), ...(width > 1 || one.hasAxis ? [width] : [])];
    const data = datasetFromArrays({
      features: Float32Array.from({ length: positions * 3 }, () => random.normal()),
      shape: one.steps ? [steps, 3] : [3],
      labels: Float32Array.from(labels.flat()),
      labelShape,
    }).batch(batchSize);
    const outputs = (await predict(model, data)).dataSync();
    const rows = Array.from({ length: positions }, (_, i) => Array.from(outputs.subarray(i * units, (i + 1) * units)));
    const losses = rows.map((row, i) => kind.formula(labels[i].map(Math.fround), row));
    const expected = { loss: mean(losses), accuracy: mean(rows.map((row, i) => kind.right(labels[i], row))) };
    const logs = await evaluate(model, data, { verbose: 0 });
    expect(logs.loss).toBeCloseTo(expected.loss, 4);
    expect(logs.accuracy).toBeCloseTo(expected.accuracy, 6);
    if (!classWeight) return;
    const { history } = await fit(model, data, { verbose: 0, classWeight });
    const weightOf = (label: Row) => classWeight[width > 1 ? largest(label) : label[0]];
    expect(history.loss[0]).toBeCloseTo(mean(losses.map((loss, i) => loss * weightOf(labels[i]))), 4);
    expect(history.accuracy[0]).toBeCloseTo(expected.accuracy, 6);
  });
});
