/** Judges say whether a value is right, and in words why not. */
import { type Judge, judges, shareOf, verdictOf } from "dnn-lab-core/checks/judges";
import { describe, expect, it } from "vitest";

const { atLeast, atMost, between, equals, near, oneOf } = judges;
const judged = (judge: Judge, value: unknown): unknown => verdictOf(judge, value);

describe("equals", () => {
  it.each([
    [1, 1],
    [NaN, NaN],
    [-0, 0],
    ["a", "a"],
    [null, null],
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
  ])("takes %j for %j", (value, expected) => {
    expect(judged(equals(expected), value)).toBe(true);
  });

  it.each([
    [2, 1, "expected 1, found 2"],
    ["1", 1, 'expected 1, found "1"'],
    [undefined, 1, "expected 1, found undefined"],
    [null, {}, "expected an object with keys (none), found null"],
    [{}, null, "expected null, found an object with keys (none)"],
    [[1], { 0: 1 }, "expected { 0: 1 }, found [1]"],
    [[1, 2], [1], "expected [1], found [1, 2]"],
    [{ a: 1 }, { b: 1 }, "expected { b: 1 }, found { a: 1 }"],
    [{ a: undefined }, { b: undefined }, "expected { b: undefined }, found { a: undefined }"],
    [1 / 3, 0.25, "expected 0.25, found 0.333333"],
    [[1, 2, 3, 4, 5, 6, 7], [1], "expected [1], found an array of 7"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, 1, "expected 1, found { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }"],
    [
      { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 },
      1,
      "expected 1, found an object with keys 'a', 'b', 'c', 'd', 'e', 'f', 'g'",
    ],
  ])("does not take %j for %j", (value, expected, why) => {
    expect(judged(equals(expected), value)).toBe(why);
  });
});

describe("near", () => {
  it("takes what is as far away as allowed, a millionth without options", () => {
    expect(judged(near(1), 1 + 9e-7)).toBe(true);
    expect(judged(near(1), 1.00001)).toBe("expected about 1, found 1.00001");
    expect(judged(near([1, { a: 2 }], { abs: 0.5 }), [1.5, { a: 1.5 }])).toBe(true);
    expect(judged(near(10, { abs: 0, rel: 0.1 }), 11)).toBe(true);
    expect(judged(near(-10, { rel: 0.1 }), -11)).toBe(true);
    expect(judged(near(10, { rel: 0.1 }), 11.2)).toBe("expected about 10, found 11.2");
    expect(judged(near(0, { abs: 0.1, rel: 0.01 }), 0.1)).toBe(true);
  });

  it("takes infinities and NaN for themselves only", () => {
    expect(judged(near(Infinity), Infinity)).toBe(true);
    expect(judged(near(NaN), NaN)).toBe(true);
    expect(judged(near(1), NaN)).toBe("expected about 1, found NaN");
  });
});

describe("bounds", () => {
  it.each([
    ["atLeast", atLeast(2), [2, 3], [1.9, NaN, "3"], "expected at least 2, found 1.9"],
    ["atMost", atMost(2), [2, 1], [2.1, NaN, "1"], "expected at most 2, found 2.1"],
    ["between", between(1, 2), [1, 1.5, 2], [0.9, 2.1, "1.5"], "expected 1 to 2, found 0.9"],
  ])("%s has its ends in it, and takes numbers only", (_, judge, right, wrong, why) => {
    expect(right.map((value) => judged(judge, value))).toEqual(right.map(() => true));
    expect(wrong.map((value) => judged(judge, value)).filter((verdict) => verdict === true)).toEqual([]);
    expect(judged(judge, wrong[0])).toBe(why);
  });
});

it("oneOf takes any of its choices", () => {
  expect(judged(oneOf("relu", [1]), "relu")).toBe(true);
  expect(judged(oneOf("relu", [1]), [1])).toBe(true);
  expect(judged(oneOf("relu", [1]), "tanh")).toBe('expected one of ["relu", [1]], found "tanh"');
});

describe("a judge of one's own", () => {
  const partly = { share: 0.5, why: "half of it" };

  it.each([
    ["true", true, true],
    ["words", "too small", "too small"],
    ["no words", "", ""],
    ["a share", partly, partly],
    ["the whole share", { share: 1, why: "" }, true],
    ["nothing", { share: 0, why: "no" }, { share: 0, why: "no" }],
    ["false", false, "found 7"],
    ["too large a share", { share: 2, why: "" }, "found 7"],
    ["too small a share", { share: -1, why: "" }, "found 7"],
    ["a share without words", { share: 0.5 }, "found 7"],
    ["words alone", { why: "x" }, "found 7"],
    ["null", null, "found 7"],
  ])("may say %s", (_, said, verdict) => {
    expect(verdictOf(() => said as boolean, 7)).toEqual(verdict);
  });

  it("may throw, which is the value's fault", () => {
    const judge: Judge = (value) => (value as { length: { x: number } }).length.x > 1;
    expect(verdictOf(judge, {})).toMatch(
      /^found an object with keys \(none\), which could not be judged \(Cannot read .*\)$/,
    );
  });

  it("gives a share of the points, with the reason where it is not the whole", () => {
    expect(shareOf(true)).toEqual({ share: 1, why: undefined });
    expect(shareOf("no")).toEqual({ share: 0, why: "no" });
    expect(shareOf(partly)).toEqual(partly);
  });
});
