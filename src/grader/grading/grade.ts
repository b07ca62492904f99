/** Grades one submission: runs it, judges what the kernel held, adds up. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rounded } from "dnn-lab-core/numbers";
import {
  type AskedValue,
  type Cell,
  RunnerProcess,
  type Notebook,
  type NotebookEvent,
  type RunFacts,
  headingIn,
  joined,
} from "dnn-lab-notebooks";
import { factsIn as readFacts } from "../archive/claims";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import { graderOf } from "../assignment/grader-cell";
import { shareOf, verdictOf } from "dnn-lab-core/checks/judges";
import { type Test, valueFor } from "dnn-lab-core/checks/tests";
import type { Containment } from "../sandbox/containment";
import { type Found, isTelling, valueOf } from "./answers";
import { ofContent } from "./grader-error";
import { type Prepared, describeCell, prepare } from "./prepare-notebook";
import { judgeQuality } from "./quality";
import type { Metrics, Submission } from "../archive/handed-in";
import { metricsOf } from "../assignment/quality-rules";
import type { CheckResult, Graded, ManualItem, TestResult } from "./result";
import { type RunOptions, runPrepared } from "./run";

export interface GradeOptions {
  readonly containment: Containment;
  readonly onEvent?: (event: NotebookEvent) => void;
  readonly signal?: AbortSignal;
  /** Gets the notebook as the run that earned the points left it. */
  readonly onExecuted?: (notebook: Notebook) => void;
}

const FACTS = "facts";

/**
 * Grades a submission. What it does wrong costs points; only what keeps it from being graded at all throws.
 * @throws RefusedError when it cannot be graded; GraderError when the machine fails, which is no judgement about the submission
 */
export async function gradeSubmission(
  submission: Submission,
  assignment: Assignment,
  options: GradeOptions,
): Promise<Graded> {
  const prepared = ofContent("it cannot be prepared", () => prepare(submission.notebook, assignment));
  const metrics = metricsOf(assignment.quality);
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-grade-"));
  const runner = new RunnerProcess();
  try {
    const atEnd = {
      ...Object.fromEntries(metrics.map(({ name, expression }) => [name, expression])),
      [FACTS]: factsExpression,
    };
    const settings: RunOptions = { ...options, runner, folder, files: submission.files, atEnd };
    const runs = await runsOf(prepared, assignment, settings);
    options.onExecuted?.(runs.graded.executed);
    return ofContent("its values cannot be judged", () =>
      assembled(submission, assignment, prepared, runs, options.containment.kind),
    );
  } finally {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const factsExpression = 'globalThis[Symbol.for("dnn-lab.facts")] ?? null';

type Outcome = Awaited<ReturnType<typeof runPrepared>>;

interface Runs {
  /** What earns the points: every test was asked. */
  readonly graded: Outcome;
  /** The run that the student may see: one that knows nothing of hidden tests. Undefined when the student may see no run. */
  readonly told: Outcome | undefined;
  /** Of another run from a fresh kernel, where the assignment wants two. */
  readonly repeated: Metrics | undefined;
}

/**
 * The runs that a grade needs. A program that was asked for hidden values knows what was asked, and could repeat it in everything that it
 * says later: in errors, values, metrics. So the student's report speaks of a run in which nothing hidden was asked.
 */
async function runsOf(prepared: Prepared, assignment: Assignment, settings: RunOptions): Promise<Runs> {
  const graded = await runPrepared(prepared, assignment, settings);
  const tests = assignment.cells.flatMap(({ check }) => check?.tests ?? []);
  const isTold = tests.some((test) => test.hidden && isTelling(test));
  const twice = assignment.quality.some(({ rule }) => rule === "reproducible") && !graded.failure;
  const asked = settings.isWanted ?? (() => true);
  const openly: RunOptions = { ...settings, isWanted: (test) => !test.hidden && asked(test) };
  const needed = twice || (isTold && saysSomething(graded, assignment));
  const other = needed ? await runPrepared(prepared, assignment, isTold ? openly : settings) : undefined;
  const metrics = metricsIn(graded, assignment);
  let repeated = twice && other ? metricsIn(other, assignment) : undefined;
  // What was asked may itself have drawn numbers: then both runs are asked the same.
  if (repeated && isTold && !sameMetrics(metrics, repeated))
    repeated = metricsIn(await runPrepared(prepared, assignment, settings), assignment);
  return { graded, told: isTold ? other : graded, repeated };
}

const sameMetrics = (a: Metrics, b: Metrics): boolean => Object.keys(a).every((name) => Object.is(a[name], b[name]));

/** Whether there is something to tell that the program itself has worded. */
function saysSomething({ raised, failure, values }: Outcome, assignment: Assignment): boolean {
  const visible = assignment.cells.flatMap(({ id, check }) =>
    (check?.tests ?? []).map((test, i) => ({ test, values: values.get(id)?.[i] })),
  );
  return (
    raised.length > 0 ||
    failure !== undefined ||
    visible.some(
      ({ test, values: found }) => !test.hidden && (found === undefined || faultOf(test, found) !== undefined),
    )
  );
}

function assembled(
  submission: Submission,
  assignment: Assignment,
  prepared: Prepared,
  { graded, told, repeated }: Runs,
  contained: Graded["contained"],
): Graded {
  const checks = assignment.cells
    .filter(({ role }) => role === "check")
    .map((cell) => checkResult(cell, prepared, graded, told));
  const metrics = metricsIn(graded, assignment);
  const facts = factsIn(graded.atEnd[FACTS]);
  const quality = judgeQuality(assignment.quality, {
    ...{ submitted: submission.notebook, executed: graded.executed, seconds: graded.seconds },
    ...{ finished: !graded.failure, metrics, repeated, claimed: submission.claimed, facts },
  });
  const shown = told ? { metrics: metricsIn(told, assignment), facts: factsIn(told.atEnd[FACTS]) } : null;
  return {
    format: 1,
    ...{ assignment: assignment.name, digest: assignment.digest, student: submission.student },
    ...{ submission: submission.hash, submitted: submission.submitted, status: "graded" },
    ...(assignment.hasVariants ? { variant: assignment.variant } : {}),
    points: assignment.points,
    earned: rounded(
      [...checks, ...quality].reduce((sum, { earned }) => sum + earned, 0),
      3,
    ),
    manualPoints: assignment.manualPoints,
    manual: manualItems(prepared, assignment),
    ...{ checks, quality, metrics, facts, contained },
    ...(told === graded ? {} : { told: shown }),
    errors: (told ?? graded).raised.map(({ index, name, message }) => ({
      ...describeCell(prepared.notebook, index),
      message: `${name}: ${message}`,
    })),
    notes: [
      ...prepared.notes,
      ...(told ?? graded).notes,
      ...graded.findings.map((text) => `The answers of this run cannot be trusted: ${text}.`),
      ...(graded.cut ? ["The notebook showed more than is kept; the rest was dropped."] : []),
    ],
    seconds: rounded(graded.seconds, 3),
  };
}

/** Whether nothing was written into a cell, or only the template's words stand there. */
const isEmpty = (cell: Cell | undefined): boolean => ["", "YOUR ANSWER HERE"].includes(joined(cell?.source).trim());

/** What a person marks, as the student wrote it. */
function manualItems({ notebook, last }: Prepared, assignment: Assignment): ManualItem[] {
  const cells = notebook.cells.slice(0, last);
  const place = new Map(cells.map((cell, i) => [graderOf(cell)?.grade_id, i]));
  const byHand = assignment.cells.filter(({ role }) => role === "manual" || role === "task");
  return byHand.map(({ id, role, points }) => {
    const at = place.get(id) ?? cells.length;
    const below = cells.slice(at + 1);
    const next = below.findIndex((cell) => graderOf(cell) !== undefined);
    const free = below.slice(0, next < 0 ? undefined : next);
    // Some write below the cell that was meant for the answer.
    const own = role === "task" ? free : [...cells.slice(at, at + 1), ...(isEmpty(cells[at]) ? free : [])];
    const headings = cells
      .slice(0, at)
      .map((cell) => (cell.cell_type === "markdown" ? headingIn(joined(cell.source)) : null));
    const answer = own.map(({ source }) => joined(source).trim()).join("\n\n");
    return { id, section: headings.findLast((heading) => heading) ?? null, points, answer };
  });
}

function checkResult(cell: AssignmentCell, prepared: Prepared, run: Outcome, told: Outcome | undefined): CheckResult {
  const { tests } = cell.check!;
  const at = prepared.executed.get(cell.id);
  const results = tests.length
    ? tests.map((test, i) => judged(test, run.values.get(cell.id)?.[i], told?.values.get(cell.id)?.[i]))
    : [cellResult(cell, at, run, told)];
  const place = [...prepared.stops].find(([, { id }]) => id === cell.id)?.[0] ?? at ?? -1;
  const { section } = describeCell(prepared.notebook, place);
  return {
    id: cell.id,
    section,
    points: cell.points,
    earned: rounded(
      results.reduce((s, { earned }) => s + earned, 0),
      3,
    ),
    tests: results,
  };
}

type Values = Readonly<Record<string, Found>> | undefined;

const ELSE = "another value was found when everything was asked";

/** A test's result. The reason of a failure comes from the run that the student may see; the reason of a hidden test is for the grader alone. */
function judged(test: Test, values: Values, told: Values): TestResult {
  const { name, points, hidden, hint } = test;
  const { share, why } = outcomeOf(test, values);
  const passed = why === undefined;
  const message = hidden ? why : (faultOf(test, told) ?? ELSE);
  const said = passed ? {} : { message, ...(hint === undefined ? {} : { hint }) };
  return { name, points, earned: rounded(share * points, 3), hidden, passed, ...said };
}

/** Why a test fails, wholly or in part; undefined when it passes. */
const faultOf = (test: Test, found: Values): string | undefined => outcomeOf(test, found).why;

/** What share of its points a test gives, and why not all. */
function outcomeOf(test: Test, found: Values): ReturnType<typeof shareOf> {
  if (found === undefined) return shareOf("the run did not come so far");
  const failed = Object.values(found).find((each) => "error" in each);
  if (failed) return shareOf((failed as { error: string }).error);
  const values = Object.fromEntries(
    Object.entries(found).map(([name, each]) => [name, (each as { value: unknown }).value]),
  );
  return shareOf(verdictOf(test.judge, valueFor(test, values)));
}

/** A check cell that was executed: it must have run, without an error. */
function cellResult(
  { points }: AssignmentCell,
  index: number | undefined,
  run: Outcome,
  told: Outcome | undefined,
): TestResult {
  const fault = faultOfCell(index, run);
  const message = fault === undefined ? {} : { message: (told && faultOfCell(index, told)) ?? ELSE };
  const passed = fault === undefined;
  return {
    name: "the cell runs without an error",
    points,
    earned: passed ? points : 0,
    hidden: false,
    passed,
    ...message,
  };
}

function faultOfCell(index: number | undefined, { raised, executed }: Outcome): string | undefined {
  const error = raised.find((each) => each.index === index);
  if (error) return `${error.name}: ${error.message}`;
  return executed.cells[index ?? -1]?.execution_count != null ? undefined : "the run did not come so far";
}

function metricsIn({ atEnd }: Outcome, assignment: Assignment): Metrics {
  const number = (answer: AskedValue | undefined) => {
    const found = valueOf(answer);
    return "value" in found && typeof found.value === "number" ? found.value : undefined;
  };
  return Object.fromEntries(metricsOf(assignment.quality).map(({ name }) => [name, number(atEnd[name])]));
}

function factsIn(answer: AskedValue | undefined): RunFacts | null {
  const found = valueOf(answer);
  return "value" in found ? readFacts(found.value) : null;
}
