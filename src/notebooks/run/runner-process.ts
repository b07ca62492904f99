/** One Python process that executes any number of notebooks, with kernels that are started ahead of them. */
import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Observed } from "../inputs/observed";
import {
  parseEvent,
  type AskedValue,
  type EndEvent,
  type ErrorEvent,
  type NotebookEvent,
  type RunFacts,
} from "./events";
import { NotebookError } from "./notebook-error";
import { pythonFor, runnerFile } from "../python/project";
import { RunnerWatch } from "./runner-watch";

/** A notebook to be executed. */
export interface Job {
  readonly input: string;
  readonly output: string;
  /** Where what there is of a failed run goes (default: `<output without .ipynb>.failed.ipynb`). */
  readonly failed?: string;
  readonly kernel: string;
  /** Name of the notebook in messages (default: `input`). */
  readonly name?: string;
  /** Folder in which the cells run. */
  readonly cwd: string;
  /** Environment of the kernel, in addition to that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cellTimeoutSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly startupTimeoutSeconds?: number;
  /** Place of the last cell to be executed, from 0 (default: all are). */
  readonly until?: number;
  /** Makes the run a guided one: it goes on after errors, and stops at cells (see `runner/guided.py`). */
  readonly guide?: Guide;
  /** The kernel is started behind this command; this folder is for sockets of the runner's own. */
  readonly sandbox?: { readonly command: readonly string[]; readonly folder: string };
}

/** A run that stops before given cells, so that something else can be done there. */
export interface Guide {
  /** Places of the cells, from 0, that are not executed: `onStop` is called instead. */
  readonly stops: readonly number[];
  /** Characters of output; what comes after them is dropped. */
  readonly outputLimit?: number;
  /** What to do at a stop; the run goes on when it resolves. */
  readonly onStop: (index: number, ask: Ask) => Promise<void>;
}

/** Asks the kernel for the values of JavaScript expressions, by name. */
export type Ask = (
  expressions: Readonly<Record<string, string>>,
  timeoutMs?: number,
) => Promise<Readonly<Record<string, AskedValue>>>;

/** What a run that reached its end gives. */
export interface Executed {
  /** The kernel's execution count of each code cell, in order. */
  readonly executionCounts: readonly (number | null)[];
  readonly seconds: number;
  readonly facts: RunFacts | undefined;
  /** What the kernel saw; undefined when it was not asked, or cannot see. */
  readonly observed: Observed | undefined;
}

interface Waiting {
  readonly guide: Guide | undefined;
  readonly questions: Map<number, (values: Readonly<Record<string, AskedValue>>) => void>;
  readonly onEvent: (event: NotebookEvent) => void;
  readonly settle: (failure: ErrorEvent | undefined, end?: Pick<EndEvent, "seconds" | "facts" | "observed">) => void;
}

function request(job: Job): Record<string, unknown> {
  const {
    input,
    output,
    kernel,
    cwd,
    env = {},
    cellTimeoutSeconds,
    timeoutSeconds,
    startupTimeoutSeconds,
    until,
    guide,
    sandbox,
    failed,
  } = job;
  return {
    ...{
      input: resolve(input),
      output: resolve(output),
      failed: failed && resolve(failed),
      kernel,
      cwd: resolve(cwd),
      env,
      until,
    },
    ...(sandbox && { sandbox: { ...sandbox, output_limit: guide?.outputLimit } }),
    ...(guide && { guide: { stops: guide.stops, output_limit: guide.outputLimit } }),
    cell_timeout: cellTimeoutSeconds,
    timeout: timeoutSeconds,
    startup_timeout: startupTimeoutSeconds,
  };
}

/** How long a runner may take to end; and one that did not answer before. */
const LONGEST_CLOSE_MS = 15_000;
const STUCK_MS = 300;

/** A process of Python that executes one notebook after another; close it when the last one is done. */
export class RunnerProcess {
  private readonly child: ChildProcess;
  private readonly closed: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private stderr = "";
  private jobs = 0;
  private questions = 0;
  private ended: ErrorEvent | undefined;
  /** Whether it did not answer in time. */
  private stuck = false;

  /** @param env environment of the process, and so of every kernel, in addition to ours. */
  constructor(env: Readonly<Record<string, string | undefined>> = {}) {
    const script = runnerFile("execute_notebook.py");
    this.child = spawn(pythonFor("executing notebooks", ["nbclient", "nbformat"]), [script, "--serve"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", PYTHONUNBUFFERED: "1", ...env },
    });
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr = (this.stderr + chunk.toString()).slice(-8000)));
    this.child.stdin?.on("error", () => undefined); // "close" reports its end
    createInterface({ input: this.child.stdout! }).on("line", (line) => this.take(line));
    this.closed = new Promise((settle) => {
      const end = (how: string) => {
        this.ended ??= wordlessEnd(how, this.stderr);
        for (const each of this.waiting.values()) each.settle(this.ended);
        settle();
      };
      this.child.on("error", (error) => end(`could not be started (${error.message})`));
      this.child.on("close", (code, signal) => end(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    });
  }

  /** Process id of the Python process. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Starts the kernel of a job that will be run soon. */
  prepare(job: Job): void {
    this.send({ do: "prepare", ...request(job) });
  }

  /**
   * Executes a notebook; several may run at a time. Throws a {@link NotebookError} when it does not run to its end; an
   * abort of `signal` ends it as `interrupted`, or as the abort's reason says (`"timeout"`).
   */
  async run(job: Job, onEvent: (event: NotebookEvent) => void = () => {}, signal?: AbortSignal): Promise<Executed> {
    const id = ++this.jobs;
    const executionCounts: (number | null)[] = [];
    let watch: RunnerWatch | undefined;
    const stop = () => {
      const why = signal?.reason === "timeout" ? "timeout" : "interrupted";
      this.send({ do: "stop", job: id, why });
      watch?.stopping(why);
    };
    const result = await new Promise<Executed | ErrorEvent>((settle) => {
      this.waiting.set(id, {
        guide: job.guide,
        questions: new Map(),
        onEvent(event) {
          watch?.see(event);
          if (event.event === "done") executionCounts.push(event.execution_count);
          onEvent(event);
        },
        settle: (failure, end) =>
          settle(
            failure ?? {
              ...{ executionCounts, seconds: end!.seconds },
              ...{ facts: end!.facts ?? undefined, observed: end!.observed ?? undefined },
            },
          ),
      });
      if (this.ended) return settle(this.ended);
      // A guided run goes on after a cell that took too long.
      const limits = job.guide ? { timeoutSeconds: job.timeoutSeconds } : job;
      watch = new RunnerWatch(limits, (failure) => {
        this.stuck = true;
        settle(failure);
      });
      this.send({ do: "run", job: id, ...request(job) });
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
    });
    watch?.end();
    this.waiting.delete(id);
    signal?.removeEventListener("abort", stop);
    if ("event" in result) throw new NotebookError(job.name ?? job.input, result);
    return result;
  }

  /** Ends the process; resolves when it, and every kernel it started, are gone. */
  async close(): Promise<void> {
    this.child.stdin?.end();
    // Kernels notice that their runner is gone, and end.
    const patience = setTimeout(() => this.child.kill("SIGKILL"), this.stuck ? STUCK_MS : LONGEST_CLOSE_MS);
    await this.closed;
    clearTimeout(patience);
  }

  /** Does at a stop what the job's guide wants, and goes on. A guide that fails ends the run. */
  private async guide(job: number, index: number, { guide, questions }: Waiting): Promise<void> {
    const ask: Ask = (expressions, timeoutMs = 10_000) =>
      new Promise((settle) => {
        const id = ++this.questions;
        questions.set(id, (values) => {
          questions.delete(id);
          settle(values);
        });
        this.send({ do: "ask", job, id, expressions, timeout_ms: timeoutMs });
      });
    try {
      await guide?.onStop(index, ask);
      this.send({ do: "go", job });
    } catch (error) {
      this.waiting.get(job)?.settle({ event: "error", kind: "notebook", message: (error as Error).message });
      this.send({ do: "stop", job, why: "interrupted" });
    }
  }

  private send(message: object): void {
    if (!this.ended) this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  private take(line: string): void {
    const event = parseEvent(line) as (NotebookEvent & { job?: number }) | undefined;
    const waiting = event?.job === undefined ? undefined : this.waiting.get(event.job);
    if (!event || !waiting) return;
    const { job: _, ...told } = event;
    waiting.onEvent(told as NotebookEvent);
    if (event.event === "stop") void this.guide(event.job!, event.index, waiting);
    if (event.event === "values") waiting.questions.get(event.id)?.(event.values);
    if (event.event === "error") waiting.settle(event);
    if (event.event === "end") waiting.settle(undefined, event);
  }
}

/** A process that ended without an `end` event: it could not be started, or was killed. */
function wordlessEnd(how: string, stderr: string): ErrorEvent {
  return { event: "error", kind: "runner", message: `the runner ${how} without a result (npm run doctor)`, stderr };
}
