/** Grades one submission: runs it, judges what the kernel held, adds up. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AskedValue, Executor, headingIn, joined, type NotebookEvent, type RunFacts } from "dnn-lab-notebooks";
import type { Submission } from "../archive/handed-in";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import { graderOf } from "../assignment/grader-cell";
import { decode } from "./decode";
import { inShort, verdictOf } from "dnn-lab-core/checks/judges";
import { valueFor, type Test } from "dnn-lab-core/checks/tests";
import type { Containment } from "../sandbox/containment";
import { describeCell, prepare, type Prepared } from "./prepare";
import { judgeQuality } from "./quality";
import { metricsOf } from "../assignment/quality-rules";
import type { CheckResult, Graded, ManualItem, TestResult } from "./result";
import type { Metrics } from "../archive/handed-in";
import { runPrepared, type RunOptions, type RunOutcome, type TestValues } from "./run";

export interface GradeOptions {
  readonly containment: Containment;
  readonly onEvent?: (event: NotebookEvent) => void;
  readonly signal?: AbortSignal;
}

const FACTS = "facts";

/**
 * Grades a submission. What it does wrong costs points; only what keeps it from being graded at all throws.
 * @throws RefusedError when it is of another assignment
 */
export async function gradeSubmission(
  submission: Submission,
  assignment: Assignment,
  options: GradeOptions,
): Promise<Graded> {
  const prepared = prepare(submission.notebook, assignment);
  const metrics = metricsOf(assignment.quality);
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-grade-"));
  const executor = new Executor();
  try {
    const atEnd = {
      ...Object.fromEntries(metrics.map(({ name, expression }) => [name, expression])),
      [FACTS]: factsExpression,
    };
    const settings: RunOptions = { ...options, executor, folder, files: submission.files, atEnd };
    const run = await runPrepared(prepared, assignment, settings);
    const twice = assignment.quality.some(({ rule }) => rule === "reproducible") && !run.failure;
    const again = twice ? await runPrepared(prepared, assignment, settings) : undefined;
    return assembled(
      submission,
      assignment,
      prepared,
      run,
      again && metricsIn(again, assignment),
      options.containment.kind,
    );
  } finally {
    await executor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const factsExpression = 'globalThis[Symbol.for("dnn-lab.facts")] ?? null';

function assembled(
  submission: Submission,
  assignment: Assignment,
  prepared: Prepared,
  run: RunOutcome & { notes: readonly string[] },
  repeated: Metrics | undefined,
  contained: Graded["contained"],
): Graded {
  const checks = assignment.cells
    .filter(({ role }) => role === "check")
    .map((cell) => checkResult(cell, prepared, run));
  const metrics = metricsIn(run, assignment);
  const facts = factsIn(run.atEnd[FACTS]);
  const quality = judgeQuality(assignment.quality, {
    ...{ submitted: submission.notebook, executed: run.executed, seconds: run.seconds, finished: !run.failure },
    ...{ metrics, repeated, claimed: submission.claimed, facts },
  });
  return {
    format: 1,
    ...{ assignment: assignment.name, digest: assignment.digest, student: submission.student },
    ...{ submission: submission.hash, submitted: submission.submitted, status: "graded" },
    points: assignment.points,
    earned: rounded([...checks, ...quality].reduce((sum, { earned }) => sum + earned, 0)),
    manualPoints: assignment.manualPoints,
    manual: manualItems(prepared, assignment),
    ...{ checks, quality, metrics, facts, contained },
    errors: run.raised.map(({ index, name, message }) => ({
      ...describeCell(prepared.notebook, index),
      message: `${name}: ${message}`,
    })),
    notes: [
      ...prepared.notes,
      ...run.notes,
      ...(run.cut ? ["The notebook showed more than is kept; the rest was dropped."] : []),
    ],
    seconds: rounded(run.seconds),
  };
}

/** What a person marks, as the student wrote it. */
function manualItems({ notebook, last }: Prepared, assignment: Assignment): ManualItem[] {
  const cells = notebook.cells.slice(0, last);
  const place = new Map(cells.map((cell, i) => [graderOf(cell)?.grade_id, i]));
  const byHand = assignment.cells.filter(({ role }) => role === "manual" || role === "task");
  return byHand.map(({ id, role, points }) => {
    const at = place.get(id) ?? cells.length;
    const below = cells.slice(at + 1);
    const next = below.findIndex((cell) => graderOf(cell) !== undefined);
    const own = role === "task" ? below.slice(0, next < 0 ? undefined : next) : cells.slice(at, at + 1);
    const headings = cells
      .slice(0, at)
      .map((cell) => (cell.cell_type === "markdown" ? headingIn(joined(cell.source)) : null));
    const answer = own.map(({ source }) => joined(source).trim()).join("\n\n");
    return { id, section: headings.findLast((heading) => heading) ?? null, points, answer };
  });
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function checkResult(cell: AssignmentCell, prepared: Prepared, run: RunOutcome): CheckResult {
  const { tests } = cell.check!;
  const results = tests.length
    ? judgedTests(tests, run.values.get(cell.id))
    : [cellResult(cell, prepared.executed.get(cell.id), run)];
  const place = [...prepared.stops].find(([, { id }]) => id === cell.id)?.[0] ?? prepared.executed.get(cell.id) ?? -1;
  const { section } = describeCell(prepared.notebook, place);
  return {
    id: cell.id,
    section,
    points: cell.points,
    earned: rounded(results.reduce((s, { earned }) => s + earned, 0)),
    tests: results,
  };
}

function judgedTests(tests: readonly Test[], values: TestValues | undefined): TestResult[] {
  return tests.map((test, i) => judged(test, values?.[i]));
}

function judged(test: Test, values: Readonly<Record<string, AskedValue>> | undefined): TestResult {
  const { name, points, hidden, hint } = test;
  const message = values === undefined ? "the run did not come so far" : faultOf(test, values);
  const passed = message === undefined;
  const why = passed ? {} : { message, ...(hint === undefined ? {} : { hint }) };
  return { name, points, earned: passed ? points : 0, hidden, passed, ...why };
}

/** Why a test fails; undefined when it passes. Of a hidden one only what was found, not what was expected. */
function faultOf(test: Test, answers: Readonly<Record<string, AskedValue>>): string | undefined {
  const failed = Object.values(answers).find((each) => "error" in each);
  if (failed) return (failed as { error: string }).error;
  const values = Object.fromEntries(
    Object.entries(answers).map(([name, each]) => [name, decode((each as { value: unknown }).value)]),
  );
  const value = valueFor(test, values);
  const verdict = verdictOf(test.judge, value);
  if (verdict === true) return undefined;
  return test.hidden ? `found ${inShort(value)}` : verdict;
}

/** A check cell that was executed: it must have run, without an error. */
function cellResult({ points }: AssignmentCell, index: number | undefined, run: RunOutcome): TestResult {
  const name = "the cell runs without an error";
  const error = run.raised.find((each) => each.index === index);
  const reached = run.executed.cells[index ?? -1]?.execution_count != null;
  const message = error ? `${error.name}: ${error.message}` : reached ? undefined : "the run did not come so far";
  return {
    name,
    points,
    earned: message ? 0 : points,
    hidden: false,
    passed: !message,
    ...(message ? { message } : {}),
  };
}

function metricsIn({ atEnd }: RunOutcome, assignment: Assignment): Metrics {
  const number = (answer: AskedValue | undefined) => {
    const value = answer && "value" in answer ? decode(answer.value) : undefined;
    return typeof value === "number" ? value : undefined;
  };
  return Object.fromEntries(metricsOf(assignment.quality).map(({ name }) => [name, number(atEnd[name])]));
}

function factsIn(answer: AskedValue | undefined): RunFacts | null {
  const facts = answer && "value" in answer ? (decode(answer.value) as Partial<RunFacts> | null) : null;
  return facts && Array.isArray(facts.data) ? (facts as RunFacts) : null;
}
