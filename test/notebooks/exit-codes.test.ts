/** Of several notebooks the worst decides: interrupted, does not run, differs, nothing to trust. */
import { expect, it } from "vitest";
import { exitCodeOf, type NotebookResult, type NotebookStatus } from "../../src/notebooks/results/results";

const results = (...statuses: NotebookStatus[]): NotebookResult[] =>
  statuses.map((status) => ({ status }) as unknown as NotebookResult);

it.each<[NotebookStatus[], number]>([
  [[], 4],
  [["passed", "executed"], 0],
  [["passed", "unchecked"], 4],
  [["unchecked", "changed", "passed"], 3],
  [["changed", "failed", "unchecked"], 1],
  [["failed", "interrupted", "changed"], 130],
])("%j ends with %i", (statuses, code) => {
  expect(exitCodeOf(results(...statuses))).toBe(code);
  expect(exitCodeOf(results(...statuses.toReversed()))).toBe(code);
});
