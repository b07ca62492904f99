/** What the two threads tell each other: the protocol worker and the main thread, where user code runs. */
import type { Json } from "./message";

/** An error as the protocol shows it. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The error of a cell that the user has interrupted. */
export const INTERRUPTED: ErrorContent = {
  ename: "KeyboardInterrupt",
  evalue: "the cell was interrupted",
  traceback: ["\x1b[31m\x1b[1mKeyboardInterrupt\x1b[0m: the cell was interrupted"],
};

/** A set of representations of one value, by MIME type. */
export interface MimeBundle {
  readonly data: Json;
  readonly metadata: Json;
}

/** How a cell is timed: not, once (`%time`) or repeatedly (`%timeit`). */
export type Timing = "none" | "time" | "timeit";

/** JavaScript of a cell, ready to be evaluated. */
export interface Program {
  /** Name in stack traces, such as `In[3]`. */
  readonly name: string;
  /** The cell as the user wrote it, for code frames. */
  readonly source: string;
  readonly code: string;
  readonly sourceMap?: string;
}

/** Work for the main thread. `cell` is the `msg_id` of the request that asked for it. */
export type ToMain =
  | {
      readonly type: "execute";
      readonly cell: string;
      /** The front end's name of the cell, the same in each of its runs; not every front end tells it. */
      readonly cellId: string | undefined;
      /** The number that the cell's result carries. */
      readonly count: number;
      readonly program: Program;
      /** The variables that the cell declares. */
      readonly declared: readonly string[];
      readonly timing: Timing;
      readonly silent: boolean;
      readonly allowStdin: boolean;
      readonly expressions: Readonly<Record<string, Program | ErrorContent>>;
    }
  | { readonly type: "sh"; readonly cell: string; readonly script: string }
  | { readonly type: "forget"; readonly cell: string; readonly names: readonly string[] }
  | { readonly type: "settle"; readonly cell: string }
  | { readonly type: "traceback"; readonly full: boolean }
  | {
      readonly type: "peek";
      readonly id: number;
      readonly expression: string;
      /** All representations of the value as JSON text, not only a short text. */
      readonly whole: boolean;
    }
  | { readonly type: "comm"; readonly event: CommEvent }
  | { readonly type: "nudge" }
  | { readonly type: "shutdown" };

/** A comm message of the front end. */
export interface CommEvent {
  readonly kind: "comm_open" | "comm_msg" | "comm_close";
  readonly cell: string;
  readonly content: Json;
  readonly metadata: Json;
  readonly buffers: readonly Uint8Array[];
}

/** A comm message of user code; content and metadata are JSON texts. */
export interface CommOutput {
  readonly type: "comm";
  readonly kind: CommEvent["kind"];
  readonly cell: string;
  readonly id: string;
  /** The target of a `comm_open`. */
  readonly target: string;
  readonly content: string;
  readonly metadata: string;
  readonly buffers: readonly Uint8Array[];
}

/** An iopub message that user code caused, for the output of `cell`. */
export interface Output {
  readonly type: "output";
  readonly cell: string;
  readonly kind: "display_data" | "update_display_data" | "execute_result" | "clear_output";
  /** JSON text, made on the main thread: values of user code run code of their own there, and fail there. */
  readonly content: string;
}

/** An error that nobody caught, of a cell that may be over. */
export interface UncaughtError {
  readonly type: "error";
  readonly cell: string;
  readonly error: ErrorContent;
}

/** How a cell ended. */
export interface Done {
  readonly type: "done";
  readonly cell: string;
  readonly error?: ErrorContent;
  /** True when `error` was published on iopub already. */
  readonly errorShown?: boolean;
  /** JSON texts. */
  readonly expressions: Readonly<Record<string, string>>;
  /** `text/plain` of the result, for the history. */
  readonly result?: string;
}

/** Reports of the main thread. */
export type FromMain =
  | { readonly type: "stream"; readonly cell: string; readonly name: "stdout" | "stderr"; readonly text: string }
  | Output
  | UncaughtError
  | Done
  | CommOutput
  | { readonly type: "comm-handled"; readonly cell: string }
  | { readonly type: "peeked"; readonly id: number; readonly text?: string }
  | { readonly type: "input"; readonly cell: string; readonly prompt: string; readonly password: boolean }
  | { readonly type: "exit"; readonly cell: string; readonly code: number; readonly asked: boolean }
  | { readonly type: "ready" };

/** How much a report counts as output in transit, in characters and bytes. */
export function sizeOf(report: FromMain): number {
  if (report.type === "stream") return report.text.length;
  if (report.type === "output") return report.content.length;
  if (report.type !== "comm") return 0;
  return report.buffers.reduce((sum, buffer) => sum + buffer.length, report.content.length + report.metadata.length);
}

/** Cells of the shared control block (an Int32Array) that both threads and the interrupt machinery watch. */
export const Control = {
  /** 1 when the worker has answered an input request, 2 when it was interrupted, 3 when nobody can be asked. */
  input: 0,
  /** Length in bytes of the answer in `inputBytes`. */
  inputLength: 1,
  /** Size of the output that the main thread has posted and for which the sockets had no room yet; see {@link sizeOf}. */
  backlog: 2,
  /** 1 once the worker has sent everything and the process may end. */
  exit: 3,
} as const;

/** What the main thread hands to the protocol worker at its start. */
export interface WorkerData {
  readonly connectionFile: string;
  readonly startedAt: number;
  /** Jupyter's interrupt contract: element 0 asks to stop, element 1 counts those who listen. */
  readonly interrupt: Int32Array;
  readonly control: Int32Array;
  readonly inputBytes: Uint8Array;
  /** Element 0 is 1 once the main thread has native code's output led to the worker. */
  readonly places: Int32Array;
}

/** The property of the global object by which the worker calls the main thread's interrupt handler through the inspector. */
export const INTERRUPT_HANDLER = "dnn-lab.kernel.interrupt";
