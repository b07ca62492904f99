import { describe, expect, it, vi } from "vitest";
import { setRandomSeed, tf } from "../../../../src/library/index";

const orthogonal = (shape: number[], options: { gain?: number; seed?: number } = {}) =>
  tf.tidy(() =>
    tf.initializers
      .orthogonal(options as { gain?: number; seed: number })
      .apply(shape)
      .arraySync(),
  );

/** Largest difference of AᵀA (or AAᵀ where there are fewer rows) from `scale` times the identity. */
function departure(matrix: number[][], scale = 1): number {
  return tf.tidy(() => {
    const a = tf.tensor2d(matrix);
    const fewerRows = a.shape[0] < a.shape[1];
    const product = tf.matMul(a, a, !fewerRows, fewerRows);
    return tf.max(tf.abs(tf.sub(product, tf.mul(tf.eye(product.shape[0]), scale)))).dataSync()[0];
  });
}

describe("the orthogonal initializer", () => {
  it.each([[[5, 5]], [[3, 8]], [[8, 3]], [[1, 4]], [[64, 256]]])("gives orthonormal rows or columns %j", (shape) => {
    expect(departure(orthogonal(shape, { seed: 1 }) as number[][])).toBeLessThan(2e-6);
  });

  it("scales by the gain, and flattens all axes but the last", () => {
    const kernel = orthogonal([2, 3, 4], { gain: 2, seed: 3 }) as number[][][];
    expect(departure(kernel.flat(), 4)).toBeLessThan(1e-5);
  });

  it("prefers no sign: each element is positive in half of the draws", () => {
    const draws = Array.from({ length: 200 }, (_, i) => orthogonal([2, 2], { seed: i + 1 }) as number[][]);
    for (const [row, column] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const positive = draws.filter((each) => each[row][column] > 0).length;
      expect(positive).toBeGreaterThan(70);
      expect(positive).toBeLessThan(130);
    }
  });

  it("repeats itself with a seed, 0 too, and after setRandomSeed", () => {
    expect(orthogonal([4, 4], { seed: 0 })).toEqual(orthogonal([4, 4], { seed: 0 }));
    expect(orthogonal([4, 4], { seed: 0 })).not.toEqual(orthogonal([4, 4], { seed: 1 }));
    const drawn = () => {
      setRandomSeed(7);
      return orthogonal([4, 4]);
    };
    expect(drawn()).toEqual(drawn());
  });

  it("warns of no slowness, and refuses a vector", () => {
    const warn = vi.spyOn(console, "warn");
    orthogonal([64, 64]);
    expect(warn).not.toHaveBeenCalled();
    expect(() => orthogonal([4])).toThrow("at least two axes, received [4]");
  });
});
