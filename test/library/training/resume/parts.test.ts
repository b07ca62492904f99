import { describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { Cadence } from "../../../../src/library/training/resume/cadence";
import { differences } from "../../../../src/library/training/resume/differences";
import { describeModel } from "../../../../src/library/training/resume/model-description";
import { pack, unpack } from "../../../../src/library/training/resume/plain-data";
import { decodeSafetensors, encodeSafetensors } from "../../../../src/library/training/resume/safetensors";
import { network } from "./runs";

describe("plain data", () => {
  it("come back to the bit", () => {
    const value = {
      numbers: [NaN, Infinity, -Infinity, -0, 0.1, 1e308, 5e-324],
      text: "a",
      nested: { yes: true, none: null, bytes: Uint8Array.of(1, 2), floats: Float32Array.of(NaN, -0, 1e-45) },
      tensor: { shape: [2, 1], values: Int32Array.of(-1, 2 ** 31 - 1) },
    };
    const { json, arrays } = pack("test", value);
    expect(arrays.map(({ name, shape }) => [name, shape])).toEqual([
      ["nested/bytes", [2]],
      ["nested/floats", [3]],
      ["tensor", [2, 1]],
    ]);
    const bytes = Buffer.concat(encodeSafetensors({ texts: { json: JSON.stringify(json) }, arrays }));
    const contents = decodeSafetensors(bytes);
    expect(unpack({ json: JSON.parse(contents.texts.json), arrays: contents.arrays })).toEqual(value);
  });

  it.each([
    [{ a: [() => 1] }, "a/0 is a function"],
    [{ a: { b: new Map() } }, "a/b is a Map"],
    [{ a: 3n }, "a is 3n"],
    [{ a: { $array: 1 } }, "a has a key that begins with '$', '$array'"],
  ])("refuse %o", (value, message) => expect(() => pack("test", value)).toThrow(message));
});

describe("the file", () => {
  it("is laid out as the safetensors format says", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const arrays = [
      { name: "w", shape: [2, 3], values },
      { name: "steps", shape: [], values: Int32Array.of(7) },
    ];
    const bytes = Buffer.concat(encodeSafetensors({ texts: { format: "x" }, arrays }));
    const length = Number(bytes.readBigUInt64LE(0));
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    expect(header.w).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
    expect(header.steps).toEqual({ dtype: "I32", shape: [], data_offsets: [24, 28] });
    expect(header.__metadata__).toEqual({ format: "x", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(bytes.readFloatLE(8 + length + 8)).toBe(3);
    expect(bytes.length).toBe(8 + length + 28);
  });
});

describe("when checkpoints are taken", () => {
  function cadence(everySteps: number, everyMinutes: number) {
    const clock = { ms: 0 };
    return { clock, rule: new Cadence({ everySteps, everyMinutes }, () => clock.ms) };
  }

  it("by count, also where calls or hooks do not end at a multiple", () => {
    const { rule } = cadence(10, 1e9);
    expect([rule.atMost(0, 100), rule.atMost(7, 100), rule.atMost(7, 2), rule.atMost(20, 100)]).toEqual([10, 3, 2, 10]);
    expect([9, 10, 12].map((step) => rule.isDue(step))).toEqual([false, true, true]);
    rule.note(12);
    expect([19, 20].map((step) => rule.isDue(step))).toEqual([false, true]);
  });

  it("by time", () => {
    const { rule, clock } = cadence(Infinity, 2);
    expect(rule.atMost(3, 100)).toBe(100);
    clock.ms = 119_999;
    expect(rule.isDue(5)).toBe(false);
    clock.ms = 120_000;
    expect(rule.isDue(5)).toBe(true);
    rule.note(5);
    expect(rule.isDue(6)).toBe(false);
  });

  it("at an epoch's end when that costs at most 2 % of the time", () => {
    const { rule, clock } = cadence(Infinity, 1e9);
    expect(rule.isDueAtEpochEnd(1)).toBe(true);
    rule.note(1, 20);
    clock.ms = 999;
    expect(rule.isDueAtEpochEnd(2)).toBe(false);
    clock.ms = 1000;
    expect(rule.isDueAtEpochEnd(2)).toBe(true);
  });
});

describe("descriptions", () => {
  it("of two builds of a model are equal, whatever names and first weights they got", () => {
    setRandomSeed(1);
    const first = describeModel(network());
    setRandomSeed(2);
    expect(describeModel(network())).toEqual(first);
  });

  it("differ where weights are frozen", () => {
    const [open, frozen] = [network(), network()];
    frozen.layers[0].trainable = false;
    expect(differences(describeModel(open), describeModel(frozen))).toContain(
      "config.config.layers[0].config.trainable is true there, false here",
    );
  });

  it("are compared in words, the first few of them", () => {
    expect(differences({ a: [1, { b: "x" }] }, { a: [1, { b: "y" }], c: 2 })).toEqual([
      'a[1].b is "x" there, "y" here',
      "c is missing there, 2 here",
    ]);
    expect(differences([1, 2, 3, 4, 5, 6], [], 2)).toEqual([
      "[0] is 1 there, missing here",
      "[1] is 2 there, missing here",
      "4 more",
    ]);
  });
});
