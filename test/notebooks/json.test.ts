/** JSON as Python writes it: values that JSON has no words for come and go unchanged. */
import { describe, expect, it } from "vitest";
import { compareValues } from "../../src/notebooks/check/compare-values";
import { RuleBook } from "../../src/notebooks/check/rule-book";
import { noRules } from "../../src/notebooks/check/rules";
import { jsonText, parseJson } from "../../src/notebooks/notebook/json";

describe("parseJson and jsonText", () => {
  it.each([
    '{"a":[NaN,-Infinity,Infinity,1]}',
    '{"id":12345678901234567890,"to":-98765432109876543210}',
    "[9007199254740993,9007199254740992,0.1]",
    '{"text":"a NaN, 12345678901234567890, and \\"quotes\\"","n":10000000000000000001}',
  ])("give %s back", (text) => {
    expect(jsonText(parseJson(text))).toBe(text);
  });

  it("leave texts alone that look like such numbers", () => {
    const text = '{"a":": 12345678901234567890,"}';
    expect(parseJson(text)).toEqual({ a: ": 12345678901234567890," });
  });

  it("know what is damaged", () => {
    expect(() => parseJson('{"a": NaN')).toThrow(SyntaxError);
    expect(() => parseJson('{"a": 12345678901234567890')).toThrow(SyntaxError);
  });
});

it("compares integers to their last digit", () => {
  const place = { book: new RuleBook(noRules), kind: "json", names: [] } as never;
  const [a, b] = ["[12345678901234567890]", "[12345678901234567891]"].map(parseJson);
  expect(compareValues("x", a, a, place).differences).toEqual([]);
  expect(compareValues("x", a, b, place).differences).toHaveLength(1);
  expect(compareValues("x", a, b, place).differences[0].message).not.toContain("dnn-lab:");
});
