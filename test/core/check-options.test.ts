/** The names of options: at run time against typos, at compile time against the interface (`npm run lint` compiles this file). */
import { checkKeys, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { describe, expect, it } from "vitest";

interface Options {
  rate?: number;
  name?: string;
}
const options: Options = { rate: 0.5 };

describe("checkOptions", () => {
  it("returns the options when all their names are known", () => {
    expect(checkOptions("f", options, { rate: true, name: true })).toBe(options);
    expect(checkOptions("f", {}, {})).toEqual({});
  });

  it("refuses a name that is not known, and guesses what was meant", () => {
    const typo = { rat: 1 } as Options;
    expect(() => checkOptions("f", typo, { rate: true, name: true })).toThrow(
      "f: unknown option 'rat'; the options are 'rate', 'name'. Did you mean 'rate'?",
    );
  });

  it.each([[null], [3], [[1]]])("refuses %o in place of options", (value) => {
    expect(() => checkOptions("f", value as unknown as Options, { rate: true, name: true })).toThrow(
      "f: expected an object of options ('rate', 'name')",
    );
  });

  it("does not compile with a name too few or too many", () => {
    // @ts-expect-error name is missing
    checkOptions("f", options, { rate: true });
    // @ts-expect-error there is no option colour
    checkOptions("f", options, { rate: true, name: true, colour: true });
    // @ts-expect-error the same for names that stand elsewhere
    const names: OptionNames<Options> = { rate: true };
    expect(names).toEqual({ rate: true });
  });

  it("wants the names of all members of a union", () => {
    const either: OptionNames<{ a: number } | { b: number }> = { a: true, b: true };
    expect(Object.keys(either)).toEqual(["a", "b"]);
  });
});

it("checkKeys takes names that are known at run time only", () => {
  expect(checkKeys("f", { a: 1 }, ["a", "b"])).toEqual({ a: 1 });
  expect(() => checkKeys("f", { c: 1 }, ["a", "b"])).toThrow("f: unknown option 'c'; the options are 'a', 'b'.");
});
