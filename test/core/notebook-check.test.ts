/** `check("q1", …)` in a student's notebook, and the values it looks at. */
import { check } from "dnn-lab-core/checks/notebook-check";
import { plainValue } from "dnn-lab-core/checks/plain-value";
import { type Definition, sumOfPoints, testsOf, valueFor } from "dnn-lab-core/checks/tests";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("testsOf", () => {
  it("keeps what each test says, in order, and which are hidden", () => {
    let hidden = false;
    const tests = testsOf(
      "q1",
      ({ test, near }) => {
        test("first", 1, "f(0)", near(1));
        hidden = true;
        test("second", 2.5, { a: "x", b: "y" }, () => true, { hint: "look", kernel: true });
      },
      () => hidden,
    );
    const judge = expect.any(Function) as () => true;
    expect(tests).toEqual([
      { name: "first", points: 1, expressions: { "": "f(0)" }, judge, hidden: false, kernel: false },
      { name: "second", points: 2.5, expressions: { a: "x", b: "y" }, judge, hidden: true, kernel: true, hint: "look" },
    ]);
    expect(tests[0]).not.toHaveProperty("hint");
    expect(sumOfPoints(tests)).toBe(3.5);
    expect(valueFor(tests[0]!, { "": 7 })).toBe(7);
    expect(valueFor(tests[1]!, { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
  });

  const right = () => true;
  it.each<[string, Definition, string]>([
    ["no name", ({ test }) => test(" ", 1, "x", right), `check 'q1': a test needs a name that says what should be so`],
    ["a name that is no text", ({ test }) => test(1 as never, 1, "x", right), "a test needs a name"],
    [
      "a name twice",
      ({ test }) => (test("a", 1, "x", right), test("a", 1, "y", right)),
      `check 'q1': two tests are named "a".`,
    ],
    ["negative points", ({ test }) => test("a", -1, "x", right), `check 'q1': points of "a" must be`],
    [
      "no judge",
      ({ test }) => test("a", 1, "x", 3 as never),
      `check 'q1': "a" needs a judge such as near(0.1), received 3.`,
    ],
    [
      "a wrong option",
      ({ test }) => test("a", 1, "x", right, { kernel: 1 as never }),
      `kernel of "a" must be true or false`,
    ],
  ])("refuses %s", (_, define, message) => {
    expect(() => testsOf("q1", define)).toThrow(message);
  });
});

describe("plainValue", () => {
  class Point {
    x = 1;
    get length(): number {
      throw new Error("a getter was called");
    }
  }

  it.each<[string, unknown, unknown]>([
    ["plain data", { a: [1, "b", null, undefined, true, 2n] }, { a: [1, "b", null, undefined, true, 2n] }],
    ["typed arrays", new Float32Array([1, 2]), [1, 2]],
    ["a list with gaps", [1, , 3], [1, undefined, 3]], // eslint-disable-line no-sparse-arrays
    ["a list with names", Object.assign([1], { extra: 2 }), [1]],
    ["a class without its methods", new Point(), { x: 1 }],
    [
      "functions by name",
      [function f() {}, class A {}, () => 1],
      ["[function f]", "[function A]", "[function without a name]"],
    ],
    ["symbols", Symbol("s"), "[Symbol(s)]"],
    [
      "computed properties unread",
      Object.defineProperty({}, "a", { get: () => 1, enumerable: true }),
      { a: "[computed property]" },
    ],
    ["hidden properties left out", Object.defineProperty({ b: 1 }, "a", { value: 1 }), { b: 1 }],
    ["a view of bytes as an object", new DataView(new ArrayBuffer(1)), {}],
  ])("reads %s", (_, value, expected) => {
    expect(plainValue(value)).toEqual(expected);
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  it("reads as much as a grader does, and no more", () => {
    expect(() => plainValue(deep(12))).not.toThrow();
    expect(() => plainValue(deep(13))).toThrow("the value is nested deeper than 12 levels");
    expect(plainValue("a".repeat(1e6))).toHaveLength(1e6);
    expect(() => plainValue("a".repeat(1e6 + 1))).toThrow("the text is too long");
    expect(plainValue(Array(99_999).fill(0))).toHaveLength(99_999);
    expect(() => plainValue(Array(100_000).fill(0))).toThrow("the value has more than 100000 parts");
    expect(() => plainValue(Object.assign([], { 100_000: 1 }))).toThrow("the array is longer than 100000");
    expect(() => plainValue({ a: new Proxy({}, {}) })).toThrow("the value is a Proxy");
  });
});

describe("check", () => {
  let said = "";
  beforeEach(() => {
    said = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => ((said += String(text)), true));
    Object.assign(globalThis, { rate: (t: number) => 0.1 * t });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    Reflect.deleteProperty(globalThis, "rate");
  });

  it("prints that all pass, also when it is called by its name alone", async () => {
    const define: Definition = ({ test, near }) => {
      test("at first 0", 1, "rate(0)", near(0));
      test(
        "later",
        2,
        { a: "rate(1)", b: "await Promise.resolve(rate(2))" },
        ({ a, b }: Record<string, number>) => b === 2 * a!,
      );
    };
    expect(await check("all", define)).toBe(true);
    expect(said).toBe(
      "all: all visible tests pass, 3 of 3 visible points\n  ✓ at first 0 (1 point)\n  ✓ later (2 points)\n",
    );
    const first = said;
    said = "";
    expect(await check("all")).toBe(true);
    expect(said).toBe(first);
  });

  it("says what fails and why, with hints and parts of points", async () => {
    const all = await check("some", ({ test, equals }) => {
      test("right", 1, "rate(0)", equals(0));
      test("wrong", 1, "rate(10)", equals(2), { hint: "Look at the unit." });
      test("half", 3, "1", () => ({ share: 1 / 3, why: "a third" }), { hint: "More." });
      test("missing", 1, "nowhere()", equals(2));
      test("thrown", 1, "(() => { throw 'text' })()", equals(2));
    });
    expect(all).toBe(false);
    expect(said.split("\n")).toEqual([
      "some: 1 of 5 visible tests pass, 2 of 7 visible points",
      "  ✓ right (1 point)",
      "  ✗ wrong (1 point): expected 2, found 1",
      "      Look at the unit.",
      "  ✗ half (1 of 3 points): a third",
      "      More.",
      "  ✗ missing (1 point): ReferenceError: nowhere is not defined",
      "  ✗ thrown (1 point): text",
      "",
    ]);
  });

  it("waits for an expression as long as the grader does", async () => {
    vi.useFakeTimers();
    const done = check("slow", ({ test }) => test("never", 1, "new Promise(() => {})", () => true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await done).toBe(false);
    expect(said).toContain("✗ never (1 point): Error: the expression took too long");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("names the checks that there are", async () => {
    await expect(check("q9")).rejects.toThrow(/^check: there are no tests "q9"; known are "all", "some", "slow"\.$/);
  });
});
