import { describe, expect, it } from "vitest";
import { tf, useEngine } from "../../../../src/library/index";

describe("the end of a tidy", () => {
  it("looks for no tensors among numbers", async () => {
    await useEngine();
    const numbers = new Float32Array(3);
    Object.defineProperty(numbers, "looked", {
      enumerable: true,
      get() {
        throw new Error("somebody looks at each number");
      },
    });
    expect(tf.tidy(() => numbers as never)).toBe(numbers);
    const beside = { values: numbers, height: 3 };
    expect(tf.tidy(() => beside as never)).toBe(beside);
  });

  it("keeps the tensors that lie beside them, and no others", async () => {
    await useEngine();
    const before = tf.memory().numTensors;
    const { sum, list, view } = tf.tidy(() => {
      const x = tf.ones([3]);
      const view = x.dataSync();
      return { view, sum: tf.sum(x), list: [tf.mul(x, 2), { deep: tf.mul(x, 3) }] } as never;
    }) as { view: Float32Array; sum: tf.Tensor; list: [tf.Tensor, { deep: tf.Tensor }] };
    expect(tf.memory().numTensors).toBe(before + 3);
    expect([...view, ...sum.dataSync(), ...list[0].dataSync(), ...list[1].deep.dataSync()]).toEqual([
      ...[1, 1, 1, 3, 2, 2, 2, 3, 3, 3],
    ]);
    tf.dispose([sum, ...list] as never);
    expect(tf.memory().numTensors).toBe(before);
  });
});
