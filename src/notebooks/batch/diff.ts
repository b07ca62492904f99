/** What differs between two notebooks: sources by nbdime, outputs as `check` compares them. */
import { happenedIn, judgeCells } from "./compare-notebook";
import type { DoneEvent } from "../run/events";
import { cellLines, codeCells, readNotebook } from "../notebook/notebook-file";
import { diffSources } from "../python/python";
import { NO_DATA, referenceCell, type Reference } from "../results/references";
import type { Problem } from "../results/results";

export interface NotebookDiff {
  /** nbdime's differences of the sources. */
  readonly sources: readonly unknown[];
  readonly sourcesText: string;
  /** What differs in the outputs of `b`, with those of `a` as the reference. */
  readonly outputs: readonly Problem[];
}

/** Compares the stored outputs; nothing is executed. */
export function diffNotebooks(a: string, b: string): NotebookDiff {
  const [before, after] = [readNotebook(a), readNotebook(b)];
  const reference: Reference = {
    ...{ notebook: a, accepted: "", commit: "", data: NO_DATA, fingerprint: "", engine: "", parameters: {} },
    cells: codeCells(before).map((cell) => referenceCell(cell)),
  };
  const done = codeCells(after).map(({ cell, index, executionCount, outputs }): DoneEvent => {
    const raised = outputs.some(({ output_type }) => output_type === "error");
    return { event: "done", cell, index, execution_count: executionCount, seconds: 0, raised };
  });
  const { problems } = judgeCells({ executed: after, happened: happenedIn(done), reference, lines: cellLines(b) });
  const { diff, text } = diffSources(a, b);
  const outputs = problems.filter(({ kind }) =>
    ["difference", "added-cell", "removed-cell", "execution-counts", "bad-rule"].includes(kind),
  );
  return { sources: diff, sourcesText: text, outputs };
}
