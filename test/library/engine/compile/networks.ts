/** Small networks, data and step functions for the tests of compiled training. */
import {
  gatherRows,
  deviceData,
  type DeviceData,
  type StepFunction,
  type StepInputs,
} from "../../../../src/library/engine/compile";
import { RandomStream } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });

/** The course's network: 28 × 28 → 50 relu → 50 relu → 10 softmax. */
export function courseNetwork(): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.flatten({ inputShape: [28, 28] }));
  model.add(tf.layers.dense({ units: 50, activation: "relu", kernelInitializer: seeded(1) }));
  model.add(tf.layers.dense({ units: 50, activation: "relu", kernelInitializer: seeded(2) }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: seeded(3) }));
  return model;
}

/** Two convolutions with a pooling each, the second followed by one of 1×1, on 16 × 16 colour images. */
export function convolutionalNetwork(kind: "smooth" | "relu"): tf.Sequential {
  const activation = kind === "smooth" ? "tanh" : "relu";
  const pool = kind === "smooth" ? tf.layers.averagePooling2d : tf.layers.maxPooling2d;
  const model = tf.sequential();
  model.add(
    tf.layers.conv2d({ filters: 8, kernelSize: 3, activation, inputShape: [16, 16, 3], kernelInitializer: seeded(1) }),
  );
  model.add(pool({ poolSize: 2 }));
  model.add(
    tf.layers.conv2d({ filters: 16, kernelSize: 3, padding: "same", activation, kernelInitializer: seeded(2) }),
  );
  model.add(tf.layers.conv2d({ filters: 12, kernelSize: 1, activation, kernelInitializer: seeded(4) }));
  model.add(pool({ poolSize: 2 }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: seeded(3) }));
  return model;
}

export interface Data {
  readonly features: DeviceData;
  readonly labels: DeviceData;
  readonly rows: number;
}

/** Bytes with a class-dependent bright patch, so that there is something to learn. */
export function makeData(rows: number, shape: readonly number[]): Data {
  const random = new RandomStream(7);
  const width = shape.reduce((a, b) => a * b, 1);
  const labels = Uint8Array.from({ length: rows }, () => random.integer(10));
  const pixels = Uint8Array.from({ length: rows * width }, (_, i) => {
    const label = labels[Math.floor(i / width)];
    return Math.floor((i % width) / (width / 10)) === label ? 100 + random.integer(156) : random.integer(156);
  });
  return { features: deviceData(pixels, shape), labels: deviceData(labels, []), rows };
}

export function crossEntropy(labels: tf.Tensor, outputs: tf.Tensor): tf.Scalar {
  const oneHot = tf.oneHot(tf.cast(labels, "int32"), 10);
  return tf.neg(tf.mean(tf.sum(tf.mul(oneHot, tf.log(tf.clipByValue(outputs, 1e-7, 1 - 1e-7))), 1))) as tf.Scalar;
}

export const weightsOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

/** Plain stochastic gradient descent with the rate as an input. */
export function sgdStep(model: tf.LayersModel, data: Data): StepFunction {
  const weights = weightsOf(model);
  return ({ rows, rate }) => {
    const x = gatherRows(data.features, rows, 1 / 255);
    const y = gatherRows(data.labels, rows);
    const { value, grads } = tf.variableGrads(
      () => crossEntropy(y, model.apply(x, { training: true }) as tf.Tensor),
      weights,
    );
    for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(grads[weight.name], rate)) as typeof weight);
    return { loss: value };
  };
}

/** Row numbers and falling rates of `steps` steps. */
export function schedule(data: Data, batch: number, steps: number) {
  const random = new RandomStream(3);
  const rows = Int32Array.from({ length: steps * batch }, () => random.integer(data.rows));
  return { rows, rate: Float32Array.from({ length: steps }, (_, i) => 0.1 / (1 + i / 50)) };
}

/** The inputs of step `i` as tensors. */
export function inputsAt({ rows, rate }: ReturnType<typeof schedule>, batch: number, i: number): StepInputs {
  return { rows: tf.tensor1d(rows.slice(i * batch, (i + 1) * batch), "int32"), rate: tf.scalar(rate[i]) };
}

export const snapshot = (variables: readonly tf.Variable[]): Float32Array[] =>
  variables.map((variable) => variable.dataSync().slice() as Float32Array);

export function restore(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  variables.forEach((variable, i) => tf.tidy(() => variable.assign(tf.tensor(values[i], variable.shape))));
}

/** Largest difference of any two numbers at one place. */
export function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return a.reduce(
    (worst, values, i) => values.reduce((w, value, j) => Math.max(w, Math.abs(value - b[i][j])), worst),
    0,
  );
}

/** Runs the steps one by one without compiling. Returns the losses. */
export function runEagerly(step: StepFunction, at: (i: number) => StepInputs, steps: number): Float32Array {
  return Float32Array.from({ length: steps }, (_, i) =>
    tf.tidy(() => step(at(i), tf.scalar(i, "int32")).loss.dataSync()[0]),
  );
}
