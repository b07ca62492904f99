/** Executes a prepared notebook, and asks for values where the checks stand. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Ask,
  type AskedValue,
  type ErrorEvent,
  Executor,
  type FailureKind,
  type Notebook,
  NotebookError,
  type NotebookEvent,
  type RaisedEvent,
  readNotebook,
} from "dnn-lab-notebooks";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import type { Containment } from "../sandbox/containment";
import { without, type Prepared } from "./prepare";

/** What the kernel holds for the tests of a check: by test, then by name. */
export type TestValues = readonly Readonly<Record<string, AskedValue>>[];

export interface RunOutcome {
  /** By `grade_id`; a check that was not reached is not there. */
  readonly values: ReadonlyMap<string, TestValues>;
  /** Asked at the end, by name; empty when the end was not reached. */
  readonly atEnd: Readonly<Record<string, AskedValue>>;
  readonly raised: readonly RaisedEvent[];
  readonly executed: Notebook;
  readonly failure: ErrorEvent | undefined;
  /** Whether output was dropped. */
  readonly cut: boolean;
  readonly seconds: number;
}

export interface RunOptions {
  readonly executor: Executor;
  readonly containment: Containment;
  /** A folder of the grader's own, for the notebook before and after. */
  readonly folder: string;
  /** Files handed in beside the notebook. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Expressions asked at the end, by name. */
  readonly atEnd: Readonly<Record<string, string>>;
  readonly onEvent?: (event: NotebookEvent) => void;
  readonly signal?: AbortSignal;
}

const PROBE_MS = 10_000;
/** A cell that ends the kernel is left out of another run; more than so many, and what was reached counts. */
const REPEATS = 2;
const fatal: readonly FailureKind[] = ["dead-kernel", "out-of-memory", "kernel-exit", "cell-timeout"];

/** Runs a notebook; a cell that ends the kernel is left out and the others run again. */
export async function runPrepared(
  prepared: Prepared,
  assignment: Assignment,
  options: RunOptions,
): Promise<RunOutcome & { notes: string[] }> {
  const notes: string[] = [];
  let wanted = prepared;
  for (let repeat = 0; ; repeat++) {
    const outcome = await runOnce(wanted, assignment, options);
    const { failure } = outcome;
    if (failure) notes.push(`${placeOf(failure)}${failure.message}.`);
    const again =
      failure && fatal.includes(failure.kind) && failure.index !== undefined && !prepared.stops.has(failure.index);
    if (!again || repeat === REPEATS || options.signal?.aborted) return { ...outcome, notes };
    notes.push("That cell was left out, and the others were run again.");
    wanted = without(wanted, failure.index!);
  }
}

const placeOf = ({ cell }: ErrorEvent): string => (cell === undefined ? "" : `Code cell ${cell}: `);

async function runOnce(prepared: Prepared, assignment: Assignment, options: RunOptions): Promise<RunOutcome> {
  const { executor, containment, folder, files, atEnd, onEvent, signal } = options;
  const { limits } = assignment;
  const [input, output] = [join(folder, "prepared.ipynb"), join(folder, "executed.ipynb")];
  writeFileSync(input, JSON.stringify(prepared.notebook));
  const values = new Map<string, TestValues>();
  const raised: RaisedEvent[] = [];
  let [cut, end] = [false, {} as RunOutcome["atEnd"]];
  const onStop = async (index: number, ask: Ask): Promise<void> => {
    const cell = prepared.stops.get(index);
    if (cell) values.set(cell.id, await askTests(cell, ask));
    else end = await ask(atEnd, PROBE_MS);
  };
  const watch = (event: NotebookEvent): void => {
    // Starting a kernel is not the notebook's time.
    if (event.event === "cell" && event.cell === 1) started = performance.now();
    if (event.event === "raised") raised.push(event);
    if (event.event === "cut") cut = true;
    onEvent?.(event);
  };
  let started = performance.now();
  const room = await containment.open({ limits, files });
  let failure: ErrorEvent | undefined;
  try {
    const guide = { stops: [...prepared.stops.keys(), prepared.last], outputLimit: limits.outputMB * 1e6, onStop };
    const times = { cellTimeoutSeconds: limits.cellSeconds, timeoutSeconds: limits.notebookSeconds };
    await executor.run({ input, output, kernel: assignment.kernel, ...room.job, guide, ...times }, watch, signal);
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    const ended = room.ended();
    failure = ended ? { ...error.details, kind: "dead-kernel", message: ended } : error.details;
  } finally {
    await room.close();
  }
  const file = [output, output.replace(/\.ipynb$/, ".failed.ipynb")].find((each) => existsSync(each));
  const executed = file ? readNotebook(file) : prepared.notebook;
  return { values, atEnd: end, raised, executed, failure, cut, seconds: (performance.now() - started) / 1000 };
}

/** All expressions of a check in one question; they have no names that say what is wanted of them. */
async function askTests({ check }: AssignmentCell, ask: Ask): Promise<TestValues> {
  const expressions = check!.tests.flatMap((test, i) =>
    Object.entries(test.expressions).map(([name, code]) => ({ i, name, code })),
  );
  const answers = await ask(Object.fromEntries(expressions.map(({ code }, n) => [`e${n}`, code])), PROBE_MS);
  const found: Record<string, AskedValue>[] = check!.tests.map(() => ({}));
  expressions.forEach(({ i, name }, n) => (found[i]![name] = answers[`e${n}`] ?? { error: "there is no answer" }));
  return found;
}
