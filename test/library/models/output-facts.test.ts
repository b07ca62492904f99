import { describe, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import { mayMask, withOutputFacts } from "../../../src/library/models/layers/output-facts";

const LOGITS = [
  [1, 2, 0.5],
  [-3, 0, 4],
];
const x = () => tf.tensor2d(LOGITS);
const dense = (activation: "softmax" | "sigmoid" | "relu") =>
  tf.layers.dense({ units: 3, activation, kernelInitializer: "identity", inputShape: [3] });

describe("the logits behind an output", () => {
  it("are found for softmax and sigmoid, in a dense layer and in a layer of its own, and disposed of", () => {
    const linear = tf.layers.dense({ units: 3, kernelInitializer: "identity", inputShape: [3] });
    const alone = tf.layers.activation({ activation: "softmax" });
    const nested = tf.sequential({ layers: [dense("softmax")] });
    for (const layers of [[dense("softmax")], [dense("sigmoid")], [linear, alone], [nested]]) {
      const model = tf.sequential({ layers });
      const input = x();
      tf.dispose(model.apply(input) as tf.Tensor);
      const before = tf.memory().numTensors;
      tf.tidy(() =>
        withOutputFacts(
          model,
          () => model.apply(input) as tf.Tensor,
          (output, factsOf) => {
            expect(factsOf(output).logits?.arraySync()).toEqual(tf.tensor2d(LOGITS).arraySync());
          },
        ),
      );
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it("are found for steps of time", () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 3, activation: "softmax", kernelInitializer: "identity", inputShape: [2, 3] })],
    });
    const input = tf.tensor3d([LOGITS]);
    model.build();
    withOutputFacts(
      model,
      () => model.apply(input) as tf.Tensor,
      (output, factsOf) => expect(factsOf(output).logits?.shape).toEqual([1, 2, 3]),
    );
  });

  it("are unknown for another output, for a sigmoid inside, and outside of the call", () => {
    const inside = tf.sequential({ layers: [dense("sigmoid"), dense("relu")] });
    withOutputFacts(
      inside,
      () => inside.apply(x()) as tf.Tensor,
      (output, factsOf) => expect(factsOf(output).logits).toBeUndefined(),
    );
    const softmax = tf.sequential({ layers: [dense("softmax")] });
    const earlier = softmax.apply(x()) as tf.Tensor;
    withOutputFacts(
      softmax,
      () => earlier,
      (output, factsOf) => expect(factsOf(output).logits).toBeUndefined(),
    );
  });

  it("leave the layers as they were", () => {
    const layer = dense("softmax");
    const model = tf.sequential({ layers: [layer] });
    expect(() =>
      withOutputFacts(
        model,
        () => {
          throw new Error("stopped");
        },
        () => undefined,
      ),
    ).toThrow("stopped");
    expect(Object.hasOwn(layer, "apply")).toBe(false);
    expect(Object.hasOwn(layer, "computeMask")).toBe(false);
  });
});

describe("the mask of an output", () => {
  const embedding = (maskZero: boolean) => tf.layers.embedding({ inputDim: 4, outputDim: 2, inputLength: 3, maskZero });

  it("is that of the steps which count", () => {
    const model = tf.sequential({ layers: [embedding(true), tf.layers.dense({ units: 1 })] });
    const input = tf.tensor2d([[1, 0, 2]]);
    tf.dispose(model.apply(input) as tf.Tensor);
    const before = tf.memory().numTensors;
    withOutputFacts(
      model,
      () => model.apply(input) as tf.Tensor,
      (output, factsOf) => {
        expect(factsOf(output).mask?.arraySync()).toEqual([[1, 0, 1]]);
        output.dispose();
      },
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it("may exist only where a layer makes one", () => {
    const lstm = tf.layers.lstm({ units: 2, returnSequences: true });
    expect(mayMask(tf.sequential({ layers: [embedding(true), lstm] }))).toBe(true);
    expect(mayMask(tf.sequential({ layers: [embedding(false), lstm] }))).toBe(false);
    expect(mayMask(tf.sequential({ layers: [tf.layers.masking({ inputShape: [3, 2] })] }))).toBe(true);
  });
});
