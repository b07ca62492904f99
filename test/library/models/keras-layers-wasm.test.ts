/** The same layers on the WebAssembly engine. */
import { beforeAll, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import { useWasm } from "../engine/wasm-kernels/helpers";
import { expectClose } from "./helpers";
import { build, expected, networks, predictions, train } from "./keras-layers";

beforeAll(useWasm);

it.each(Object.keys(networks))("%s: predicts and ends as in Keras", async (name) => {
  expect(tf.getBackend()).toBe("wasm");
  const keras = expected.cases[name];
  expectClose(predictions(build(name), keras), keras.predictions, 2e-6);
  const { loss, weights } = await train(build(name), keras, { cacheFeatures: false });
  expectClose(loss, keras.loss, 2e-5);
  expectClose(weights, keras.trained.flat(), 2e-5);
});
