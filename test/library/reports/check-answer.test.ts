/** Exercises: right, wrong, and not answered yet. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkAnswer } from "../../../src/library/reports/check-answer";

describe("checkAnswer", () => {
  let printed = "";
  beforeEach(() => {
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((printed += String(text))));
  });
  afterEach(() => void vi.restoreAllMocks());

  const isFour = (answer: number) => answer === 4;

  it("says what is right, what is not yet, and what was not answered", () => {
    checkAnswer("2 + 2", 4, isFour);
    checkAnswer("2 + 2", 5, isFour, { hint: "count" });
    checkAnswer<number>("2 + 2", undefined, isFour, { hint: "count" });
    expect(printed).toBe("✓ 2 + 2\n✗ 2 + 2: not right yet; count\n○ 2 + 2: not answered yet\n");
  });

  it("counts what cannot be checked as wrong, and says why", () => {
    const fails = () => {
      throw new RangeError("4 layers expected");
    };
    checkAnswer("layers", 3, fails);
    checkAnswer("layers", 3, (() => 1) as never);
    expect(printed).toBe(
      "✗ layers: 4 layers expected\n✗ layers: checkAnswer: isRight of 'layers' must give true or false, it gave 1.\n",
    );
  });

  it("refuses options that there are not", () => {
    expect(() => checkAnswer("x", 1, isFour, { tip: "?" } as never)).toThrow("tip");
    expect(() => checkAnswer("x", 1, 4 as never)).toThrow("isRight");
  });
});
