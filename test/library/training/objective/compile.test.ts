/** What `model.compile` takes, and what it says to what it does not take. */
import { describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { tf } from "../../../../src/library/engine/tf";
import { binaryCrossentropy, huber } from "../../../../src/library/techniques/losses";
import { auc, meanIoU, meanMetricWrapper, precision } from "../../../../src/library/techniques/metrics";
import { adam } from "../../../../src/library/techniques/optimizers/adam";
import { sgd } from "../../../../src/library/techniques/optimizers/sgd";
import type { CompileArguments } from "../../../../src/library/training/objective/compile-arguments";
import { evaluate } from "../../../../src/library/training/fit/evaluate";
import { fit } from "../../../../src/library/training/fit/fit";
import { objectiveOf } from "../../../../src/library/training/steps/objective";

const quiet = { verbose: 0 } as const;
const { dense } = tf.layers;

function compiled(args: Partial<CompileArguments>, units = 1): tf.Sequential {
  const model = tf.sequential({ layers: [dense({ units, activation: "sigmoid", inputShape: [2] })] });
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "bce", ...args });
  return model;
}

const logNames = (args: Partial<CompileArguments>) =>
  objectiveOf("test", compiled(args)).columns.map(({ name }) => name);

const features = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const bits = features.map(([a]) => Number(a > 0.3));
const data = datasetFromArrays({ features, labels: bits }).batch(8);

describe("losses by name", () => {
  it.each(["mse", "MSE", "mean_squared_error", "meanSquaredError", "MeanSquaredError"])("%s", async (loss) => {
    const wanted = await evaluate(
      compiled({ loss: "meanSquaredError", optimizer: sgd({ learningRate: 0.1 }) }),
      data,
      quiet,
    );
    expect(wanted.loss).toBeGreaterThan(0);
    const model = compiled({ loss });
    expect(objectiveOf("test", model).outputs[0].loss?.lossName).toBe("meanSquaredError");
  });

  it.each([
    "binary_crossentropy",
    "sparse_categorical_crossentropy",
    "log_cosh",
    "kld",
    "hinge",
    "BinaryFocalCrossentropy",
  ])("%s is known", (loss) => {
    expect(objectiveOf("test", compiled({ loss })).outputs[0].loss).toBeDefined();
  });

  it("unknown ones are refused, with a guess", () => {
    expect(() => compiled({ loss: "binaryCrossEntrpy" })).toThrow(
      "compile: unknown loss 'binaryCrossEntrpy'. Did you mean 'binaryCrossentropy'?",
    );
    expect(() => compiled({ metrics: ["precison"] })).toThrow("unknown metric 'precison'. Did you mean 'precision'?");
    expect(() => compiled({ loss: 3 as never })).toThrow("loss must be a name or a function");
    expect(() => compiled({ metric: ["mse"] } as never)).toThrow("compile: unknown option 'metric'");
  });
});

describe("names in the logs", () => {
  it("are those that were written, and Keras' for what is made", () => {
    expect(logNames({ metrics: ["accuracy", "mse", auc(), precision({ name: "sure" })] })).toEqual([
      "loss",
      "accuracy",
      "mse",
      "auc",
      "sure",
    ]);
    expect(logNames({ metrics: "acc" })).toEqual(["loss", "acc"]);
    expect(logNames({ metrics: [huber()] })).toEqual(["loss", "huber"]);
  });

  it("of functions of one's own are their names", () => {
    const distance = (y: tf.Tensor, p: tf.Tensor) => tf.abs(tf.sub(y, p));
    const nameless = (
      () => (y: tf.Tensor, p: tf.Tensor) =>
        tf.abs(tf.sub(y, p))
    )();
    expect(logNames({ metrics: [distance, nameless, meanMetricWrapper(distance, { name: "far" })] })).toEqual([
      "loss",
      "distance",
      "metric_2",
      "far",
    ]);
  });

  it("occur once", () => {
    expect(() => compiled({ metrics: [precision(), precision({ thresholds: 0.8 })] })).toThrow(
      'compile: two metrics are named "precision", and a log holds one of each name.',
    );
    expect(() => compiled({ metrics: [precision({ name: "loss" })] })).toThrow("stands for something else");
  });

  it("of weighted metrics that are there already begin with weighted_", () => {
    expect(logNames({ metrics: ["accuracy"], weightedMetrics: ["accuracy", "auc"] })).toEqual([
      "loss",
      "accuracy",
      "weighted_accuracy",
      "auc",
    ]);
  });
});

describe("metrics", () => {
  it("that do not suit the outputs are refused when the model is compiled", () => {
    expect(() => compiled({ metrics: [meanIoU()] })).toThrow("the outputs have 1 units");
    expect(() => compiled({ metrics: [meanIoU({ numClasses: 3 })] }, 2)).toThrow("expected as many units as classes");
    expect(() => precision({ thresholds: [0.2, 0.5] })).toThrow("a log holds one number, so give one threshold");
  });

  it("count over the whole epoch, compiled and op by op (case 04-binary, tensorflow#47963)", async () => {
    const args = { metrics: ["precision", "recall", "truePositives", auc({ numThresholds: 50 }), "f1_score"] };
    const model = compiled({ ...args, optimizer: adam({ learningRate: 0.2 }) });
    await fit(model, data, { ...quiet, epochs: 30 });
    const wanted = await evaluate(model, data, { ...quiet, compile: false });
    expect(await evaluate(model, data, { ...quiet, compile: "graph" })).toEqual(wanted);
    const outputs = (model.predict(tf.tensor2d(features)) as tf.Tensor).dataSync();
    const yes = bits.map((_, i) => outputs[i] > 0.5);
    const right = bits.filter((bit, i) => bit === 1 && yes[i]).length;
    expect(wanted.precision).toBe(right / yes.filter(Boolean).length);
    expect(wanted.recall).toBe(right / bits.filter((bit) => bit === 1).length);
    expect(wanted.truePositives).toBe(right);
    expect(wanted.f1_score).toBeCloseTo(
      (2 * wanted.precision * wanted.recall) / (wanted.precision + wanted.recall),
      12,
    );
    expect(wanted.auc).toBeGreaterThan(0.9);
  });

  it("accuracy is true beside a loss of one's own (case 05-accuracy-from-logits)", async () => {
    const rows = features.map(([a, b]) => [a, b, Math.sin(5 * a)]);
    const labels = rows.map((row) => row.indexOf(Math.max(...row)));
    const model = tf.sequential({ layers: [dense({ units: 3, inputShape: [3] })] });
    const loss = (t: tf.Tensor, p: tf.Tensor) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(tf.cast(t, "int32") as tf.Tensor1D, 3), p);
    model.compile({ optimizer: adam({ learningRate: 0.1 }), loss, metrics: ["accuracy"] });
    const one = datasetFromArrays({ features: rows, labels, numClasses: 3 }).batch(20);
    await fit(model, one, { ...quiet, epochs: 40 });
    const chosen = (model.predict(tf.tensor2d(rows)) as tf.Tensor).argMax(-1).dataSync();
    const share = labels.filter((label, i) => label === chosen[i]).length / labels.length;
    expect(share).toBeGreaterThan(0.8);
    expect((await evaluate(model, one, quiet)).accuracy).toBeCloseTo(share, 6);
  });

  it("accuracy of a sigmoid does not hinder the recording (case 33-edges)", async () => {
    const { plan } = await fit(compiled({ metrics: ["accuracy"] }), data, { ...quiet, epochs: 10 });
    expect(plan).toBe("graph");
  });
});

describe("the binary cross-entropy", () => {
  it("learns where the sigmoid is 0 or 1 (case bin_unscaled)", async () => {
    const wide = features.map(([a, b]) => [300 * a, 300 * b]);
    const model = compiled({ optimizer: adam({ learningRate: 0.5 }) });
    const one = datasetFromArrays({ features: wide, labels: wide.map(([a]) => Number(a < 0)) }).batch(8);
    const { history } = await fit(model, one, { ...quiet, epochs: 60 });
    expect(history.loss.at(-1)).toBeLessThan(0.01);
  });

  it("has the right slope at a logit of 0, where TensorFlow.js' is wrong", () => {
    const loss = binaryCrossentropy({ fromLogits: true });
    const slope = (label: number) =>
      tf
        .grad((x) => tf.sum(loss(tf.tensor2d([[label]]), x)))(tf.tensor2d([[0]]))
        .dataSync()[0];
    expect([slope(1), slope(0), slope(0.25)]).toEqual([-0.5, 0.5, 0.25]);
  });
});

describe("outputs by name", () => {
  const args = (more: Partial<CompileArguments>) => {
    const input = tf.input({ shape: [2] });
    const outputs = ["kind", "size"].map((name) => dense({ units: 1, name }).apply(input) as tf.SymbolicTensor);
    const model = tf.model({ inputs: input, outputs });
    model.compile({ optimizer: "sgd", loss: "mse", ...more });
    return objectiveOf("test", model);
  };

  it("losses, weights and metrics find their outputs, in Keras' order and with its names", () => {
    const objective = args({
      loss: { size: "mae", kind: "mse" },
      lossWeights: { size: 0.5 },
      metrics: { size: ["mse"], kind: "accuracy" },
    });
    expect(objective.columns.map(({ name }) => name)).toEqual([
      "loss",
      "kind_loss",
      "size_loss",
      "kind_accuracy",
      "size_mse",
    ]);
    expect(objective.outputs.map(({ loss, weight }) => [loss?.lossName, weight])).toEqual([
      ["meanSquaredError", 1],
      ["meanAbsoluteError", 0.5],
    ]);
    expect(args({ metrics: [["mse"], []] }).columns.map(({ name }) => name)).toContain("kind_mse");
  });

  it.each([
    [{ loss: { kind: "mse" } }, "loss says nothing of output 'size'"],
    [{ loss: { kind: "mse", other: "mse" } }, "loss names 'other', but the model has 2 outputs, 'kind', 'size'"],
    [{ loss: ["mse"] }, "loss has 1 entries, the model has 2 outputs"],
    [{ metrics: ["mse", "mae", "acc"] }, "metrics has 3 entries, the model has 2 outputs"],
    [{ metrics: { other: "mse" } }, "metrics names 'other'"],
    [{ lossWeights: { kind: NaN } }, "lossWeights of 'kind' must be a finite number"],
  ] as [Partial<CompileArguments>, string][])("%o is refused", (more, words) => {
    expect(() => args(more)).toThrow(words);
  });

  it("an output without a loss is not trained", () => {
    const { columns, outputs } = args({ loss: { kind: "mse", size: null } });
    expect(columns.map(({ name }) => name)).toEqual(["loss"]);
    expect(outputs[1].loss).toBeUndefined();
  });
});

describe("regularizers (case 06-shared-regularizer)", () => {
  const l2 = tf.regularizers.l2({ l2: 1 });
  const penalty = async (model: tf.LayersModel, shape = [2]) => {
    model.compile({ optimizer: "sgd", loss: "mse" });
    const size = tf.util.sizeFromShape(shape);
    const zeros = datasetFromArrays({ features: new Float32Array(size), shape, labels: [[0, 0]] });
    return (await evaluate(model, zeros, quiet)).loss;
  };
  const ones = { units: 2, useBias: false, kernelInitializer: "ones" as const, kernelRegularizer: l2 };

  it.each([1, 2, 3])("of a layer used %i times count once", async (uses) => {
    const input = tf.input({ shape: [2] });
    const layer = dense(ones);
    let output = input;
    for (let use = 0; use < uses; use++) output = layer.apply(output) as tf.SymbolicTensor;
    expect(await penalty(tf.model({ inputs: input, outputs: output }))).toBe(4);
  });

  it("of a nested model used twice count once", async () => {
    const input = tf.input({ shape: [2] });
    const inner = tf.sequential({ layers: [dense({ ...ones, inputShape: [2] })] });
    const again = tf.layers.activation({ activation: "linear" }).apply(input);
    const output = tf.layers.add().apply([inner.apply(input), inner.apply(again)] as tf.SymbolicTensor[]);
    expect(await penalty(tf.model({ inputs: input, outputs: output as tf.SymbolicTensor }))).toBe(4);
  });

  it("of frozen weights do not count", async () => {
    const model = tf.sequential({ layers: [dense({ ...ones, inputShape: [2] }), dense(ones)] });
    model.layers[0].trainable = false;
    expect(await penalty(model)).toBe(4);
  });

  it("of a recurrent cell and of a wrapped layer count", async () => {
    const cell = tf.layers.simpleRNN({ ...ones, inputShape: [1, 2] });
    expect(await penalty(tf.sequential({ layers: [cell] }), [1, 2])).toBe(4);
    const wrapped = tf.layers.timeDistributed({ layer: dense(ones), inputShape: [1, 2] });
    expect(await penalty(tf.sequential({ layers: [wrapped, tf.layers.flatten()] }), [1, 2])).toBe(4);
  });
});

describe("a saved model", () => {
  /** The model as it is when it is loaded again. */
  async function again(model: tf.Sequential): Promise<tf.LayersModel> {
    let artifacts: tf.io.ModelArtifacts = {};
    const handler = tf.io.withSaveHandler((saved) => {
      artifacts = saved;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
    });
    await model.save(handler, { includeOptimizer: true });
    return tf.loadLayersModel(tf.io.fromMemory(artifacts));
  }

  it("keeps losses and metrics that have names", async () => {
    const model = compiled({ optimizer: "sgd", loss: "huber", metrics: ["auc", "accuracy"] });
    const loaded = await again(model);
    expect(await evaluate(loaded, data, quiet)).toEqual(await evaluate(model, data, quiet));
  });

  it("is not compiled where the loss is a function, and says so (case 10-whole-model)", async () => {
    const own = (y: tf.Tensor, p: tf.Tensor) => tf.square(tf.sub(y, p));
    for (const loss of [own, huber({ delta: 2 })]) {
      const loaded = await again(compiled({ optimizer: "sgd", loss }));
      await expect(evaluate(loaded, data, quiet)).rejects.toThrow("compile it again with the loss");
    }
  });
});
