/** One test for each notebook, under any test runner that has `describe` and `it`: vitest, jest, node:test. */
import { checkFunction, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { chosenNotebooks } from "../notebook/chosen";
import { resultText } from "../report/run-summary";
import type { Against } from "../results/references";
import { cacheFolderIn, runBatch } from "./run-batch";

/** `describe` and `it` of the test runner. */
export interface TestRunner {
  /** Groups the tests. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Declares a test; its context may have an `AbortSignal` (`signal`) that ends the run. */
  readonly it: (name: string, test: (context?: unknown) => Promise<void>, timeoutMs?: number) => unknown;
}

/** Options of {@link notebookTests}. */
export interface NotebookTestsOptions {
  /** Notebooks, or folders that are searched for them (default: the working folder). */
  readonly paths?: readonly string[];
  /** What to compare with: the stored references (default), or the outputs in the notebooks. */
  readonly against?: Against;
  /** Notebooks that are passed over: paths, folders, or patterns with `*` and `**`. */
  readonly exclude?: readonly string[];
  /** Folder of results (default `results/notebooks`). */
  readonly results?: string;
  /** Time allowed for one notebook, in seconds (default 3600). */
  readonly timeoutSeconds?: number;
  /** Whether a notebook is executed although nothing has changed (default false). */
  readonly noCache?: boolean;
}

const optionNames: OptionNames<NotebookTestsOptions> = {
  paths: true,
  against: true,
  exclude: true,
  results: true,
  timeoutSeconds: true,
  noCache: true,
};

/**
 * Declares one test for each notebook: it executes the notebook and compares it, as `check` does.
 *
 * @example
 * // notebooks.test.ts
 * import { describe, it } from "vitest";
 * import { notebookTests } from "dnn-lab-notebooks";
 * notebookTests({ describe, it }, { paths: ["notebooks"] });
 */
export function notebookTests(runner: TestRunner, options: NotebookTestsOptions = {}): void {
  checkOptions("notebookTests", options, optionNames);
  for (const name of ["describe", "it"] as const) checkFunction("notebookTests", name, runner?.[name]);
  const { paths = [], against, exclude = [], results = "results/notebooks", timeoutSeconds = 3600, noCache } = options;
  const notebooks = chosenNotebooks({ paths, exclude });
  if (notebooks.length === 0)
    throw new Error(`notebookTests: there are no notebooks in ${paths.join(", ") || process.cwd()}`);
  const cache = noCache ? undefined : cacheFolderIn(results);
  runner.describe("notebooks", () => {
    for (const notebook of notebooks) {
      const test = async (context?: unknown): Promise<void> => {
        const { signal } = (context ?? {}) as { signal?: AbortSignal };
        const asked = { notebooks: [notebook], compare: true, against, results, cache, timeoutSeconds, signal };
        const [result] = await runBatch(asked);
        if (!["passed", "skipped"].includes(result.status)) throw new NotebookTestError(resultText(result));
      };
      runner.it(notebook, test, (timeoutSeconds + 60) * 1000);
    }
  });
}

/** A notebook is not as it should be; there is nothing to be seen in a stack of ours. */
class NotebookTestError extends Error {
  override readonly name = "NotebookTestError";
  constructor(message: string) {
    // eslint-disable-next-line no-control-regex
    super(message.replace(/\x1b\[[0-9;]*m/g, ""));
    this.stack = `${this.name}: ${this.message}`;
  }
}
