/** What another grading of the same student has changed. */
import type { Change, Changed, Graded, TestResult } from "./result";

const testsOf = ({ checks, quality }: Graded): Map<string, TestResult> =>
  new Map([
    ...checks.flatMap(({ id, tests }) => tests.map((test) => [`${id}: ${test.name}`, test] as const)),
    ...quality.map((test) => [test.name, test] as const),
  ]);

/** The tests that earn another number of points than before, and those that came or went. */
function testChanges(before: Graded, after: Graded): Change[] {
  const [old, now] = [testsOf(before), testsOf(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names.flatMap((name): Change[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was?.earned === is?.earned && was?.points === is?.points) return [];
    const hidden = was?.hidden === true || is?.hidden === true;
    return [{ name, hidden, from: was?.earned, to: is?.earned }];
  });
}

/** What is other than in the result before; undefined when nothing is that a student would ask about. */
export function changesOf(before: Graded, after: Graded): Changed | undefined {
  const tests = testChanges(before, after);
  const sameEnd = before.status === after.status && before.earned === after.earned;
  if (tests.length === 0 && sameEnd) return undefined;
  return {
    why: before.submission === after.submission ? "graded again" : "handed in again",
    from: { status: before.status, earned: before.earned, points: before.points },
    tests,
  };
}
