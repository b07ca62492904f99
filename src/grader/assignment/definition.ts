/** Check cells in the grader's process: the cell's code is the teacher's, and never goes to a student's kernel. */
import ts from "typescript";
import { AuthoringError } from "./grader-cell";
import { withHiddenCalls } from "./regions";
import { withConstants } from "./constants";
import { planOf } from "./expression";
import { type Definition, type Test, testsOf } from "dnn-lab-core/checks/tests";

/** What a check cell is: tests for the grader, or (any language) code that must run without an error in the notebook. */
export interface CheckCell {
  /** Name in `check("…")`; undefined for a cell that is run instead. */
  readonly id: string | undefined;
  readonly tests: readonly Test[];
}

/** Whether the cell is written with `check(…)`; one that is not is executed, as nbgrader's test cells are. */
export function isCheckCall(source: string): boolean {
  return /(^|[\s;(])check\s*\(/.test(source.replace(/\/\/.*$/gm, ""));
}

interface CheckOptions {
  readonly published?: boolean;
  /** Values of names that the grader has given, as JSON: they are not asked for. */
  readonly constants?: Readonly<Record<string, string>>;
}

/**
 * The tests of a check cell.
 * @throws AuthoringError when the cell does not compile, throws, or defines none or several checks.
 */
export function checkCellOf(gradeId: string, source: string, options: CheckOptions = {}): CheckCell {
  const { published = false, constants = {} } = options;
  const fail = (why: string): never => {
    throw new AuthoringError(`check cell ${gradeId}: ${why}`);
  };
  if (/^\s*import\s/m.test(source)) fail("it has an import; judges and test come as the check's argument");
  let hidden = false;
  const found: { id: string; tests: Test[] }[] = [];
  const check = (id: string, define?: Definition): Promise<boolean> => {
    if (typeof define !== "function") return fail(`check(${JSON.stringify(id)}) needs a function that adds tests`);
    found.push({ id, tests: testsOf(id, define, () => hidden) });
    return Promise.resolve(true);
  };
  try {
    const run = new Function("check", "hidden", compile(source)) as (check: unknown, hidden: unknown) => void;
    run(check, (on: boolean) => (hidden = on));
  } catch (error) {
    if (error instanceof AuthoringError) throw error;
    fail((error as Error).message);
  }
  for (const test of found.flatMap(({ tests }) => tests)) {
    for (const code of Object.values(test.expressions)) {
      try {
        planOf(code, test.kernel);
      } catch (error) {
        fail(`the expression of '${test.name}', ${code}: ${(error as Error).message}`);
      }
    }
  }
  if (found.length !== 1) fail(`it must call check(…) once, it calls it ${found.length} times`);
  // What students get may have hidden tests only.
  if (found[0]!.tests.length === 0 && !published) fail("it has no tests");
  const { id, tests } = found[0]!;
  return { id, tests: tests.map((test) => withGiven(test, constants)) };
}

/** A test whose expressions have the values in place of names that the grader has given; one that the kernel computes is left. */
function withGiven(test: Test, constants: Readonly<Record<string, string>>): Test {
  if (test.kernel) return test;
  const parts = Object.entries(test.expressions).map(([name, code]) => [name, withConstants(code, constants)]);
  return { ...test, expressions: Object.fromEntries(parts) as Test["expressions"] };
}

/** JavaScript of the cell; its top-level `await` of check is not needed, as definitions are collected at once. */
function compile(source: string): string {
  const code = withHiddenCalls(source).replace(/^(\s*)await\s+(?=check\b)/gm, "$1");
  const { outputText, diagnostics } = ts.transpileModule(code, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict: false },
  });
  const first = diagnostics?.[0];
  if (first) throw new SyntaxError(ts.flattenDiagnosticMessageText(first.messageText, "\n"));
  return outputText;
}
