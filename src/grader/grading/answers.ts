/** Asks the kernel for what tests need, and computes their values from it. */
import { plainValue } from "dnn-lab-core/checks/plain-value";
import type { Ask, AskedValue } from "dnn-lab-notebooks";
import { decode } from "./decode";
import { type ExpressionPlan, planOf } from "../assignment/expression";
import type { Test } from "dnn-lab-core/checks/tests";

/** What became of an expression: its value, or why there is none. */
export type Found = { readonly value: unknown } | { readonly error: string };

/** What the tests of a check need, by test, then by name; a test that was not asked is not there. */
export type TestValues = readonly (Readonly<Record<string, Found>> | undefined)[];

const PROBE_MS = 10_000;

const plansOf = ({ expressions, kernel }: Test): [string, ExpressionPlan][] =>
  Object.entries(expressions).map(([name, code]) => [name, planOf(code, kernel)]);

/** Whether asking for a test lets code of the student's run, which then knows what was asked. */
export const isTelling = (test: Test): boolean => plansOf(test).some(([, plan]) => plan.runsCode);

/** All expressions of some tests in one question; they have no names that say what is wanted of them. */
export async function askTests(
  tests: readonly Test[],
  ask: Ask,
  isWanted: (test: Test) => boolean,
): Promise<TestValues> {
  const questions: Record<string, string> = {};
  const number = (code: string): string => {
    const name = `e${Object.keys(questions).length}`;
    questions[name] = code;
    return name;
  };
  const asked = tests.map((test) =>
    isWanted(test) ? plansOf(test).map(([name, plan]) => ({ name, plan, names: plan.asked.map(number) })) : undefined,
  );
  const answers = Object.keys(questions).length ? await ask(questions, PROBE_MS) : {};
  return asked.map(
    (parts) =>
      parts &&
      Object.fromEntries(
        parts.map(({ name, plan, names }) => [
          name,
          found(
            plan,
            names.map((each) => answers[each]),
          ),
        ]),
      ),
  );
}

/** The value of an expression of which every part was asked. */
function found(plan: ExpressionPlan, answers: readonly (AskedValue | undefined)[]): Found {
  const values: unknown[] = [];
  for (const answer of answers) {
    const read = valueOf(answer);
    if ("error" in read) return read;
    values.push(read.value);
  }
  try {
    // As all values that the grader reads: what it computes itself (`Math.max`) is no more than what a kernel would tell.
    return { value: plainValue(plan.compute(values)) };
  } catch (error) {
    return { error: `it could not be computed from what was found (${String(error).slice(0, 200)})` };
  }
}

/** An answer as a value of ours. */
export function valueOf(answer: AskedValue | undefined): Found {
  if (answer === undefined) return { error: "there is no answer" };
  if ("error" in answer) return { error: String(answer.error) };
  try {
    return { value: decode(answer.value) };
  } catch (error) {
    return { error: `its value cannot be trusted: ${(error as Error).message}` };
  }
}
