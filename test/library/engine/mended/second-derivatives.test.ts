import { describe, expect, test } from "vitest";
import { tf } from "../../../../src/library/engine/tf";

const pair = (x: tf.Tensor) => tf.stack([x, tf.scalar(0.3)]);
const critic = tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) });
critic.apply(tf.zeros([1, 2]));

/** Functions of one number whose second derivative is known by differences of the first. */
const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  exp: tf.exp,
  "x exp x": (x) => tf.mul(x, tf.exp(x)),
  "exp of square": (x) => tf.exp(tf.square(x)),
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  power: (x) => tf.pow(tf.scalar(2), x),
  softmax: (x) => tf.square(tf.softmax(pair(x))).sum(),
  "log softmax": (x) => tf.square(tf.logSoftmax(pair(x))).sum(),
  "leaky relu": (x) => tf.square(tf.leakyRelu(x)),
  relu: (x) => tf.square(tf.relu(x)),
  selu: tf.selu,
  max: (x) => tf.square(tf.max(pair(x))),
  "a linear layer": (x) => tf.square(critic.apply(tf.reshape(pair(tf.square(x)), [1, 2])) as tf.Tensor).sum(),
  "layers with tanh": (x) => tf.tanh(critic.apply(tf.reshape(pair(tf.tanh(x)), [1, 2])) as tf.Tensor).sum(),
};

describe("the second derivative", () => {
  test.each(Object.keys(functions))("of %s is right", (name) => {
    const f = (x: tf.Tensor) => functions[name](x);
    for (const at of [0.7, -0.4]) {
      const slope = (x: number) => tf.grad(f)(tf.scalar(x)).dataSync()[0];
      const expected = (slope(at + 0.01) - slope(at - 0.01)) / 0.02;
      const second = tf
        .grad((x: tf.Tensor) => tf.grad(f)(x))(tf.scalar(at))
        .dataSync()[0];
      expect(Math.abs(second - expected), `${second} for ${expected}`).toBeLessThan(
        0.005 * Math.max(1, Math.abs(expected)),
      );
    }
  });
});

test("a custom gradient that uses what it has computed on the way is refused, but for first derivatives", () => {
  const labels = tf.tensor2d([[0, 1]]);
  const loss = (x: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, tf.reshape(x, [1, 2])) as tf.Scalar;
  const x = tf.tensor1d([0.2, 0.5]);
  expect(tf.grad(loss)(x).shape).toEqual([2]);
  expect(() => tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.grad(loss)(x))))(x)).toThrow(/no second derivative/);
});

test("an operation without second derivative is refused by name", () => {
  const image = tf.randomNormal<tf.Rank.R4>([1, 4, 4, 1], 0, 1, "float32", 3);
  const f = (x: tf.Tensor) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"))) as tf.Scalar;
  const penalty = (x: tf.Tensor) => tf.sum(tf.square(tf.grad(f)(x)));
  expect(() => tf.grad(penalty)(image)).toThrow(/MaxPoolGrad/);
});

test("nested gradients leave no tensors behind", () => {
  const once = () =>
    tf.tidy(() => {
      for (const f of Object.values(functions)) tf.grad((x: tf.Tensor) => tf.grad(f)(x))(tf.scalar(0.4));
    });
  once();
  const { numTensors } = tf.memory();
  once();
  expect(tf.memory().numTensors).toBe(numTensors);
});
