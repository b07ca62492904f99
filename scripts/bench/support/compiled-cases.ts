/** The networks of the bench, as plain tf.layers models and a step of stochastic gradient descent. */
import {
  batchNormTraining,
  gatherRows,
  PLANS,
  type DeviceData,
  type Plan,
  type StepFunction,
} from "dnn-lab/internal/engine/compile/index";
import { statelessMask } from "dnn-lab/internal/engine/stateless-random";
import { tf } from "dnn-lab/internal/engine/tf";

interface Data {
  readonly features: DeviceData;
  readonly labels: DeviceData;
}

export interface BenchCase {
  readonly shape: readonly number[];
  readonly batch: number;
  /** Steps of a round. */
  readonly steps: number;
  readonly plans: readonly Plan[];
  readonly makeStep: (data: Data) => StepFunction;
}

type Forward = (x: tf.Tensor, step: tf.Scalar) => tf.Tensor;

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });

const dense = (units: number, seed: number, activation: "relu" | "softmax" = "relu") =>
  tf.layers.dense({ units, activation, kernelInitializer: seeded(seed) });

function sequential(...layers: tf.layers.Layer[]): tf.Sequential {
  return tf.sequential({ layers });
}

function mlp(): { forward: Forward; weights: tf.Variable[] } {
  const model = sequential(
    tf.layers.flatten({ inputShape: [28, 28] }),
    dense(50, 1),
    dense(50, 2),
    dense(10, 3, "softmax"),
  );
  return { forward: (x) => model.apply(x, { training: true }) as tf.Tensor, weights: weightsOf(model) };
}

/** Conv 32-32-pool-BN-64-64-pool-BN-Dense 128-dropout-Dense 10. */
function convnet(): { forward: Forward; weights: tf.Variable[] } {
  const conv = (filters: number, seed: number, inputShape?: number[]) =>
    tf.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: "same",
      activation: "relu",
      kernelInitializer: seeded(seed),
      inputShape,
    });
  const pool = () => tf.layers.maxPooling2d({ poolSize: 2 });
  const first = sequential(conv(32, 1, [32, 32, 3]), conv(32, 2), pool());
  const second = sequential(conv(64, 3, [16, 16, 32]), conv(64, 4), pool());
  const third = sequential(tf.layers.flatten({ inputShape: [8, 8, 64] }), dense(128, 5));
  const last = sequential(
    tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: seeded(6), inputShape: [128] }),
  );
  const norms = [batchNorm(32), batchNorm(64)];
  const run = (model: tf.Sequential, x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
  const forward: Forward = (x, step) => {
    const hidden = run(third, norms[1].apply(run(second, norms[0].apply(run(first, x)))));
    const kept = tf.mul(tf.mul(hidden, statelessMask(hidden.shape, 0.5, 17, step)), 2);
    return run(last, kept);
  };
  return {
    forward,
    weights: [...[first, second, third, last].flatMap(weightsOf), ...norms.flatMap(({ weights }) => weights)],
  };
}

function batchNorm(channels: number) {
  const [gamma, beta] = [tf.variable(tf.ones([channels])), tf.variable(tf.zeros([channels]))];
  const [movingMean, movingVariance] = [
    tf.variable(tf.zeros([channels]), false),
    tf.variable(tf.ones([channels]), false),
  ];
  const approach = (moving: tf.Variable, value: tf.Tensor) =>
    moving.assign(tf.add(moving, tf.mul(tf.sub(value, moving), 0.01)) as tf.Tensor<tf.Rank.R1>);
  return {
    weights: [gamma, beta],
    apply(x: tf.Tensor): tf.Tensor {
      const { output, mean, variance } = batchNormTraining(x, gamma, beta, 1e-3);
      approach(movingMean, mean);
      approach(movingVariance, variance);
      return output;
    },
  };
}

const weightsOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

function sgdStep({ features, labels }: Data, { forward, weights }: ReturnType<typeof mlp>): StepFunction {
  return ({ rows, rate }, step) => {
    const x = gatherRows(features, rows, 1 / 255);
    const y = tf.cast(gatherRows(labels, rows), "int32");
    let predicted!: tf.Tensor;
    const loss = () => {
      const outputs = forward(x, step);
      predicted = tf.keep(tf.argMax(outputs, -1));
      const logs = tf.log(tf.clipByValue(outputs, 1e-7, 1 - 1e-7));
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(y, 10), logs), -1))) as tf.Scalar;
    };
    const { value, grads } = tf.variableGrads(loss, weights);
    for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(grads[weight.name], rate)) as typeof weight);
    const correct = tf.sum(tf.cast(tf.equal(predicted, y), "float32"));
    predicted.dispose();
    return { loss: value, correct };
  };
}

export const benchCases: Readonly<Record<string, BenchCase>> = {
  mlp16: { shape: [28, 28], batch: 16, steps: 500, plans: PLANS, makeStep: (data) => sgdStep(data, mlp()) },
  mlp128: { shape: [28, 28], batch: 128, steps: 200, plans: PLANS, makeStep: (data) => sgdStep(data, mlp()) },
  convnet: {
    shape: [32, 32, 3],
    batch: 32,
    steps: 12,
    plans: ["lowered", "graph"],
    makeStep: (data) => sgdStep(data, convnet()),
  },
};
