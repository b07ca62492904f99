/** Executes a prepared notebook, and asks for values where the checks stand. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Ask,
  type AskedValue,
  type ErrorEvent,
  RunnerProcess,
  type FailureKind,
  type Notebook,
  NotebookError,
  type NotebookEvent,
  type RaisedEvent,
  readNotebook,
} from "dnn-lab-notebooks";
import type { Assignment } from "../assignment/assignment";
import type { Containment } from "../sandbox/containment";
import type { Test } from "dnn-lab-core/checks/tests";
import { type TestValues, askTests } from "./answers";
import { GraderError } from "./grader-error";
import { RefusedError } from "../archive/refused-error";
import { type Prepared, without } from "./prepare-notebook";

export interface RunOutcome {
  /** By `grade_id`; a check that was not reached is not there. */
  readonly values: ReadonlyMap<string, TestValues>;
  /** Asked at the end, by name; empty when the end was not reached. */
  readonly atEnd: Readonly<Record<string, AskedValue>>;
  readonly raised: readonly RaisedEvent[];
  /** What came out of the sandbox and was no kernel's word. */
  readonly findings: readonly string[];
  readonly executed: Notebook;
  readonly failure: ErrorEvent | undefined;
  /** Whether the sandbox's watch ended it; then the failure says why. */
  readonly ended: boolean;
  /** Whether output was dropped. */
  readonly cut: boolean;
  readonly seconds: number;
}

export interface RunOptions {
  readonly runner: RunnerProcess;
  readonly containment: Containment;
  /** A folder of the grader's own, for the notebook before and after. */
  readonly folder: string;
  /** Files handed in beside the notebook. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Which tests are asked for (default: all). */
  readonly isWanted?: (test: Test) => boolean;
  /** Expressions asked at the end, by name. */
  readonly atEnd: Readonly<Record<string, string>>;
  readonly onEvent?: (event: NotebookEvent) => void;
  readonly signal?: AbortSignal;
}

const PROBE_MS = 10_000;
/** A cell that ends the kernel is left out of another run; after this many such runs the results so far count. */
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
    const outcome = await runOrAgain(wanted, assignment, options);
    const { failure } = outcome;
    if (failure) notes.push(`${placeOf(failure)}${failure.message}.`);
    const again = failure && fatal.includes(failure.kind) && failure.index !== undefined;
    if (!again || repeat === REPEATS) return { ...outcome, notes };
    const isCheck = prepared.stops.has(failure.index!);
    notes.push(
      isCheck
        ? "Asking for the values of that check ended the kernel; the notebook was run again without it."
        : "That cell was left out, and the others were run again.",
    );
    wanted = isCheck ? unasked(wanted, failure.index!) : without(wanted, failure.index!);
  }
}

/** The notebook with one check at which nothing is asked. */
function unasked(prepared: Prepared, index: number): Prepared {
  const stops = new Map([...prepared.stops].filter(([at]) => at !== index));
  return { ...without(prepared, index), stops };
}

/** A kernel that was killed for an unknown reason is not a cell's fault, unless it happens at the same cell again. */
async function runOrAgain(prepared: Prepared, assignment: Assignment, options: RunOptions): Promise<RunOutcome> {
  const outcome = await runBlameless(prepared, assignment, options);
  const killed = outcome.failure?.kind === "dead-kernel" && !outcome.ended && outcome.failure.index !== undefined;
  return killed ? await runBlameless(prepared, assignment, options) : outcome;
}

/** A run that only the notebook itself can spoil. @throws GraderError for the machine's faults, RefusedError for a file's */
async function runBlameless(prepared: Prepared, assignment: Assignment, options: RunOptions): Promise<RunOutcome> {
  const outcome = await runStarted(prepared, assignment, options);
  const { failure } = outcome;
  if (options.signal?.aborted) throw new GraderError("the grading was interrupted");
  if (failure === undefined) return outcome;
  const said = [failure.message, failure.kernel_log].filter(Boolean).join(": ").slice(0, 1000);
  if (failure.kind === "notebook") throw new RefusedError(`it cannot be executed as a notebook (${said})`);
  if (failure.kind === "kernel-start" && options.files.size > 0 && (await startsWithoutFiles(assignment, options)))
    throw new RefusedError(`the kernel does not start with the files of its archive (${said})`);
  const isOurs = ["runner", "interrupted", "kernel-start"].includes(failure.kind);
  if (isOurs || (failure.kind === "dead-kernel" && failure.index === undefined && !outcome.ended))
    throw new GraderError(said);
  return outcome;
}

/** A kernel that does not start gets a second try: a machine with much to do is no fault of the files'. */
async function runStarted(prepared: Prepared, assignment: Assignment, options: RunOptions): Promise<RunOutcome> {
  const outcome = await runOnce(prepared, assignment, options);
  const again = outcome.failure?.kind === "kernel-start" && !options.signal?.aborted;
  return again ? await runOnce(prepared, assignment, options) : outcome;
}

/** Whether the machine can start the kernel at all: with an empty notebook, and nothing of the submission. */
async function startsWithoutFiles(assignment: Assignment, options: RunOptions): Promise<boolean> {
  const empty: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };
  const nothing: Prepared = { notebook: empty, stops: new Map(), executed: new Map(), last: 0, notes: [] };
  const { failure } = await runOnce(nothing, assignment, { ...options, files: new Map(), atEnd: {} });
  return failure === undefined;
}

const placeOf = ({ cell }: ErrorEvent): string => (cell === undefined ? "" : `Code cell ${cell}: `);

async function runOnce(prepared: Prepared, assignment: Assignment, options: RunOptions): Promise<RunOutcome> {
  const { runner, containment, folder, files, atEnd, onEvent, signal, isWanted = () => true } = options;
  const { limits } = assignment;
  const [input, output] = [join(folder, "prepared.ipynb"), join(folder, "executed.ipynb")];
  writeFileSync(input, JSON.stringify(prepared.notebook));
  const values = new Map<string, TestValues>();
  const raised: RaisedEvent[] = [];
  const findings: string[] = [];
  let [cut, end] = [false, {} as RunOutcome["atEnd"]];
  const onStop = async (index: number, ask: Ask): Promise<void> => {
    const cell = prepared.stops.get(index);
    if (cell) values.set(cell.id, await askTests(cell.check!.tests, ask, isWanted));
    else end = await ask(atEnd, PROBE_MS);
  };
  const watch = (event: NotebookEvent): void => {
    // Starting a kernel is not the notebook's time.
    if (event.event === "cell" && event.cell === 1) started = performance.now();
    if (event.event === "raised") raised.push(event);
    if (event.event === "cut") cut = true;
    if (event.event === "finding") findings.push(event.text);
    onEvent?.(event);
  };
  let started = performance.now();
  const room = await containment.open({ limits, files });
  let failure: ErrorEvent | undefined;
  let ended: string | undefined;
  try {
    const guide = { stops: [...prepared.stops.keys(), prepared.last], outputLimit: limits.outputMB * 1e6, onStop };
    const times = { cellTimeoutSeconds: limits.cellSeconds, timeoutSeconds: limits.notebookSeconds };
    await runner.run({ input, output, kernel: assignment.kernel, ...room.job, guide, ...times }, watch, signal);
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    ended = room.ended();
    failure = ended ? { ...error.details, kind: "dead-kernel", message: ended } : error.details;
  } finally {
    await room.close();
  }
  const file = [output, output.replace(/\.ipynb$/, ".failed.ipynb")].find((each) => existsSync(each));
  const executed = file ? readNotebook(file) : prepared.notebook;
  return {
    values,
    atEnd: end,
    raised,
    findings,
    executed,
    failure,
    ended: ended !== undefined,
    cut,
    seconds: (performance.now() - started) / 1000,
  };
}
