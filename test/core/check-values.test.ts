/** What is said of a wrong value, and as what kind of error. */
import { checkBoolean, checkFunction, checkNumber, checkOneOf, guess } from "dnn-lab-core/check";
import { describe, expect, it } from "vitest";

/** Kind and message of what `body` throws. */
function thrown(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing";
}

describe("checkNumber", () => {
  it.each([
    [{ min: 0 }, -1, "at least 0"],
    [{ above: 0 }, 0, "greater than 0"],
    [{ max: 1 }, 1.5, "at most 1"],
    [{ below: 1 }, 1, "less than 1"],
    [{ min: 0, below: 1 }, 1, "at least 0 and less than 1"],
    [{ above: 0, max: 2 }, 3, "greater than 0 and at most 2"],
  ])("%j refuses %d", (rule, value, words) => {
    const message = `RangeError: f: rate must be a finite number ${words}, received ${value}.`;
    expect(thrown(() => checkNumber("f", "rate", value, rule))).toBe(message);
    expect(thrown(() => checkNumber("f", "rate", value, { ...rule, fix: "Halve it." }))).toBe(`${message} Halve it.`);
  });

  it("takes the ends that a rule includes", () => {
    expect([checkNumber("f", "x", 0, { min: 0 }), checkNumber("f", "x", 1, { max: 1 })]).toEqual([0, 1]);
  });

  it("tells a wrong number from what is none", () => {
    expect(thrown(() => checkNumber("f", "x", NaN))).toBe("RangeError: f: x must be a finite number, received NaN.");
    expect(thrown(() => checkNumber("f", "x", 1.5, { integer: true }))).toBe(
      "RangeError: f: x must be an integer, received 1.5.",
    );
    expect(thrown(() => checkNumber("f", "x", "1"))).toBe('TypeError: f: x must be a finite number, received "1".');
  });
});

it("checkOneOf returns the choice, and lists the choices with the nearest one", () => {
  expect(checkOneOf("f", "mode", "min", ["min", "max"])).toBe("min");
  expect(thrown(() => checkOneOf("f", "mode", "mix", ["min", "max"]))).toBe(
    "TypeError: f: mode must be one of 'min', 'max', received \"mix\". Did you mean 'min'?",
  );
  expect(thrown(() => checkOneOf("f", "mode", 3, ["min", "max"]))).toBe(
    "TypeError: f: mode must be one of 'min', 'max', received 3.",
  );
});

it("checkBoolean and checkFunction return what they are given, and refuse what is near it", () => {
  const double = (x: number) => 2 * x;
  expect([checkBoolean("f", "on", false), checkFunction("f", "then", double)]).toEqual([false, double]);
  expect(thrown(() => checkBoolean("f", "on", 0))).toBe("TypeError: f: on must be true or false, received 0.");
  expect(thrown(() => checkFunction("f", "then", {}))).toMatch(/^TypeError: f: then must be a function, received/);
});

it("guesses a name by its spelling, whatever its case, and no name that is far away", () => {
  const names = ["learningRate", "momentum", "nesterov"];
  expect(guess("LearningRat", names)).toBe(" Did you mean 'learningRate'?");
  expect(guess("momentun", names)).toBe(" Did you mean 'momentum'?");
  expect(guess("batchSize", names)).toBe("");
  expect(guess(3, names)).toBe("");
  expect(guess("x", [])).toBe("");
});
