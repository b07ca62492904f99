/** Notebooks that are not as they should be: each is reported as what it is, none passes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  acceptBadNotebook,
  badNotebooks,
  installSilentKernel,
  MEMORY_LIMIT,
  notebookOf,
  type BadNotebook,
} from "../../scripts/bench/support/bad-notebooks";
import { changedResults } from "../../scripts/bench/support/changed-results";
import { runBatch, type BatchOptions } from "../../src/notebooks/batch/run-batch";
import { exitCodeOf, type NotebookResult } from "../../src/notebooks/results/results";
import { save } from "./notebooks";

vi.setConfig({ hookTimeout: 600_000, testTimeout: 10_000 });

let folder: string;
const results = new Map<string, NotebookResult>();

/** Writes the notebook and its reference; returns the path. */
function prepare(bad: BadNotebook): string {
  const path = save(join(folder, `${bad.name}.ipynb`), notebookOf(bad));
  acceptBadNotebook(bad, path);
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "false green "));
  vi.stubEnv("JUPYTER_PATH", installSilentKernel(folder));
  const run = async (group: readonly BadNotebook[], options: Partial<BatchOptions>) => {
    const settings = { notebooks: group.map(prepare), results: join(folder, "results"), compare: true, parallel: 2 };
    for (const result of await runBatch({ ...settings, ...options })) results.set(result.notebook, result);
  };
  const slow = (bad: BadNotebook) => bad.endless || bad.hungry || bad.kernel;
  // An endless loop must be given longer than a busy machine takes for any first cell.
  await run(
    badNotebooks.filter(({ endless }) => endless),
    { cellTimeoutSeconds: 15 },
  );
  await run(
    badNotebooks.filter(({ hungry }) => hungry),
    { env: { NODE_OPTIONS: MEMORY_LIMIT } },
  );
  await run(
    badNotebooks.filter(({ kernel }) => kernel),
    { startupTimeoutSeconds: 3 },
  );
  await run([...badNotebooks.filter((bad) => !slow(bad)), ...changedResults], {});
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it.each([...badNotebooks, ...changedResults])("$what is reported as $kind", (bad) => {
  const result = results.get(join(folder, `${bad.name}.ipynb`))!;
  const { problems, status } = result;
  expect(problems.map(({ kind }) => kind)).toContain(bad.kind);
  expect(["passed", "executed"]).not.toContain(status);
  expect(exitCodeOf([result])).toBeGreaterThan(0);
});

it("names the cell that is at fault, and nothing else", () => {
  const rejection = results.get(join(folder, "rejection.ipynb"))!;
  expect(rejection.problems[0]).toMatchObject({ kind: "late-error", cell: 1 });
  expect(rejection.problems[0].message).toContain("floating");
  const threw = results.get(join(folder, "throw.ipynb"))!;
  expect(threw.problems).toHaveLength(1);
  expect(threw.cells[0]).toMatchObject({ status: "failed", line: 16 });
});
