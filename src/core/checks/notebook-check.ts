/** `check("q1")` in a student's notebook: runs the visible tests where the student works, and prints what they say. */
import { show } from "../check";
import { rounded } from "../numbers";
import { shareOf, type Verdict, verdictOf } from "./judges";
import { plainValue } from "./plain-value";
import { sumOfPoints, testsOf, valueFor, type Definition, type Test } from "./tests";

const known = new Map<string, readonly Test[]>();

/**
 * Runs the tests of a task and prints which pass. The first call, in the assignment's own cell, says what they are; later
 * `check("q1")` alone repeats them. Tests look at the notebook's names by expressions, so a missing one fails its tests only.
 *
 * @example await check("q1", ({ test, near }) => test("the first rate is 0.01", 1, "schedule(0)", near(0.01)))
 * @returns whether all pass
 * @throws TypeError when there are no such tests
 */
export async function check(id: string, define?: Definition): Promise<boolean> {
  if (define !== undefined) known.set(id, testsOf(id, define));
  const tests = known.get(id);
  if (tests === undefined) {
    const names = [...known.keys()].map(show).join(", ") || "none yet: run the assignment's cell with the check first";
    throw new TypeError(`check: there are no tests ${show(id)}; known are ${names}.`);
  }
  const lines: string[] = [];
  let [passed, earned] = [0, 0];
  for (const test of tests) {
    const { share, why } = shareOf(await tried(test));
    if (why === undefined) passed++;
    const got = rounded(share * test.points, 3);
    earned += got;
    const points = `${test.points} ${test.points === 1 ? "point" : "points"}`;
    const worth = share > 0 && share < 1 ? `${got} of ${points}` : points;
    lines.push(why === undefined ? `✓ ${test.name} (${worth})` : `✗ ${test.name} (${worth}): ${why}`);
    if (why !== undefined && test.hint) lines.push(`    ${test.hint}`);
  }
  const all = passed === tests.length;
  const sum = `${rounded(earned, 3)} of ${sumOfPoints(tests)} visible points`;
  process.stdout.write(
    `${id}: ${all ? "all visible tests pass" : `${passed} of ${tests.length} visible tests pass`}, ${sum}\n${lines.map((line) => `  ${line}\n`).join("")}`,
  );
  return all;
}

async function tried(test: Test): Promise<Verdict> {
  const values: Record<string, unknown> = {};
  try {
    for (const [name, expression] of Object.entries(test.expressions))
      values[name] = plainValue(await inTime(evaluate(expression)));
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return verdictOf(test.judge, valueFor(test, values));
}

/** The grader waits no longer for an expression. */
const PATIENCE_MS = 10_000;

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the expression took too long")), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** An indirect eval sees the notebook's top-level names, which no module can import. */
function evaluate(expression: string): Promise<unknown> {
  const run = (0, eval)(`(async () => (${expression}\n))`) as () => Promise<unknown>;
  return run();
}
