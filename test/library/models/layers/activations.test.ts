import { describe, expect, it } from "vitest";
import { tf } from "../../../../src/library/engine/tf";
import "../../../../src/library/models/layers/activation-strings";
import {
  activationByName,
  activationNames,
  elu,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softmaxJacobian,
  type ActivationName,
} from "../../../../src/library/models/layers/activations";
import { expectClose, readExpected } from "../helpers";

interface Expected {
  x: number[];
  functions: Record<ActivationName, { value: number[]; derivative: number[] }>;
  softmax: { x: number[]; value: number[]; jacobian: number[] };
}
const keras = readExpected<Expected>("activations");

/** What a layer makes of the numbers, and the gradient through it. */
function throughLayer(activation: string): { value: ArrayLike<number>; derivative: ArrayLike<number> } {
  return tf.tidy(() => {
    const layer = tf.layers.activation({ activation: activation as "relu", inputShape: [1] });
    const x = tf.tensor2d(keras.x, [keras.x.length, 1]);
    const run = (input: tf.Tensor) => layer.apply(input) as tf.Tensor;
    return { value: run(x).dataSync(), derivative: tf.grad(run)(x).dataSync() };
  });
}

describe("activations and derivatives are Keras'", () => {
  it.each(activationNames)("%s as a function of numbers", (name) => {
    const f = activationByName(name);
    expectClose(keras.x.map(f), keras.functions[name].value, 1e-6, name);
    expectClose(keras.x.map(f.derivative), keras.functions[name].derivative, 1e-6, `${name}'`);
  });

  it.each([...activationNames, "leaky_relu", "silu"])("%s as a string in a layer", (name) => {
    const { value, derivative } = throughLayer(name);
    const aliases: Record<string, ActivationName> = { leaky_relu: "leakyRelu", silu: "swish" };
    const expected = keras.functions[aliases[name] ?? (name as ActivationName)];
    expectClose(value, expected.value, 1e-6, name);
    expectClose(derivative, expected.derivative, 1e-6, `${name}'`);
  });

  it("softmax and its Jacobian", () => {
    expectClose(softmax(keras.softmax.x), keras.softmax.value, 1e-6);
    expectClose(softmaxJacobian(keras.softmax.x).flat(), keras.softmax.jacobian, 1e-6);
  });
});

it("stays finite far out", () => {
  for (const name of activationNames) {
    const f = activationByName(name);
    for (const x of [-1000, 1000]) expect([f(x), f.derivative(x)].every(Number.isFinite), `${name}(${x})`).toBe(true);
  }
  expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
});

it("has the slides' constants and limits", () => {
  expect(relu.derivative(-1)).toBe(0);
  expect(leakyRelu({ alpha: 0.01 })(-3)).toBeCloseTo(-0.03, 12);
  expect(elu({ alpha: 2 })(-50)).toBeCloseTo(-2, 12);
  expect(selu(-50)).toBeCloseTo(-1.7580993408473766, 12);
  expect(sigmoid.derivative(0)).toBe(0.25);
});

it("carries its name and formula", () => {
  expect([relu.name, relu.formula]).toEqual(["relu", "max(0, x)"]);
  expect(activationNames).toHaveLength(9);
});

it("a model with an activation that TensorFlow.js lacks is saved by Keras' name and loaded again", async () => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, inputShape: [2], activation: "leakyRelu" as "relu" })],
  });
  const json = model.toJSON(undefined, false) as unknown as tf.io.ModelJSON["modelTopology"];
  expect(JSON.stringify(json)).toContain('"leaky_relu"');
  const copy = await tf.models.modelFromJSON(json as never);
  copy.setWeights(model.getWeights());
  const x = tf.tensor2d([[-3, 2]]);
  expect((copy.predict(x) as tf.Tensor).arraySync()).toEqual((model.predict(x) as tf.Tensor).arraySync());
});

it("refuses wrong names and options", () => {
  expect(() => activationByName("rleu" as never)).toThrow(/one of 'relu'.*Did you mean 'relu'\?/);
  expect(() => leakyRelu({ alpha: -1 })).toThrow("leakyRelu: alpha must be a finite number at least 0, received -1.");
  expect(() => leakyRelu({ slope: 1 } as never)).toThrow(/unknown option 'slope'/);
});
