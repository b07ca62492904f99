/** A recorded operation names the types that its inputs have, whatever TensorFlow.js says. */
import { describe, expect, it } from "vitest";
import { withInputTypes } from "../../../../src/library/engine/compile/input-types";
import { recordStep } from "../../../../src/library/engine/compile";
import { attribute, DT, isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";

it("mends a wrong type, adds a missing one and leaves the rest", () => {
  const keep = attribute.bool("keep_dims", false);
  const wrong = [attribute.type("T", DT.bool), keep];
  expect(withInputTypes("Mean", wrong, [DT.float32, DT.int32])).toEqual([
    keep,
    attribute.type("T", DT.float32),
    attribute.type("Tidx", DT.int32),
  ]);
  expect(withInputTypes("ConcatV2", [attribute.int("N", 3)], [DT.int32, DT.int32, DT.int32, DT.int32])).toEqual([
    attribute.int("N", 3),
    attribute.type("T", DT.int32),
    attribute.type("Tidx", DT.int32),
  ]);
  expect(withInputTypes("Select", [], [DT.bool, DT.float32, DT.float32])).toEqual([attribute.type("T", DT.float32)]);
});

describe.runIf(isNative())("a step that compares", () => {
  it.each(["graph", "lowered", "xla"] as const)("is replayed under plan %s: binary accuracy", (plan) => {
    const labels = tf.tensor2d([[1], [0], [1], [1]]);
    const step = ({ p }: Record<string, tf.Tensor>) => ({
      accuracy: tf.metrics.binaryAccuracy(labels, p).mean(),
      share: tf.mean(tf.equal(labels, tf.cast(tf.greater(p, 0.5), "float32"))),
    });
    const examples = [[0.9, 0.2, 0.4, 0.8], [0.1, 0.2, 0.9, 0.3]].map((p) => ({ p: tf.tensor2d(p, [4, 1]) })); // prettier-ignore
    const compiled = recordStep({ step, examples: examples as never, plan });
    const { accuracy, share } = compiled.run({ steps: 1, inputs: { p: Float32Array.of(0.9, 0.2, 0.4, 0.8) } });
    expect([accuracy.dataSync()[0], share.dataSync()[0]]).toEqual([0.75, 0.75]);
    compiled.dispose();
  });
});
