import { describe, expect, it } from "vitest";
import { nextSeed, RandomStream, setRandomSeed } from "../../src/core/random";

describe("RandomStream", () => {
  it("gives the numbers of the reference implementation of PCG32 (pcg32-demo: seed 42, sequence 54)", () => {
    const stream = new RandomStream(42, 54);
    expect(Array.from({ length: 6 }, () => stream.uint32())).toEqual([
      0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e,
    ]);
  });

  it("draws uniform and normal numbers with the right mean and variance", () => {
    const stream = new RandomStream(1);
    const moments = (values: number[]) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
    };
    const [uniformMean, uniformVariance] = moments(Array.from({ length: 20_000 }, () => stream.uniform()));
    expect(uniformMean).toBeCloseTo(0.5, 1.5);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [mean, variance] = moments(Array.from({ length: 20_000 }, () => stream.normal(3, 2)));
    expect(Math.abs(mean - 3)).toBeLessThan(0.05);
    expect(Math.abs(variance - 4)).toBeLessThan(0.15);
  });

  it("draws integers evenly from [0, count)", () => {
    const stream = new RandomStream(5);
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[stream.integer(7)]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it("refuses a seed that is no whole number", () => {
    expect(() => new RandomStream(1.5)).toThrow(/seed must be an integer at least 0.*received 1.5/);
  });
});

describe("setRandomSeed", () => {
  it("repeats the seeds it hands out, and differs between seeds", () => {
    const draw = (seed: number) => {
      setRandomSeed(seed);
      return [nextSeed(), nextSeed(), nextSeed()];
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });
});
