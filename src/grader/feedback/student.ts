/** A result as its student may see it: of hidden tests what they are worth, and nothing that a program could have worded. */
import { rounded } from "dnn-lab-core/numbers";
import type { CheckResult, Graded, TestResult } from "../grading/result";
import type { Stage } from "./stage";

function withoutSecrets(test: TestResult): TestResult {
  if (!test.hidden || test.message === undefined) return test;
  const { message: _, ...rest } = test;
  return rest;
}

/** Numbers of the run in which hidden tests were asked are a program's words too: only that they differ is said. */
const numberless = (message: string): string =>
  message.startsWith("submitted as") || / was .* the second time$/.test(message) ? "another number was found" : message;

const sum = (items: readonly { readonly points: number; readonly earned: number }[], key: "points" | "earned") =>
  rounded(
    items.reduce((total, each) => total + each[key], 0),
    3,
  );

/** Without hidden tests, and without what they earn. */
function visibleOnly(result: Graded): Graded {
  const checks = result.checks.flatMap((check): CheckResult[] => {
    const tests = check.tests.filter(({ hidden }) => !hidden);
    return tests.length ? [{ ...check, tests, points: sum(tests, "points"), earned: sum(tests, "earned") }] : [];
  });
  const all = [...checks, ...result.quality];
  const { changed: _, attempts: __, ...rest } = result;
  return { ...rest, checks, points: sum(all, "points"), earned: sum(all, "earned") };
}

/** Without what people have given. */
const unmarked = (result: Graded): Graded => ({
  ...result,
  manual: result.manual.map(({ given: _, comment: __, items: ___, changed: ____, ...item }) => item),
  overrides: [],
});

/** What the student's report says at a stage. */
export function forStudent(result: Graded, stage: Stage = "all"): Graded {
  const { told, ...rest } = result;
  const whole = told === undefined ? rest : { ...rest, metrics: told?.metrics ?? {}, facts: told?.facts ?? null };
  const open = stage === "all" ? whole : unmarked(whole);
  const shown = stage === "now" && open.status === "graded" ? visibleOnly(open) : open;
  return {
    ...shown,
    checks: shown.checks.map((check) => ({ ...check, tests: check.tests.map(withoutSecrets) })),
    quality: shown.quality.map((test) =>
      told === undefined || test.message === undefined ? test : { ...test, message: numberless(test.message) },
    ),
  };
}
