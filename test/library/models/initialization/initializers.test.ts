import { expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import * as ours from "../../../../src/library/models/initialization/initializers";
import { moments, readExpected } from "../helpers";

interface Case {
  name: string;
  shape: number[];
  standardDeviation: number;
  greatest: number;
}
const { cases } = readExpected<{ cases: Case[] }>("initializers");

const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

type Name = "heNormal";
const valuesOf = (initializer: ReturnType<(typeof ours)[Name]>, shape: number[]) =>
  tf.tidy(() => initializer.apply(shape).dataSync() as Float32Array);

it.each(cases)("$name $shape spreads as Keras' does", ({ name, shape, standardDeviation, greatest }) => {
  const values = valuesOf(ours[camel(name) as Name]({ seed: 7 }), shape);
  const found = moments(values);
  expect(Math.abs(found.mean)).toBeLessThan(standardDeviation * 0.02);
  expect(found.standardDeviation / standardDeviation).toBeCloseTo(1, 1.7);
  // Uniform and truncated distributions end at a limit, which large samples nearly reach.
  expect(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / greatest).toBeCloseTo(1, 2);
});

it.each(["heNormal", "leCunNormal", "glorotNormal", "heUniform"])(
  "the string '%s' in a plain layer is the same",
  (name) => {
    const layer = tf.layers.dense({ units: 400, inputShape: [300], kernelInitializer: name as "heNormal" });
    setRandomSeed(5);
    layer.build([null, 300]);
    setRandomSeed(5);
    const direct = valuesOf(ours[name.replace("leCun", "lecun") as Name](), [300, 400]);
    expect(Buffer.from(layer.getWeights()[0].dataSync().buffer).equals(Buffer.from(direct.buffer))).toBe(true);
  },
);

it("has the variance it promises: He normal 2 / fanIn", () => {
  const { standardDeviation } = moments(valuesOf(ours.heNormal({ seed: 3 }), [200, 500]));
  expect(standardDeviation ** 2).toBeCloseTo(2 / 200, 3.5);
});

it("TensorFlow.js' 'truncatedNormal' distribution is no longer a uniform one", () => {
  const initializer = tf.initializers.varianceScaling({
    scale: 1,
    mode: "fanIn",
    distribution: "truncatedNormal",
    seed: 1,
  });
  const values = valuesOf(initializer, [100, 1000]);
  const far = values.filter((value) => Math.abs(value) > 0.19).length / values.length;
  expect(far).toBeGreaterThan(0.02); // uniform: its limit is 0.173
  expect(moments(values).standardDeviation).toBeCloseTo(0.1, 2.7);
});

it("repeats with a seed, seed 0 included, and differs without", () => {
  const draw = (seed?: number) => Array.from(valuesOf(ours.lecunNormal({ seed }), [3, 3]));
  expect(draw(0)).toEqual(draw(0));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw()).not.toEqual(draw());
});

it("refuses wrong options", () => {
  expect(() => ours.heNormal({ sede: 1 } as never)).toThrow("heNormal: unknown option 'sede'");
  expect(() => ours.heNormal({ seed: 0.5 })).toThrow("heNormal: seed must be an integer");
});
