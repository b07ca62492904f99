import { describe, expect, it } from "vitest";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { normalizeBy, normalizeImagesBy } from "../../../../src/library/models/layers/batch-statistics";
import { expectClose } from "../helpers";

const random = (shape: number[], seed: number) => tf.randomUniform(shape, 0.5, 2, "float32", seed);

describe.skipIf(!isNative())("normalizeImagesBy", () => {
  const x = random([3, 4, 5, 2], 1) as tf.Tensor4D;
  const dy = random([3, 4, 5, 2], 2);
  const [gamma, beta, mean, variance] = [3, 4, 5, 6].map((seed) => random([2], seed) as tf.Tensor1D);
  const statistics = { mean, variance };
  /** The composed operations, whose gradients TensorFlow.js finds by itself. */
  const composed = (images: tf.Tensor, scale: tf.Tensor1D, offset: tf.Tensor1D) =>
    normalizeBy({ x: images.reshape([-1, 2]) as tf.Tensor2D, gamma: scale, beta: offset }, statistics, 1e-3).reshape(
      x.shape,
    );
  const fused = (learned: boolean) => (images: tf.Tensor, scale: tf.Tensor1D, offset: tf.Tensor1D) =>
    normalizeImagesBy(images as tf.Tensor4D, { gamma: scale, beta: offset }, statistics, { epsilon: 1e-3, learned });

  it.each([true, false])("computes what the composed operations do (learned: %s)", (learned) => {
    expectClose(fused(learned)(x, gamma, beta).dataSync(), composed(x, gamma, beta).dataSync(), 1e-5);
  });

  it("has the gradients of input, scale and offset", () => {
    const expected = tf.grads(composed as never)([x, gamma, beta], dy);
    const found = tf.grads(fused(true) as never)([x, gamma, beta], dy);
    found.forEach((gradient, i) => expectClose(gradient.dataSync(), expected[i].dataSync(), 1e-5, String(i)));
    const [ofInput] = tf.grads((images: tf.Tensor) => fused(false)(images, gamma, beta))([x], dy);
    expectClose(ofInput.dataSync(), expected[0].dataSync(), 1e-5);
    expect(found).toHaveLength(3);
  });
});
