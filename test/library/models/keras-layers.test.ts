/** Layers compute and train as Keras', op by op and replayed. */
import { describe, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import { expectClose } from "./helpers";
import { build, expected, networks, predictions, train } from "./keras-layers";

it("has a network for each that Keras has trained", () => {
  expect(Object.keys(networks).sort()).toEqual(Object.keys(expected.cases).sort());
});

describe.each(Object.keys(networks))("%s", (name) => {
  const keras = expected.cases[name];

  it("predicts what Keras' network predicts", () => {
    expectClose(predictions(build(name), keras), keras.predictions, 2e-6);
  });

  it.each([false, "graph"] as const)("ends with Keras' weights (compile: %s)", async (compile) => {
    const { loss, weights } = await train(build(name), keras, { compile, cacheFeatures: false });
    expectClose(loss, keras.loss, 2e-5);
    expectClose(weights, keras.trained.flat(), 2e-5);
  });
});

describe("activations by name", () => {
  it.each(Object.keys(expected.activations))("%s", (name) => {
    const { x, y } = expected.activations[name];
    const camel = name.replace(/_./g, (part) => part[1].toUpperCase());
    for (const spelling of [name, camel]) {
      const layer = tf.layers.activation({ activation: spelling as "relu" });
      expectClose(Array.from((layer.apply(tf.tensor2d([x])) as tf.Tensor).dataSync()), y, 1e-5);
    }
  });
});
