/** Executes one notebook headlessly: drives `runner/execute_notebook.py`, which drives nbclient, which drives the kernel. */
import { dirname, resolve } from "node:path";
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import type { NotebookEvent, RunFacts } from "./events";
import { RunnerProcess } from "./runner-process";

/** Options of {@link executeNotebook}. */
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

/** What {@link executeNotebook} gives for a run that reached its end. */
export interface ExecutedNotebook {
  readonly output: string;
  /** The kernel's execution count of each code cell, in order. */
  readonly executionCounts: readonly (number | null)[];
  readonly seconds: number;
  /** What the program reports that its results depend on; undefined when it reports nothing. */
  readonly facts: RunFacts | undefined;
}

const optionNames: OptionNames<ExecuteOptions> = {
  input: true,
  output: true,
  kernel: true,
  cellTimeoutSeconds: true,
  timeoutSeconds: true,
  cwd: true,
  env: true,
  onEvent: true,
  signal: true,
};

function checked(options: ExecuteOptions): ExecuteOptions {
  checkOptions("executeNotebook", options, optionNames);
  for (const name of ["cellTimeoutSeconds", "timeoutSeconds"] as const) {
    if (options[name] !== undefined) checkNumber("executeNotebook", name, options[name], { above: 0 });
  }
  return options;
}

/** A signal that is aborted by Ctrl-C and SIGTERM. */
export interface Abort {
  readonly signal: AbortSignal;
  /** Stops listening. */
  readonly release: () => void;
}

/** Aborts on Ctrl-C and SIGTERM, so that what runs is ended in order. */
export function abortOnSignals(outer?: AbortSignal): Abort {
  const controller = new AbortController();
  const stop = (): void => controller.abort("interrupted");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  outer?.addEventListener("abort", stop);
  if (outer?.aborted) stop();
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      outer?.removeEventListener("abort", stop);
    },
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
  const { input, output, kernel = "tslab", cwd, env, onEvent, signal: outer, ...limits } = checked(options);
  const { signal, release } = abortOnSignals(outer);
  const runner = new RunnerProcess(env);
  try {
    const job = { input, output, kernel, cwd: cwd ?? dirname(resolve(input)), ...limits };
    const { executionCounts, seconds, facts } = await runner.run(job, onEvent, signal);
    return { output: resolve(output), executionCounts, seconds, facts };
  } finally {
    await runner.close();
    release();
  }
}
