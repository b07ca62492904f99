/** A result as its student may see it: of hidden tests what they are worth, and nothing that a program could have worded. */
import type { Graded, TestResult } from "../grading/result";

function withoutSecrets(test: TestResult): TestResult {
  if (!test.hidden || test.message === undefined) return test;
  const { message: _, ...rest } = test;
  return rest;
}

/** Numbers of the run in which hidden tests were asked are a program's words too: only that they differ is said. */
const numberless = (message: string): string =>
  message.startsWith("submitted as") || / was .* the second time$/.test(message) ? "another number was found" : message;

/** What the student's report says. */
export function forStudent(result: Graded): Graded {
  const { told, ...rest } = result;
  const shown = told === undefined ? rest : { ...rest, metrics: told?.metrics ?? {}, facts: told?.facts ?? null };
  return {
    ...shown,
    checks: shown.checks.map((check) => ({ ...check, tests: check.tests.map(withoutSecrets) })),
    quality: shown.quality.map((test) =>
      told === undefined || test.message === undefined ? test : { ...test, message: numberless(test.message) },
    ),
  };
}
