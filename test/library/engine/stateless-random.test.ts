import { describe, expect, it } from "vitest";
import { attribute, DT, nativeBackend } from "../../../src/library/engine/compile/native";
import { StatelessPhilox, philoxTruncatedNormal, philoxUniform } from "../../../src/library/engine/stateless-philox";
import {
  statelessMask,
  statelessNormal,
  statelessTruncatedNormal,
  statelessUniform,
} from "../../../src/library/engine/stateless-random";
import { tf } from "../../../src/library/engine/tf";

const valuesOf = (tensor: tf.Tensor): number[] => {
  const values = Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
};

const SEEDS: [seed: number, step: number][] = [
  [42, 7],
  [0, 0],
  [5, 2 ** 31 - 1],
  [2 ** 31 - 2, 1],
];

describe.runIf(tf.getBackend() === "tensorflow")(
  "the generator in JavaScript gives what TensorFlow's operations give",
  () => {
    /** One of TensorFlow's own stateless operations, by its first version. */
    const operation = (name: string, count: number, seeds: number[]) => {
      const attributes = [
        attribute.type("T", DT.int32),
        attribute.type("dtype", DT.float32),
        attribute.type("Tseed", DT.int32),
      ];
      const inputs = [tf.tensor1d([count], "int32"), tf.tensor1d(seeds, "int32")];
      return valuesOf(nativeBackend().executeSingleOutput(name, attributes, inputs));
    };

    it.each(SEEDS)("uniform, to the bit, three ways: seed %d, step %d", (seed, step) => {
      const expected = operation("StatelessRandomUniform", 105, [seed, step]);
      expect(valuesOf(statelessUniform([5, 21], seed, step))).toEqual(expected);
      expect(Array.from(philoxUniform(new StatelessPhilox(seed, step), 105))).toEqual(expected);
    });

    it.each(SEEDS)("truncated normal, to rounding: seed %d, step %d", (seed, step) => {
      const expected = valuesOf(statelessTruncatedNormal([1003], seed, step));
      const found = philoxTruncatedNormal(new StatelessPhilox(seed, step), 1003);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i])))).toBeLessThan(2e-6);
    });
  },
);

describe("on another engine", () => {
  const onCpu = <T>(body: () => T): T => {
    const engine = tf.getBackend();
    void tf.setBackend("cpu");
    try {
      return body();
    } finally {
      void tf.setBackend(engine);
    }
  };

  it("all are the same", () => {
    const draws = () => [statelessUniform, statelessNormal].map((draw) => valuesOf(draw([3, 7], 5, 6)));
    const [uniform, normal] = draws();
    const [cpuUniform, cpuNormal] = onCpu(draws);
    expect(cpuUniform).toEqual(uniform);
    expect(Math.max(...normal.map((value, i) => Math.abs(value - cpuNormal[i])))).toBeLessThan(2e-6);
    const mask = () => valuesOf(statelessMask([50], 0.7, 5, tf.scalar(6, "int32")));
    expect(onCpu(mask)).toEqual(mask());
  });
});

it.each([0, 0.001, 0.5, 0.8, 1])("a mask has its share of ones: %d", (share) => {
  const ones = valuesOf(statelessMask([40_000], share, 3, 4));
  expect(new Set(ones).size).toBe(share === 0 || share === 1 ? 1 : 2);
  const found = ones.reduce((a, b) => a + b, 0) / ones.length;
  expect(Math.abs(found - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / ones.length));
});

it.each([-5, 2 ** 31 + 5, 2 ** 40 + 7])("takes the lower 31 bits of a seed: %d", (seed) => {
  const lower = Number(BigInt.asUintN(31, BigInt(seed)));
  expect(valuesOf(statelessUniform([8], seed, 3))).toEqual(valuesOf(statelessUniform([8], lower, 3)));
  expect(valuesOf(statelessTruncatedNormal([8], seed, 3))).toEqual(valuesOf(statelessTruncatedNormal([8], lower, 3)));
});

it("is a function of seed and step", () => {
  const draw = (seed: number, step: number) => valuesOf(statelessUniform([8], seed, step));
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 3)).not.toEqual(draw(1, 2));
  expect(draw(2, 2)).not.toEqual(draw(1, 2));
});

it("takes the step as a tensor, and keeps none", () => {
  const step = tf.scalar(9, "int32");
  const before = tf.memory().numTensors;
  expect(valuesOf(statelessUniform([4], 3, step))).toEqual(valuesOf(statelessUniform([4], 3, 9)));
  expect(tf.memory().numTensors).toBe(before);
});

it("has the moments of the distributions", () => {
  const uniform = philoxUniform(new StatelessPhilox(1, 1), 40_000);
  const truncated = philoxTruncatedNormal(new StatelessPhilox(1, 1), 40_000);
  const mean = (values: Float32Array, power = 1) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  expect(mean(uniform)).toBeCloseTo(1 / 2, 1.9);
  expect(mean(uniform, 2)).toBeCloseTo(1 / 3, 1.9);
  expect(Math.max(...truncated.map(Math.abs))).toBeLessThan(2);
  expect(Math.sqrt(mean(truncated, 2))).toBeCloseTo(0.8796, 1.9);
  const normal = Float32Array.from(valuesOf(statelessNormal([40_000], 1, 1)));
  [0, 1, 0, 3].forEach((moment, i) => expect(mean(normal, i + 1)).toBeCloseTo(moment, 0.8));
});

it("refuses a step that is no count", () => {
  expect(() => statelessUniform([2], 1, -1)).toThrow(/step must be an integer at least 0 and less than 2147483648/);
  expect(() => statelessUniform([2], 1, 0.5)).toThrow(/step must be an integer/);
});
