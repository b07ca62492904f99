/** What a check cell says: `check("q1", ({ test, near }) => { test("…", 2, "f(0)", near(1)); … })`. */
import { checkBoolean, checkNumber, show } from "../check";
import { type Judge, judges } from "./judges";

/** One thing that is looked at. */
export interface Test {
  /** What students read: what should be so. */
  readonly name: string;
  readonly points: number;
  /** JavaScript expressions by name; the value of a single one (`""`) is given to the judge as it is. */
  readonly expressions: Readonly<Record<string, string>>;
  readonly judge: Judge;
  /** Known to the grader alone. */
  readonly hidden: boolean;
  /** Shown when the test fails. */
  readonly hint?: string;
  /** Whether all of the expressions is computed in the kernel. */
  readonly kernel: boolean;
}

export interface TestOptions {
  /** Shown when the test fails. */
  hint?: string;
  /**
   * Has the kernel compute the whole expression (default: it says what only it can say, and the rest is computed by whoever judges).
   * A program can replace what computes in its own process, so its word is all there is.
   */
  kernel?: boolean;
}

/**
 * Adds a test.
 * @param name what should be so, for students to read
 * @param points what it is worth
 * @param expression a JavaScript expression of the notebook's names (`"schedule(0)"`), or several by name
 * @param judge what the value must be: a judge, or a function that returns `true`, or words that say why not, or `{ share, why }` for a part of the points
 */
export type AddTest = (
  name: string,
  points: number,
  expression: string | Readonly<Record<string, string>>,
  // The value's type is not known to the compiler; judges say what they expect.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  judge: (value: any) => ReturnType<Judge>,
  options?: TestOptions,
) => void;

/** What a check is written with: `test`, which adds a named part, and the functions that judge a value. */
export type CheckTools = { readonly test: AddTest } & typeof judges;

/** The body of a check. */
export type Definition = (tools: CheckTools) => void;

/** The tests that a definition adds. `isHidden` says whether the next one is for the grader alone. */
export function testsOf(id: string, define: Definition, isHidden: () => boolean = () => false): Test[] {
  const tests: Test[] = [];
  const owner = `check '${id}'`;
  define({
    ...judges,
    test(name, points, expression, judge, { hint, kernel = false } = {}) {
      if (typeof name !== "string" || name.trim() === "")
        throw new TypeError(`${owner}: a test needs a name that says what should be so, received ${show(name)}.`);
      if (tests.some((each) => each.name === name)) throw new TypeError(`${owner}: two tests are named ${show(name)}.`);
      checkNumber(owner, `points of ${show(name)}`, points, { min: 0 });
      if (typeof judge !== "function")
        throw new TypeError(`${owner}: ${show(name)} needs a judge such as near(0.1), received ${show(judge)}.`);
      const expressions = typeof expression === "string" ? { "": expression } : expression;
      checkBoolean(owner, `kernel of ${show(name)}`, kernel);
      tests.push({
        name,
        points,
        expressions,
        judge,
        hidden: isHidden(),
        kernel,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  });
  return tests;
}

/** What the judge gets: the value of a single expression, or an object of values by name. */
export function valueFor(test: Test, values: Readonly<Record<string, unknown>>): unknown {
  return Object.hasOwn(test.expressions, "") ? values[""] : values;
}

export const sumOfPoints = (tests: readonly { readonly points: number }[]): number =>
  tests.reduce((sum, { points }) => sum + points, 0);
