/** Stores what notebooks give as their references. */
import { rulesOf } from "../check/rules";
import { generalRules } from "../notebook/configuration";
import { codeCells, readNotebook, type Output } from "../notebook/notebook-file";
import { circumstancesOf, referenceCell, writeReference } from "../results/references";
import type { NotebookResult, ProblemKind } from "../results/results";

/** What does not keep a run from becoming the reference: it is what accepting is for. */
const acceptable: readonly ProblemKind[] = [
  "difference",
  "no-reference",
  "edited-reference",
  "added-cell",
  "removed-cell",
  "execution-counts",
  "nothing-checked",
  "changed-rule",
];

/** Why a result must not become a reference; undefined when it may. */
export function notAcceptable({ problems, provenance, output, cells }: NotebookResult): string | undefined {
  const bad = problems.find(({ kind }) => !acceptable.includes(kind));
  if (bad) return `${bad.kind}: ${bad.message}`;
  if (!provenance || !output) return "it did not run to its end";
  if (cells.some(({ status }) => status === "not run")) return "only a part of it was executed";
  return undefined;
}

/**
 * Stores a result as the reference; returns its path. `samples` are results with other seeds, kept beside it for the
 * rule `seeds`. Throws when the result must not become one.
 */
export function acceptResult(result: NotebookResult, samples: readonly NotebookResult[] = []): string {
  const general = generalRules(result.notebook);
  const reason = [result, ...samples].map(notAcceptable).find((each) => each !== undefined);
  if (reason !== undefined) throw new Error(`${result.notebook} is not accepted: ${reason}`);
  const { provenance, notebook } = result;
  const executed = codeCells(readNotebook(notebook)).map((cell, i) => {
    const ran = result.cells[i];
    if (ran?.source !== cell.source) throw new Error(`${notebook} is not accepted: it was changed since it ran`);
    return { ...cell, outputs: ran.outputs, executionCount: ran.executionCount };
  });
  const others: (readonly Output[])[][] = executed.map((_, i) => samples.map(({ cells }) => cells[i]?.outputs ?? []));
  const seeds = samples.flatMap(({ facts }) => (facts?.seed === undefined ? [] : [facts.seed]));
  return writeReference(notebook, {
    ...circumstancesOf(provenance!.facts ?? undefined, result.parameters),
    notebook: notebook.split(/[\\/]/).at(-1)!,
    accepted: new Date().toISOString(),
    commit: provenance!.dirty ? `${provenance!.commit} with changes` : provenance!.commit,
    ...(seeds.length ? { seeds } : {}),
    cells: executed.map((cell, i) => referenceCell(cell, others[i], rulesOf(cell, general).written)),
  });
}
