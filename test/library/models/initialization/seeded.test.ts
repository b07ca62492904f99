import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { batchNormalization } from "../../../../src/library/models/layers/batch-normalization";
import "../../../../src/library/models/initialization/seeded";
import { withTrainingStep } from "../../../../src/library/models/layers/training-step";
import { expectClose, moments } from "../helpers";

/** Plain layers, with every initializer and every random layer that TensorFlow.js has. */
function everything(): tf.Sequential {
  const initializers = [
    "glorotUniform",
    "glorotNormal",
    "heUniform",
    "heNormal",
    "leCunUniform",
    "leCunNormal",
  ] as const;
  const others = ["randomUniform", "randomNormal", "truncatedNormal", "orthogonal", "varianceScaling"] as const;
  const dense = [...initializers, ...others].map((name) =>
    tf.layers.dense({
      units: 6,
      activation: "tanh",
      kernelInitializer: name === "orthogonal" ? tf.initializers.orthogonal({}) : name,
    }),
  );
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 10, outputDim: 4, inputLength: 3 }),
      tf.layers.spatialDropout1d({ rate: 0.2 }),
      tf.layers.lstm({ units: 4, dropout: 0.2, recurrentDropout: 0.2, returnSequences: true }),
      tf.layers.gru({ units: 4, dropout: 0.2 }),
      tf.layers.dropout({ rate: 0.3 }),
      ...dense,
      tf.layers.alphaDropout({ rate: 0.1 }),
      batchNormalization(),
      tf.layers.gaussianNoise({ stddev: 0.1 }),
      tf.layers.gaussianDropout({ rate: 0.1 }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}

/** All weights after two epochs of plain `model.fit`, which shuffles too. */
async function train(seed: number): Promise<number[]> {
  setRandomSeed(seed);
  const model = everything();
  model.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
  const x = tf.tensor2d(
    [...Array(36).keys()].map((i) => (i * 7) % 10),
    [12, 3],
  );
  const y = tf.tensor2d(
    [...Array(12).keys()].map((i) => Math.sin(i)),
    [12, 1],
  );
  await model.fit(x, y, { batchSize: 4, epochs: 2, verbose: 0 });
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));

const call = (layer: tf.layers.Layer, x: tf.Tensor, training = true) =>
  Array.from((layer.apply(x, { training }) as tf.Tensor).dataSync());

describe("a model of plain tf.layers", () => {
  let random: ReturnType<typeof vi.spyOn>;
  beforeEach(() => void (random = vi.spyOn(Math, "random")));
  afterEach(() => random.mockRestore());

  it("starts with the same weights after setRandomSeed, and with others after another", () => {
    setRandomSeed(42);
    const first = weightsOf(everything());
    expect(weightsOf(everything())).not.toEqual(first);
    setRandomSeed(42);
    expect(weightsOf(everything())).toEqual(first);
  });

  it("trains to the same weights to the bit, without Math.random", async () => {
    const first = await train(42);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(await train(42)).toEqual(first);
    expect(await train(43)).not.toEqual(first);
    expect(random).not.toHaveBeenCalled();
  });

  it("model.fit shuffles by the seed", () => {
    const order = (seed: number) => {
      setRandomSeed(seed);
      const list = [...Array(20).keys()];
      tf.util.shuffle(list);
      return list;
    };
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect([...order(1)].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });
});

describe("masks", () => {
  const x = tf.ones([4, 50]);

  it.each([
    ["dropout", () => tf.layers.dropout({ rate: 0.5, seed: 3 })],
    ["alphaDropout", () => tf.layers.alphaDropout({ rate: 0.5 })],
    ["gaussianNoise", () => tf.layers.gaussianNoise({ stddev: 1 })],
    ["gaussianDropout", () => tf.layers.gaussianDropout({ rate: 0.5 })],
  ])("of %s differ from step to step, seeded or not, and are off in prediction", (_, make) => {
    const layer = make();
    expect(call(layer, x)).not.toEqual(call(layer, x));
    expect(call(layer, x, false)).toEqual(Array.from(x.dataSync()));
  });

  it("of two layers differ, those of two layers with one seed do not", () => {
    expect(call(tf.layers.dropout({ rate: 0.5 }), x)).not.toEqual(call(tf.layers.dropout({ rate: 0.5 }), x));
    const seeded = () => call(tf.layers.dropout({ rate: 0.5, seed: 9 }), x);
    expect(seeded()).toEqual(seeded());
  });

  it("are those of the training step where one is given, as a number or a tensor", () => {
    const layer = tf.layers.dropout({ rate: 0.5, seed: 5 });
    const counted = [call(layer, x), call(layer, x), call(layer, x)];
    const at = (step: number | tf.Tensor) => withTrainingStep(step, () => call(layer, x));
    expect([at(0), at(1), at(2)]).toEqual(counted);
    expect(at(tf.scalar(2, "int32"))).toEqual(counted[2]);
  });

  it("differ where a layer is used twice in one step, and repeat when the step is repeated", () => {
    const layer = tf.layers.dropout({ rate: 0.5 });
    const step = () => withTrainingStep(3, () => [call(layer, x), call(layer, x)]);
    const [first, second] = step();
    expect(first).not.toEqual(second);
    expect(step()).toEqual([first, second]);
  });

  it("of an inner step leave the outer one alone, also after an error", () => {
    const layer = tf.layers.dropout({ rate: 0.5, seed: 1 });
    const plain = withTrainingStep(4, () => call(layer, x));
    const nested = withTrainingStep(4, () => {
      expect(() => withTrainingStep(5, () => { throw new Error("stop"); })).toThrow("stop"); // prettier-ignore
      return call(layer, x);
    });
    expect(nested).toEqual(plain);
  });
});

describe("what each layer does", () => {
  const ones = tf.ones([200, 500]);

  it("dropout: a share of `rate` is 0, the rest 1 / (1 − rate), the mean is kept", () => {
    const values = call(tf.layers.dropout({ rate: 0.2, seed: 1 }), ones);
    const zeros = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(zeros - 0.2)).toBeLessThan(0.006); // nearly five standard deviations
    expectClose([...new Set(values)].sort(), [0, 1.25], 1e-6);
    expect(Math.abs(moments(values).mean - 1)).toBeLessThan(0.008);
  });

  it("dropout: noiseShape drops whole rows, spatialDropout1d whole features", () => {
    const rows = tf.layers
      .dropout({ rate: 0.5, noiseShape: [200, 1], seed: 1 })
      .apply(ones, { training: true }) as tf.Tensor2D;
    for (const row of rows.arraySync()) expect(new Set(row).size).toBe(1);
    const cube = tf.layers
      .spatialDropout1d({ rate: 0.5, seed: 1 })
      .apply(tf.ones([2, 5, 7]), { training: true }) as tf.Tensor3D;
    for (const sample of cube.arraySync()) for (const step of sample) expect(step).toEqual(sample[0]);
  });

  it("alphaDropout: normal inputs keep mean 0 and variance 1, dropped ones take one value", () => {
    const x = tf.randomNormal([200, 500], 0, 1, "float32", 4);
    const { mean, standardDeviation } = moments(call(tf.layers.alphaDropout({ rate: 0.3 }), x));
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(standardDeviation).toBeCloseTo(1, 1.7);
    const a = ((1 - 0.3) * (1 + 0.3 * 1.7580993408473766 ** 2)) ** -0.5;
    const dropped = a * -1.7580993408473766 * (1 - 0.3);
    const values = new Set(call(tf.layers.alphaDropout({ rate: 0.3 }), ones));
    expectClose(
      [...values].sort((p, q) => p - q),
      [dropped, a + a * 1.7580993408473766 * 0.3],
      1e-6,
    );
  });

  it("gaussianNoise and gaussianDropout have their spreads", () => {
    expect(moments(call(tf.layers.gaussianNoise({ stddev: 0.5 }), ones)).standardDeviation).toBeCloseTo(0.5, 1.9);
    expect(moments(call(tf.layers.gaussianDropout({ rate: 0.2 }), ones)).standardDeviation).toBeCloseTo(0.5, 1.9);
  });

  it("the gradient of dropout is its mask", () => {
    const layer = tf.layers.dropout({ rate: 0.5, seed: 2 });
    const x = tf.ones([3, 4]);
    const forward = withTrainingStep(1, () => call(layer, x));
    const backward = tf.grad((input) => layer.apply(input, { training: true }) as tf.Tensor);
    const gradient = withTrainingStep(1, () => Array.from(backward(x).dataSync()));
    expect(gradient).toEqual(forward);
  });
});

describe("plain layers refuse amounts out of range", () => {
  it.each([
    [
      () => tf.layers.dropout({ rate: 1.5 }),
      "tf.layers.dropout: rate must be a finite number at least 0 and less than 1, received 1.5.",
    ],
    [() => tf.layers.dropout({ rate: -0.1 }), "received -0.1"],
    [() => tf.layers.dropout({ rate: "0.5" as never }), "tf.layers.dropout: rate must be a finite number"],
    [() => tf.layers.alphaDropout({ rate: 1 }), "tf.layers.alphaDropout: rate"],
    [() => tf.layers.gaussianDropout({ rate: NaN }), "tf.layers.gaussianDropout: rate"],
    [() => tf.layers.spatialDropout1d({ rate: 2 }), "tf.layers.spatialDropout1d: rate"],
    [() => tf.layers.gaussianNoise({ stddev: -1 }), "tf.layers.gaussianNoise: stddev"],
    [() => tf.layers.dropout(undefined as never), "tf.layers.dropout: rate must be"],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});

it.each(["dropout", "alphaDropout", "gaussianDropout"] as const)(
  "%s keeps its seed when a model is copied",
  async (name) => {
    const model = tf.sequential({ layers: [tf.layers[name]({ rate: 0.5, seed: 77, inputShape: [20] } as never)] });
    const copy = await tf.models.modelFromJSON(model.toJSON(undefined, false) as never);
    const x = tf.ones([2, 20]);
    expect(call(copy.layers[0], x)).toEqual(call(model.layers[0], x));
  },
);
