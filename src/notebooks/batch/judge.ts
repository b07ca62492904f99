/** From what happened in a run to a verdict on the notebook. */
import { existsSync } from "node:fs";
import { judgeCells, happenedIn, type JudgedCells } from "./compare-notebook";
import type { ErrorEvent, NotebookEvent } from "../run/events";
import { cellLines, codeCells, type Notebook } from "../notebook/notebook-file";
import type { NotebookPlan } from "./notebook-plan";
import type { Provenance } from "../results/run-provenance";
import {
  circumstancesOf,
  circumstancesText,
  outputsAsReference,
  readReference,
  ReferenceError,
  type Against,
  type Circumstances,
  type Reference,
} from "../results/references";
import { statusOf, type NotebookResult, type Problem } from "../results/results";

/** What came of executing a notebook. */
export interface Ran {
  readonly events: readonly NotebookEvent[];
  /** With outputs, as far as it came; undefined when no cell was begun. */
  readonly executed: Notebook | undefined;
  /** Of a run that came to its end. */
  readonly provenance: Provenance | undefined;
  readonly seconds: number;
  readonly cached: boolean;
}

/** Judges a run; `against` says what it is compared with, undefined: nothing. */
export function judge(plan: NotebookPlan, ran: Ran, against: Against | undefined): NotebookResult {
  const started = performance.now();
  const happened = happenedIn(ran.events);
  const facts = ran.provenance?.facts ?? undefined;
  const circumstances = circumstancesOf(facts, plan.parameters);
  const stored = against && ran.provenance ? referenceFor(plan, circumstances, against) : undefined;
  const lines = existsSync(plan.path) ? cellLines(plan.path) : [];
  const executed = withOutputsOf(plan.notebook, ran.executed);
  const judged = judgeCells({
    executed,
    happened,
    reference: stored?.reference,
    lines,
    wanted: plan.wanted,
    general: plan.general,
  });
  const problems = [...failureProblems(happened.failure, judged), ...judged.problems, ...(stored?.problems ?? [])];
  const status = statusOf(problems);
  return {
    ...{
      notebook: plan.path,
      status: status === "passed" && !against ? "executed" : status,
      problems,
      cells: judged.cells,
    },
    ...{
      seconds: ran.seconds,
      compareSeconds: (performance.now() - started) / 1000,
      cached: ran.cached,
      late: happened.late,
    },
    parameters: plan.parameters,
    ...{ facts, output: ran.provenance && plan.output, provenance: ran.provenance },
    reference: stored?.path === undefined ? undefined : { path: stored.path, words: circumstancesText(circumstances) },
  };
}

/** The notebook as it is in its file, with what a run gave: parameters stay out of the comparison of sources. */
export function withOutputsOf(notebook: Notebook, executed: Notebook | undefined): Notebook {
  const cells = notebook.cells.map((cell, i) => {
    if (cell.cell_type !== "code") return cell;
    const { outputs = [], execution_count = null } = executed?.cells[i] ?? {};
    return { ...cell, outputs, execution_count };
  });
  return { ...notebook, cells };
}

function referenceFor(
  { path, notebook }: NotebookPlan,
  circumstances: Circumstances,
  against: Against,
): { path?: string; reference?: Reference; problems: Problem[] } {
  try {
    if (against === "outputs")
      return { path, reference: outputsAsReference(path, codeCells(notebook), circumstances), problems: [] };
    return { ...readReference(path, circumstances), problems: [] };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { problems: [{ kind: error.kind, message: error.message }] };
  }
}

function failureProblems(failure: ErrorEvent | undefined, { cells }: JudgedCells): Problem[] {
  if (!failure) return [];
  const kind = failure.kind === "cell" && failure.name === "TypeScriptError" ? "type-error" : failure.kind;
  const line = cells.find(({ cell }) => cell === failure.cell)?.line;
  const details = [failure.traceback ?? failure.stderr, failure.kernel_log].filter(Boolean).join("\n");
  return [
    {
      kind,
      message: failure.message,
      ...(failure.cell === undefined ? {} : { cell: failure.cell, line }),
      ...(details ? { details } : {}),
    },
  ];
}
