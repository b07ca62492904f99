/** What `runner/execute_notebook.py` tells about a run, one JSON object a line. */

import type { RunFacts } from "dnn-lab-core/run-facts";
import type { Observed } from "../inputs/observed";

export type { RunFacts };

/** Why a run failed. */
export type FailureKind =
  | "notebook" // the file cannot be read
  | "runner" // the process that executes notebooks was killed, or failed
  | "kernel-start"
  | "cell" // a cell threw, or did not compile
  | "late-error" // nobody caught an error, and it came after the cell's reply
  | "cell-timeout"
  | "timeout" // of the whole notebook
  | "dead-kernel"
  | "out-of-memory"
  | "kernel-exit" // the kernel was gone after the last cell
  | "interrupted";

/** The kernel is ready, and the first cell is next. */
export interface StartEvent {
  readonly event: "start";
  /** Code cells that will be executed. */
  readonly cells: number;
  readonly kernel: string;
}

/** A cell begins. */
export interface CellEvent {
  readonly event: "cell";
  /** From 1, code cells only. */
  readonly cell: number;
  /** Place in the notebook, from 0. */
  readonly index: number;
  /** The nearest heading above. */
  readonly section: string | null;
  /** First line of the cell. */
  readonly line: string;
}

/** The last line that the running cell shows, at most four times a second. */
export interface LiveEvent {
  readonly event: "live";
  readonly cell: number;
  readonly text: string;
}

/** What a cell puts out after its reply; front ends show it, nbclient does not. */
export interface LateEvent {
  readonly event: "late";
  readonly cell: number;
  readonly index: number;
  readonly kind: "stream" | "display_data" | "execute_result" | "error";
  readonly text: string;
}

/** A cell ended as it may: with its result, or with an error that it announces. */
export interface DoneEvent {
  readonly event: "done";
  readonly cell: number;
  readonly index: number;
  readonly execution_count: number | null;
  readonly seconds: number;
  /** Whether the cell ended with an error that its tag `raises-exception` allows. */
  readonly raised: boolean;
}

/** A guided run (`runner/guided.py`) has stopped before a cell, and answers questions until it gets `go`. */
export interface StopEvent {
  readonly event: "stop";
  readonly index: number;
}

/** What became of an expression: a JSON value as the kernel's `read_values_request` gives it, or why there is none. */
export type AskedValue = { readonly value: unknown } | { readonly error: string };

/** The answer to a question asked at a stop. */
export interface ValuesEvent {
  readonly event: "values";
  readonly id: number;
  readonly values: Readonly<Record<string, AskedValue>>;
}

/** A cell of a guided run ended with an error; the run goes on. */
export interface RaisedEvent {
  readonly event: "raised";
  readonly cell: number;
  readonly index: number;
  readonly name: string;
  readonly message: string;
}

/** A guided run puts out more than is kept; the rest is dropped. */
export interface CutEvent {
  readonly event: "cut";
  readonly index: number;
}

/** Something came out of a sandbox that was no kernel's word (`src/notebooks/runner/relay.py`). */
export interface FindingEvent {
  readonly event: "finding";
  readonly text: string;
}

/** The run failed; it is the last event but for what is written of the failed run. */
export interface ErrorEvent {
  readonly event: "error";
  readonly kind: FailureKind;
  readonly message: string;
  readonly cell?: number;
  /** Place of the cell in the notebook, from 0. */
  readonly index?: number;
  readonly source?: string;
  /** The error's own name, `TypeScriptError`. */
  readonly name?: string;
  /** What the cell wrote on standard error. */
  readonly stderr?: string;
  readonly traceback?: string;
  /** What the kernel's process itself printed last. */
  readonly kernel_log?: string;
}

/** The run reached its end, and the executed notebook is written. */
export interface EndEvent {
  readonly event: "end";
  readonly seconds: number;
  readonly output: string;
  /** What the program reports that its results depend on; null when it reports nothing. */
  readonly facts: RunFacts | null;
  /** What the kernel saw that the results rest on; null when it cannot see. */
  readonly observed?: Observed | null;
}

/** Everything that a run tells, in the order in which it happens. */
export type NotebookEvent =
  | (StartEvent | CellEvent | LiveEvent | LateEvent | DoneEvent | ErrorEvent | EndEvent)
  | (StopEvent | ValuesEvent | RaisedEvent | CutEvent | FindingEvent);

const names = ["start", "cell", "live", "late", "done", "error", "end", "stop", "values", "raised", "cut", "finding"];

/** The event in a line; undefined for any other line, such as text that a library printed. */
export function parseEvent(line: string): NotebookEvent | undefined {
  try {
    const value = JSON.parse(line) as NotebookEvent;
    return names.includes(value?.event) ? value : undefined;
  } catch {
    return undefined;
  }
}
