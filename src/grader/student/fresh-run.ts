/** A student's own run before anything is handed in: from a fresh kernel, judged by the tests that can be seen. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { type Notebook, type NotebookEvent, joined, settingsOf } from "dnn-lab-notebooks";
import { parseNotebook } from "../archive/parse-notebook";
import { type Assignment, assignmentOf } from "../assignment/assignment";
import { gradeSubmission } from "../grading/grade";
import { RefusedError } from "../archive/refused-error";
import type { Graded } from "../grading/result";
import { noContainment } from "../sandbox/containment";

/** A notebook with what goes with it. */
export interface Work {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly notebook: Notebook;
  readonly assignment: Assignment;
  /** By path below the notebook's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Reads a student's notebook and the files that it needs. Throws a {@link RefusedError} that says why it cannot be graded. */
export function readWork(path: string, withFiles: readonly string[] = []): Work {
  const bytes = readFileSync(path);
  const notebook = parseNotebook(bytes);
  if (!settingsOf(notebook.metadata).assignment)
    throw new RefusedError("it belongs to no assignment: begin with the notebook that you were given");
  const assignment = published(notebook);
  const files = new Map(withFiles.map((file) => [nameOf(file, path), readFileSync(file)] as const));
  const total = [bytes, ...files.values()].reduce((sum, each) => sum + each.byteLength, 0);
  const { submissionMB } = assignment.limits;
  if (total > submissionMB * 1e6)
    throw new RefusedError(
      `it is too large: ${(total / 1e6).toFixed(1)} MB, at most ${submissionMB} MB (clear the outputs)`,
    );
  return { path, bytes, notebook, assignment, files };
}

function published(notebook: Notebook): Assignment {
  try {
    return assignmentOf(notebook, { published: true });
  } catch (error) {
    throw new RefusedError(`its cells are no longer those of the assignment: ${(error as Error).message}`);
  }
}

function nameOf(file: string, notebook: string): string {
  const name = relative(dirname(resolve(notebook)), resolve(file))
    .split("\\")
    .join("/");
  if (name.startsWith("..") || !statSync(file).isFile())
    throw new RefusedError(`${file} is not a file in or below the folder of ${basename(notebook)}`);
  return name;
}

/** Cells that still have the template's stub, by `grade_id`. */
export function unanswered({ cells }: Notebook): string[] {
  return cells
    .filter(({ source }) => /^\s*(\/\/|#) YOUR CODE HERE\b|^YOUR ANSWER HERE/m.test(joined(source)))
    .map(
      ({ metadata }) => (metadata.nbgrader as { grade_id?: string } | undefined)?.grade_id ?? "a cell without a name",
    );
}

/** Executes the work in a folder of its own, where only the named files are, as the grader will. */
export function freshRun(work: Work, onEvent?: (event: NotebookEvent) => void, signal?: AbortSignal): Promise<Graded> {
  const { notebook, files, assignment } = work;
  // What the numbers were before is not known yet; the rules about them are the grader's.
  const quality = assignment.quality.filter(({ rule }) => rule !== "reproducible");
  const about = { student: "you", hash: "", submitted: new Date().toISOString(), claimed: undefined };
  return gradeSubmission(
    { ...about, notebook, files },
    { ...assignment, quality },
    { containment: noContainment, onEvent, signal },
  );
}

/** What the run says, in lines. */
export function freshRunText({ notebook }: Work, result: Graded): string {
  const tests = result.checks.flatMap(({ id, tests: all }) => [
    `${id}:`,
    ...all.map(({ name, passed, message, hint }) =>
      passed ? `  ✓ ${name}` : [`  ✗ ${name}: ${message}`, ...(hint ? [`      ${hint}`] : [])].join("\n"),
    ),
  ]);
  const rules = result.quality
    .filter(({ name }) => !name.includes("as in the submitted run"))
    .map(({ name, passed, message }) => (passed ? `  ✓ ${name}` : `  ✗ ${name}: ${message}`));
  const open = unanswered(notebook);
  return [
    ...tests,
    ...(rules.length ? ["the notebook as a whole:", ...rules] : []),
    ...result.errors.map(({ cell, message }) => `Code cell ${cell} ends with an error: ${message}`),
    ...result.notes,
    ...(open.length ? [`Not answered yet: ${open.join(", ")}.`] : []),
  ].join("\n");
}

/** Whether all that can be seen is as it should be. */
export const isComplete = ({ notebook }: Work, result: Graded): boolean =>
  unanswered(notebook).length === 0 && result.checks.every(({ tests }) => tests.every(({ passed }) => passed));
