/** What is known of a notebook after it was executed and compared: plain data, stored as `results.json`. */
import type { Difference } from "../check/difference";
import type { FailureKind, LateEvent, RunFacts } from "../run/events";
import type { Output } from "../notebook/notebook-file";
import type { Provenance } from "./run-provenance";

/** What became of a cell. */
export type CellStatus =
  | "passed" // as in the reference
  | "changed" // not as in the reference
  | "executed" // executed, not compared (`run`)
  | "ignored" // not compared, for a reason that the cell states
  | "failed" // threw, did not compile, did not end …
  | "not run" // an earlier cell failed, or `--only` left it out
  | "skipped"; // by its tag

/** A cell after it was executed, and compared where that was asked for. */
export interface CellResult {
  /** From 1, code cells with a source only. */
  readonly cell: number;
  /** Place in the notebook, from 0. */
  readonly index: number;
  readonly section: string | null;
  /** Line of the notebook's file on which the cell begins, from 1. */
  readonly line: number;
  readonly source: string;
  readonly status: CellStatus;
  readonly executionCount: number | null;
  readonly seconds: number;
  readonly differences: readonly Difference[];
  /** Numbers compared. */
  readonly numbers: number;
  /** What was taken for noise, and is not the same as in the reference. */
  readonly noise: readonly string[];
  /** Whether its source is another than the reference's. */
  readonly edited: boolean;
  readonly outputs: readonly Output[];
  /** The reference's outputs; undefined where there are none. */
  readonly reference: readonly Output[] | undefined;
}

/** Something that keeps a notebook from passing. */
export type ProblemKind =
  | FailureKind
  | "type-error" // a cell that does not compile
  | "difference"
  | "late-output" // output after the cell's reply
  | "not-raised" // tagged raises-exception, and nothing was raised
  | "skipped-cell" // skipped without a stated reason
  | "added-cell"
  | "removed-cell"
  | "execution-counts"
  | "empty" // no code cells
  | "nothing-checked"
  | "no-reference"
  | "edited-reference"
  | "bad-rule"
  | "unused-rule" // a rule that nothing has used
  | "changed-rule" // rules that are not those of the accepted reference
  | "bad-parameter"
  | "not-started"; // the batch ended before

/** What is wrong, in words, with its place. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly message: string;
  /** Number of the cell, from 1. */
  readonly cell?: number;
  /** Line of the notebook's file, from 1. */
  readonly line?: number;
  readonly details?: string;
}

/** What became of a notebook: the worst of its problems. */
export type NotebookStatus =
  | "passed"
  | "executed" // by `run`: nothing was compared
  | "failed" // it did not run to its end
  | "changed" // it ran, and is not as in the reference
  | "unchecked" // there is nothing to trust: no or an edited reference, no cells, no checks, a rule that cannot be read
  | "skipped" // left out, for a reason that the project states
  | "interrupted";

/** A notebook after it was executed, and compared where that was asked for. */
export interface NotebookResult {
  /** Path as it was given. */
  readonly notebook: string;
  readonly status: NotebookStatus;
  readonly problems: readonly Problem[];
  /** What was wrong in earlier attempts (`--retries`); a notebook that passes with some is flaky. */
  readonly flakes?: readonly Problem[];
  /** Why it was skipped. */
  readonly skipped?: string;
  readonly cells: readonly CellResult[];
  /** Of the execution; of the run that filled the cache when it was taken from there. */
  readonly seconds: number;
  /** Of comparing. */
  readonly compareSeconds: number;
  readonly cached: boolean;
  /** Values that were given, by the profile too. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Late output that was seen. */
  readonly late: readonly LateEvent[];
  readonly facts: RunFacts | undefined;
  /** The executed notebook; undefined when there is none. */
  readonly output: string | undefined;
  readonly reference: { readonly path: string; readonly words: string } | undefined;
  readonly provenance: Provenance | undefined;
}

/** Failures of a run, as against differences in what it gave. */
const failures: readonly ProblemKind[] = [
  ...(["notebook", "kernel-start", "cell", "late-error", "cell-timeout", "timeout", "dead-kernel"] as const),
  ...(["out-of-memory", "kernel-exit", "type-error", "bad-parameter", "not-started"] as const),
];
const untrusted: readonly ProblemKind[] = [
  "empty",
  "nothing-checked",
  "no-reference",
  "edited-reference",
  "bad-rule",
  "unused-rule",
  "skipped-cell",
];

/** The status that problems make; `passed` without any. */
export function statusOf(problems: readonly Problem[]): NotebookStatus {
  const kinds = problems.map(({ kind }) => kind);
  if (kinds.includes("interrupted")) return "interrupted";
  if (kinds.some((kind) => failures.includes(kind))) return "failed";
  if (kinds.some((kind) => untrusted.includes(kind))) return "unchecked";
  return kinds.length > 0 ? "changed" : "passed";
}

/** Exit codes, from bad to good. */
export const exitCodes = {
  interrupted: 130,
  failed: 1,
  changed: 3,
  unchecked: 4,
  executed: 0,
  passed: 0,
  skipped: 0,
} as const;

/** The exit code of a batch: that of its worst notebook. A batch without notebooks is one without checks. */
export function exitCodeOf(results: readonly NotebookResult[]): number {
  const order: readonly NotebookStatus[] = ["interrupted", "failed", "changed", "unchecked"];
  const worst = order.find((status) => results.some((result) => result.status === status));
  return worst ? exitCodes[worst] : results.length === 0 ? exitCodes.unchecked : 0;
}
