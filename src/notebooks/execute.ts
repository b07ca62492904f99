/** Executes a notebook headlessly: drives `scripts/execute_notebook.py`, which drives nbclient, which drives the kernel. */
import { spawn, type ChildProcess } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { checkNumber, checkOptions } from "../core/check";
import { parseEvent, type ErrorEvent, type NotebookEvent } from "./events";
import { NotebookError } from "./notebook-error";
import { projectFolder, venvPython } from "./project";

export interface ExecuteOptions {
  /** The notebook's file. */
  input: string;
  /** Where the executed notebook goes; written in one piece at the end, and left alone when the run fails. */
  output: string;
  /** Name of the kernel (default `tslab`). */
  kernel?: string;
  /** Time allowed for one cell (default: no limit). */
  cellTimeoutSeconds?: number;
  /** Time allowed for the whole notebook (default: no limit). */
  timeoutSeconds?: number;
  /** Folder in which the cells run (default: the notebook's). */
  cwd?: string;
  /** Environment of the kernel, in addition to that of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Told of every event, such as a progress display. */
  onEvent?: (event: NotebookEvent) => void;
  /** Ends the run; it then fails as `interrupted`. */
  signal?: AbortSignal;
}

export interface ExecutedNotebook {
  readonly output: string;
  /** The kernel's execution count of each code cell, in order. */
  readonly executionCounts: readonly (number | null)[];
  readonly seconds: number;
}

const optionNames = [
  "input",
  "output",
  "kernel",
  "cellTimeoutSeconds",
  "timeoutSeconds",
  "cwd",
  "env",
  "onEvent",
  "signal",
];

function checked(options: ExecuteOptions): ExecuteOptions {
  checkOptions("executeNotebook", options, optionNames);
  for (const name of ["cellTimeoutSeconds", "timeoutSeconds"] as const) {
    if (options[name] !== undefined) checkNumber("executeNotebook", name, options[name], { above: 0 });
  }
  return options;
}

function commandLine({
  input,
  output,
  kernel = "tslab",
  cellTimeoutSeconds,
  timeoutSeconds,
  cwd,
}: ExecuteOptions): string[] {
  const script = join(projectFolder(), "scripts", "execute_notebook.py");
  const limits = [
    ...(cellTimeoutSeconds ? ["--cell-timeout", String(cellTimeoutSeconds)] : []),
    ...(timeoutSeconds ? ["--timeout", String(timeoutSeconds)] : []),
    ...(cwd ? ["--cwd", resolve(cwd)] : []),
  ];
  return [script, resolve(input), resolve(output), "--kernel", kernel, ...limits];
}

/** A runner that ended without a word: it could not be started, or was killed. */
function wordlessEnd(code: number | null, signal: string | null, stderr: string): ErrorEvent {
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  return { event: "error", kind: "notebook", message: `the runner ${how} without a result (npm run doctor)`, stderr };
}

/** Passes a request to stop on to the runner, and waits until it has shut the kernel down. */
function guardSignals(child: ChildProcess, abort?: AbortSignal): () => void {
  const stop = (): void => void child.kill("SIGINT");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  abort?.addEventListener("abort", stop);
  if (abort?.aborted) stop();
  return () => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    abort?.removeEventListener("abort", stop);
  };
}

/**
 * Executes `input` with a Jupyter kernel and writes the result to `output`.
 *
 * Throws a {@link NotebookError} when a cell fails or does not end in time, when the kernel dies or does not start, and
 * when the run is interrupted; what there is by then goes to `<output>.failed.ipynb`.
 *
 * @example await executeNotebook({ input: "notebooks/a.ipynb", output: "results/a.ipynb", onEvent: notebookProgress() })
 */
export async function executeNotebook(options: ExecuteOptions): Promise<ExecutedNotebook> {
  const { env, onEvent, signal } = checked(options);
  const child = spawn(venvPython(), commandLine(options), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", PYTHONUNBUFFERED: "1", ...env },
  });
  const release = guardSignals(child, signal);
  const executionCounts: (number | null)[] = [];
  let failure: ErrorEvent | undefined;
  let seconds: number | undefined;
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-8000)));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const event = parseEvent(line);
    if (!event) return;
    if (event.event === "done") executionCounts.push(event.execution_count);
    if (event.event === "error") failure = event;
    if (event.event === "end") seconds = event.seconds;
    onEvent?.(event);
  });
  const [code, endedBy] = await new Promise<[number | null, string | null]>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => settle([code, signal]));
  }).finally(release);
  if (seconds === undefined) throw new NotebookError(options.input, failure ?? wordlessEnd(code, endedBy, stderr));
  return { output: resolve(options.output), executionCounts, seconds };
}
