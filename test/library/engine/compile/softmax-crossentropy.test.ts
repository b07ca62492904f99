import { describe, expect, it } from "vitest";
import { softmaxCrossentropy, sparseSoftmaxCrossentropy } from "../../../../src/library/engine/compile";
import { isNative } from "../../../../src/library/engine/compile/native";
import { useEngine } from "../../../../src/library/engine/engine";
import { tf } from "../../../../src/library/engine/tf";

const LOGITS = [
  [1, 2, 0.5],
  [-3, 0, 4],
  [0.1, 0.1, 0.1],
];
const LABELS = [1, 0, 2];

/** −log softmax(row)[label] in double precision. */
const lossOf = (row: number[], label: number): number =>
  Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[label];

const slopesOf = (row: number[], label: number): number[] => {
  const sum = row.reduce((total, x) => total + Math.exp(x), 0);
  return row.map((x, i) => Math.exp(x) / sum - Number(i === label));
};

describe.each(["native", "cpu"] as const)("softmax cross-entropy on the %s engine", (engine) => {
  const onEngine = async (body: () => void) => {
    await useEngine();
    const before = tf.getBackend();
    if (engine === "cpu") await tf.setBackend("cpu");
    else if (!isNative()) return;
    try {
      body();
    } finally {
      await tf.setBackend(before);
    }
  };

  it("equals the closed form, value and gradient, for class numbers and for rows", () =>
    onEngine(() => {
      const expected = LOGITS.map((row, i) => lossOf(row, LABELS[i]));
      const slopes = LOGITS.map((row, i) => slopesOf(row, LABELS[i]));
      const rows = tf.oneHot(tf.tensor1d(LABELS, "int32"), 3).toFloat() as tf.Tensor2D;
      const forms = [
        (x: tf.Tensor) => sparseSoftmaxCrossentropy(x as tf.Tensor2D, tf.tensor1d(LABELS)),
        (x: tf.Tensor) => sparseSoftmaxCrossentropy(x as tf.Tensor2D, tf.tensor2d(LABELS, [3, 1])),
        (x: tf.Tensor) => softmaxCrossentropy(x as tf.Tensor2D, rows),
      ];
      for (const form of forms) {
        const x = tf.tensor2d(LOGITS);
        form(x)
          .arraySync()
          .forEach((loss, i) => expect(loss).toBeCloseTo(expected[i], 5));
        const gradient = tf
          .grad((y) => tf.sum(form(y)))(x)
          .arraySync() as number[][];
        gradient.flat().forEach((slope, i) => expect(slope).toBeCloseTo(slopes.flat()[i], 5));
      }
    }));

  it("stays exact where the softmax rounds to 0", () =>
    onEngine(() => {
      const x = tf.tensor2d([[0, 200, 0]]);
      expect(sparseSoftmaxCrossentropy(x, tf.tensor1d([0])).dataSync()[0]).toBeCloseTo(200, 3);
      const slope = tf.grad((y) => tf.sum(sparseSoftmaxCrossentropy(y as tf.Tensor2D, tf.tensor1d([0]))))(x);
      expect([...slope.dataSync()]).toEqual([-1, 1, 0]);
    }));

  it("takes soft targets", () =>
    onEngine(() => {
      const target = [0.2, 0.7, 0.1];
      const [loss] = softmaxCrossentropy(tf.tensor2d([LOGITS[0]]), tf.tensor2d([target])).dataSync();
      expect(loss).toBeCloseTo(
        target.reduce((sum, share, label) => sum + share * lossOf(LOGITS[0], label), 0),
        5,
      );
    }));
});
