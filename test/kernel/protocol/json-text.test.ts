import { describe, expect, test } from "vitest";
import { jsonText } from "../../../src/kernel/protocol/json-text";

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe("jsonText", () => {
  test("half a surrogate pair becomes U+FFFD, whole pairs and written-out escapes stay", () => {
    for (const [text, expected] of [
      ["\ud83d", "\ufffd"],
      ["a\udc4d", "a\ufffd"],
      ["👍", "👍"],
      ["\\ud83d", "\\ud83d"],
      ["\\\ud83d", "\\\ufffd"],
      ["\\\\ud83d", "\\\\ud83d"],
    ] as const) {
      expect(JSON.parse(jsonText({ [text]: text }))).toEqual({ [expected]: expected });
    }
  });

  test("says what cannot be JSON, and leaves errors of the value's own alone", () => {
    const ring: Record<string, unknown> = {};
    ring["self"] = ring;
    expect(() => jsonText({ a: [1n] }, "metadata")).toThrow("metadata holds a BigInt");
    expect(() => jsonText(ring, "data")).toThrow("data refers to itself");
    expect(() => jsonText(undefined, "data")).toThrow("data must be JSON, received undefined");
    const own = new RangeError("mine");
    const throwing = {
      toJSON: () => {
        throw own;
      },
    };
    expect(() => jsonText(throwing)).toThrow(own);
  });

  test("250 levels pass, 251 do not; brackets in texts do not count", () => {
    expect(jsonText(nested(250))).toContain("1");
    expect(() => jsonText(nested(251), "data")).toThrow("250 levels");
    const brackets = '"['.repeat(300) + "\\";
    expect(JSON.parse(jsonText([brackets, "{".repeat(400)]))).toEqual([brackets, "{".repeat(400)]);
  });
});
