/** Executes notebooks, several at a time, and judges each: the work of `run`, `check` and `accept`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { checkNumber } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { ResultCache, type CacheEntry } from "../results/result-cache";
import type { NotebookEvent } from "../run/events";
import { RunnerProcess, type Job } from "../run/runner-process";
import { judge, type Ran } from "./judge";
import { jsonText, parseJson } from "../notebook/json";
import { LanguageServer } from "../run/language-server";
import { NotebookError } from "../run/notebook-error";
import type { Notebook } from "../notebook/notebook-file";
import { folderOf, planNotebook, type NoPlan, type NotebookPlan, type PlanOptions } from "./notebook-plan";
import type { Against } from "../results/references";
import { provenanceOf } from "../results/run-provenance";
import { digestOf } from "../notebook/digest";
import { statusOf, type NotebookResult, type Problem } from "../results/results";
import { isTextNotebook } from "../notebook/text-notebook";

/** Which notebooks run, how, and who gets reports; times in seconds, without a limit where no time is given. */
export interface BatchOptions extends PlanOptions {
  /** Paths of notebooks. */
  readonly notebooks: readonly string[];
  /** Whether to compare with the references (`check`) or only to execute (`run`). */
  readonly compare: boolean;
  /** What to compare with (default `references`). */
  readonly against?: Against;
  /** Folder of the cache; undefined: every notebook is executed. */
  readonly cache?: string;
  /** Notebooks that run at a time (default 1). */
  readonly parallel?: number;
  readonly cellTimeoutSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly batchTimeoutSeconds?: number;
  readonly startupTimeoutSeconds?: number;
  /** How often a notebook that does not pass is executed again (default 0). */
  readonly retries?: number;
  /** Whether the first notebook that does not pass ends the batch. */
  readonly failFast?: boolean;
  /** Told of every event of every notebook. */
  readonly onEvent?: (notebook: string, event: NotebookEvent) => void;
  /** Told of every notebook that is done. */
  readonly onResult?: (result: NotebookResult) => void;
  readonly signal?: AbortSignal;
}

/** Asks the kernel to tell what the results rest on; the runner makes it the name of a file. */
const OBSERVE_VARIABLE = "DNN_LAB_OBSERVE";
/** Keys of the executed notebook's metadata. */
const METADATA_KEY = "dnn_lab";

const isPlan = (plan: NotebookPlan | NoPlan): plan is NotebookPlan => "inputs" in plan;

/** A fault of ours, or of the place where results go, in words. */
function faultOf(error: unknown): Problem {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const unwritable = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENAMETOOLONG", "ENOSPC"].includes(code ?? "");
  const words = unwritable ? `its results cannot be written: ${message} (--results names another folder)` : message;
  return { kind: "notebook", message: words, ...(unwritable ? {} : { details: stack }) };
}

/** A result without a run. */
function unrun(notebook: string, problem: Problem): NotebookResult {
  return {
    ...{
      notebook,
      status: statusOf([problem]),
      problems: [problem],
      cells: [],
      seconds: 0,
      compareSeconds: 0,
      cached: false,
    },
    ...{ parameters: {}, late: [], facts: undefined, output: undefined, reference: undefined, provenance: undefined },
  };
}

/** A notebook that the project passes over, for a reason. */
function skipped(notebook: string, reason: string): NotebookResult {
  return {
    ...unrun(notebook, { kind: "skipped-cell", message: reason }),
    status: "skipped",
    problems: [],
    skipped: reason,
  };
}

/** Runs the batch; results come in the order of the notebooks. Notebooks that were not begun are in it too. */
export async function runBatch(options: BatchOptions): Promise<NotebookResult[]> {
  const { notebooks, parallel = 1 } = options;
  checkNumber("notebooks", "parallel", parallel, { integer: true, min: 1 });
  return new Batch(
    options,
    notebooks.map((path) => planNotebook(path, options)),
  ).run(parallel);
}

class Batch {
  private readonly results: (NotebookResult | undefined)[];
  private readonly found: (CacheEntry | undefined)[];
  private readonly cache: ResultCache | undefined;
  private readonly stop = new AbortController();
  /** Why nothing more is begun. */
  private over: Problem | undefined;
  private process: RunnerProcess | undefined;
  private language: LanguageServer | undefined;
  private next = 0;
  private prepared = 0;

  constructor(
    private readonly options: BatchOptions,
    private readonly plans: readonly (NotebookPlan | NoPlan)[],
  ) {
    this.results = plans.map(() => undefined);
    this.cache = options.cache === undefined ? undefined : new ResultCache(options.cache);
    this.found = plans.map((plan) =>
      isPlan(plan) && !uncachable(plan) ? this.cache?.find(plan.inputs, environmentOf(plan)) : undefined,
    );
  }

  async run(parallel: number): Promise<NotebookResult[]> {
    const { batchTimeoutSeconds, signal } = this.options;
    const end = (why: "timeout" | "interrupted") => {
      const message =
        why === "timeout"
          ? `the batch took longer than the ${batchTimeoutSeconds} s allowed for it`
          : "the batch was interrupted before";
      this.over ??= { kind: why === "timeout" ? "not-started" : "interrupted", message };
      this.stop.abort(why);
    };
    const interrupt = () => end("interrupted");
    const timer = batchTimeoutSeconds ? setTimeout(() => end("timeout"), batchTimeoutSeconds * 1000) : undefined;
    signal?.addEventListener("abort", interrupt);
    if (signal?.aborted) interrupt();
    try {
      // A single notebook's kernel is as fast by itself.
      if (this.plans.filter((plan, i) => isPlan(plan) && !this.found[i]).length > 1) {
        this.language = await LanguageServer.start();
      }
      await Promise.all(Array.from({ length: Math.min(parallel, this.plans.length) }, () => this.work(parallel)));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", interrupt);
      await this.process?.close();
      await this.language?.stop();
    }
    return this.results.map((result, i) => result ?? unrun(this.plans[i].path, this.over!));
  }

  private async work(parallel: number): Promise<void> {
    while (this.next < this.plans.length && !this.over) {
      const i = this.next++;
      this.warm(i, parallel);
      const result = await this.tried(this.plans[i], this.found[i]);
      this.results[i] = result;
      this.options.onResult?.(result);
      if (this.options.failFast && !["passed", "executed", "skipped"].includes(result.status)) {
        this.over ??= {
          kind: "not-started",
          message: `not begun: ${result.notebook} did not pass, and --fail-fast was given`,
        };
      }
    }
  }

  /** Starts the kernels of the notebooks that come next, one for each that may run at a time. */
  private warm(current: number, parallel: number): void {
    this.prepared = Math.max(this.prepared, current + 1);
    while (this.prepared < Math.min(this.plans.length, current + 1 + parallel)) {
      const plan = this.plans[this.prepared];
      if (isPlan(plan) && !this.found[this.prepared]) this.runner().prepare(this.job(plan, plan.path));
      this.prepared++;
    }
  }

  private runner(): RunnerProcess {
    this.process ??= new RunnerProcess(this.language?.env);
    return this.process;
  }

  private job(plan: NotebookPlan, input: string): Job {
    const { cellTimeoutSeconds, timeoutSeconds, startupTimeoutSeconds } = this.options;
    // Programs that write files (models, figures) put them beside the results, not beside the notebook.
    const files = {
      DNN_LAB_RESULTS: process.env.DNN_LAB_RESULTS ?? resolve(plan.output.replace(/\.ipynb$/, ".files")),
    };
    return {
      ...{
        input,
        output: plan.output,
        name: plan.path,
        kernel: plan.kernel,
        cwd: folderOf(plan),
        env: { ...files, ...(this.cache ? { [OBSERVE_VARIABLE]: "1" } : {}), ...plan.env },
        until: plan.until,
      },
      ...{ failed: failedPath(plan.output), cellTimeoutSeconds, timeoutSeconds, startupTimeoutSeconds },
    };
  }

  /** With `retries` once more; what was wrong before stays in the result. */
  private async tried(plan: NotebookPlan | NoPlan, entry: CacheEntry | undefined): Promise<NotebookResult> {
    const flakes: Problem[] = [];
    for (let attempt = 0; ; attempt++) {
      const result = await this.one(plan, attempt === 0 ? entry : undefined);
      const good = ["passed", "executed", "skipped", "interrupted"].includes(result.status);
      if (good || !isPlan(plan) || this.over || attempt >= (this.options.retries ?? 0)) return { ...result, flakes };
      flakes.push(...result.problems.slice(0, 5));
    }
  }

  /** Whatever goes wrong with one notebook is its own finding: the others go on. */
  private async one(plan: NotebookPlan | NoPlan, entry: CacheEntry | undefined): Promise<NotebookResult> {
    if (!isPlan(plan)) return plan.skip === undefined ? unrun(plan.path, plan.problem!) : skipped(plan.path, plan.skip);
    try {
      const ran = entry ? fromCache(plan, entry) : await this.execute(plan);
      return judge(plan, ran, this.options.compare ? (this.options.against ?? "references") : undefined);
    } catch (error) {
      return unrun(plan.path, faultOf(error));
    }
  }

  private async execute(plan: NotebookPlan): Promise<Ran> {
    const events: NotebookEvent[] = [];
    const asItIs = plan.prepared === plan.notebook && !isTextNotebook(plan.path);
    const input = asItIs ? plan.path : besideOutput(plan.output, "prepared");
    const onEvent = (event: NotebookEvent): void => {
      events.push(event);
      this.options.onEvent?.(plan.path, event);
    };
    rmSync(plan.output, { force: true });
    if (input !== plan.path) writeFileAtomic(input, `${jsonText(plan.prepared, 1)}\n`);
    try {
      const { seconds, facts, observed } = await this.runner().run(this.job(plan, input), onEvent, this.stop.signal);
      const cellSeconds = events.flatMap((event) => (event.event === "done" ? [event.seconds] : []));
      const provenance = provenanceOf(
        plan.inputs,
        plan.path,
        { facts, seconds, cellSeconds, observed },
        environmentOf(plan),
      );
      const executed = annotate(plan, provenance);
      const seen = observed !== undefined && observed.unobserved.length === 0;
      if (plan.pure || (seen && plan.unknown.length === 0))
        this.cache?.store(plan.inputs, { provenance, events, executed });
      return { events, executed: parseJson(executed) as Notebook, provenance, seconds, cached: false };
    } catch (error) {
      if (!(error instanceof NotebookError)) throw error;
      const failed = failedPath(plan.output);
      const executed = existsSync(failed) ? (parseJson(readFileSync(failed, "utf8")) as Notebook) : undefined;
      const told = events.some(({ event }) => event === "error") ? events : [...events, error.details];
      return { events: told, executed, provenance: undefined, seconds: 0, cached: false };
    } finally {
      if (input !== plan.path) rmSync(input, { force: true });
    }
  }
}

/** What was never seen is not looked for; the author may know better. */
const uncachable = ({ unknown, pure }: NotebookPlan): boolean => unknown.length > 0 && !pure;

/** The environment of its kernel. */
const environmentOf = ({ env }: NotebookPlan): Readonly<Record<string, string | undefined>> => ({
  ...process.env,
  ...env,
});

/** Where the runner leaves what there is of a run that failed. */
export function failedPath(output: string): string {
  return besideOutput(output, "failed");
}

/** A file system's names have 255 bytes at most. */
const LONGEST_NAME = 255;

/** `a.failed.ipynb` beside `a.ipynb`; a name that would be too long is cut, and told from others by a hash. */
function besideOutput(output: string, what: "failed" | "prepared"): string {
  const stem = basename(output, ".ipynb");
  const name = `${stem}.${what}.ipynb`;
  if (Buffer.byteLength(name) <= LONGEST_NAME) return join(dirname(output), name);
  return join(dirname(output), `${[...stem].slice(0, 40).join("")}-${digestOf(stem).slice(0, 12)}.${what}.ipynb`);
}

/** Writes into the executed notebook what made it; returns the file's text. */
function annotate(plan: NotebookPlan, provenance: object): string {
  const executed = parseJson(readFileSync(plan.output, "utf8")) as Notebook;
  const before = (executed.metadata[METADATA_KEY] ?? {}) as object;
  const metadata = { ...executed.metadata, [METADATA_KEY]: { ...before, provenance } };
  const text = `${jsonText({ ...executed, metadata }, 1)}\n`;
  writeFileAtomic(plan.output, text);
  return text;
}

function fromCache(plan: NotebookPlan, { provenance, events, executed }: CacheEntry): Ran {
  writeFileAtomic(plan.output, executed);
  return { events, executed: parseJson(executed) as Notebook, provenance, seconds: provenance.seconds, cached: true };
}

/** The cache's folder below that of results. */
export function cacheFolderIn(results: string): string {
  return join(results, ".cache");
}
