/** The layers in a recorded and replayed step: new masks at each step, moving averages kept, whatever the plan. */
import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import { recordStep, type Plan, type StepFunction } from "../../../src/library/engine/compile";
import { tf } from "../../../src/library/engine/tf";
import { batchNormalization } from "../../../src/library/models/layers/batch-normalization";
import { alphaDropout, dropout } from "../../../src/library/models/layers/dropout";
import { withTrainingStep } from "../../../src/library/models/layers/training-step";
import { expectClose } from "./helpers";

const STEPS = 12;
const BATCH = 8;

const dense = (units: number) => tf.layers.dense({ units, activation: "tanh" });

const MODELS: Record<string, { shape: number[]; layers: () => tf.layers.Layer[] }> = {
  "dropout, alpha dropout and noise": {
    shape: [6],
    layers: () => [
      dense(5),
      dropout({ rate: 0.4 }),
      dense(5),
      alphaDropout({ rate: 0.2 }),
      tf.layers.gaussianNoise({ stddev: 0.1 }),
      dense(1),
    ],
  },
  "batch normalization, both kinds": {
    shape: [6],
    layers: () => [
      batchNormalization({ momentum: 0.9 }),
      dense(5),
      batchNormalization({ kind: "slides", alpha: 0.3 }),
      dense(1),
    ],
  },
  "batch normalization of images": {
    shape: [4, 4, 2],
    layers: () => [batchNormalization({ kind: "slides" }), tf.layers.flatten(), dense(1)],
  },
};

function makeModel(name: string): tf.Sequential {
  setRandomSeed(4);
  const { shape, layers } = MODELS[name];
  return tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: shape }), ...layers()] });
}

function makeStep(model: tf.Sequential): StepFunction {
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return ({ x }, step) => {
    const loss = () => tf.mean(tf.square(tf.sub(model.apply(x, { training: true }) as tf.Tensor, 0.5))) as tf.Scalar;
    const { value, grads } = tf.variableGrads(() => withTrainingStep(step, loss), weights);
    for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(grads[weight.name], 0.1)));
    return { loss: value };
  };
}

const valuesOf = (model: tf.LayersModel) => model.weights.flatMap((weight) => Array.from(weight.read().dataSync()));

describe.runIf(tf.getBackend() === "tensorflow")("a replayed step equals eager ones", () => {
  const cases = Object.keys(MODELS).flatMap((name) =>
    (["graph", "lowered", "xla"] as const).map((plan) => [name, plan] as const),
  );

  it.each(cases)("%s: %s", (name, plan: Plan) => {
    const model = makeModel(name);
    const step = makeStep(model);
    const { shape } = MODELS[name];
    const size = BATCH * shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: STEPS * size }, (_, i) => Math.sin(i * i));
    const at = (i: number) => ({ x: tf.tensor(data.slice(i * size, (i + 1) * size), [BATCH, ...shape]) });
    const start = model.getWeights().map((weight) => weight.clone());

    const eager = Array.from({ length: STEPS }, (_, i) =>
      tf.tidy(() => step(at(i), tf.scalar(i, "int32")).loss.dataSync()[0]),
    );
    const expected = valuesOf(model);
    model.setWeights(start);
    const compiled = recordStep({ step, examples: [at(0), at(1)], plan });
    model.setWeights(start);
    const { loss } = compiled.run({ steps: STEPS, inputs: { x: data } });

    expectClose(loss.dataSync(), eager, 1e-5, "loss");
    expectClose(valuesOf(model), expected, 1e-5, "weights");
    compiled.dispose();
  });
});

it("has weights that a frozen step would not have: masks do differ from step to step", () => {
  const layer = dropout({ rate: 0.5 });
  const masks = [0, 1].map((step) =>
    withTrainingStep(tf.scalar(step, "int32"), () =>
      Array.from((layer.apply(tf.ones([50]), { training: true }) as tf.Tensor).dataSync()),
    ),
  );
  expect(masks[0]).not.toEqual(masks[1]);
});
