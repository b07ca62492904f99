/** Trials in processes of their own, started again when they die. */
import { delay } from "dnn-lab-core/delay";
import { packageFolder } from "dnn-lab-core/files";
import { type ChildProcess, fork, join } from "../../platform";
import type { ModuleFunction } from "./module-function";
import type { TrialJob } from "./search-plan";
import { storedTrial } from "./search-folder";
import type { SearchSpec, TrialResult } from "./trial";
import type { TrialRunner } from "./trial-runner";

/** All that a process needs to do trainings of a search; plain data. */
export interface WorkerTask {
  readonly spec: SearchSpec;
  readonly build: ModuleFunction;
  readonly data: ModuleFunction;
}

export interface WorkerOrder extends WorkerTask {
  readonly job: TrialJob;
}

/** What a worker process answers. The result itself is a file. */
export type WorkerAnswer = { readonly done: true } | { readonly failed: string };

/** A training whose process dies so often is given up: it does not come through. */
const MOST_DEATHS = 3;
const FAREWELL_MS = 5_000;

const program = (): string => join(packageFolder(__dirname), "dist", "cli", "tune-trials.js");

/** A process that does one training after another; it ends with this one. */
export class TrialWorker {
  private child: ChildProcess | undefined;
  private stopped = false;

  /** @param onStart is told the process id of each start */
  constructor(private readonly onStart: (pid: number) => void = () => undefined) {}

  /** Has a training done. Rejects with the reason when it fails, or when its process has died too often. */
  async run(order: WorkerOrder): Promise<TrialResult> {
    for (let deaths = 0; ; deaths++) {
      const answer = await this.ask(order);
      if ("failed" in answer) throw new Error(answer.failed);
      const result = "done" in answer ? storedTrial(order.spec.folder, order.job) : undefined;
      if (result) return result;
      if (this.stopped) throw new Error("the search has ended");
      if (deaths + 1 >= MOST_DEATHS) throw new Error(`its process ended ${MOST_DEATHS} times: ${reasonOf(answer)}`);
    }
  }

  /** Ends the process; what it does now is not done again. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this;
    if (!child || isOver(child)) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.connected) child.disconnect();
    await Promise.race([ended, delay(FAREWELL_MS, { keepsAlive: false })]);
    child.kill("SIGKILL");
  }

  private ask(order: WorkerOrder): Promise<WorkerAnswer | Death> {
    const child = this.living();
    let errors = "";
    const hear = (chunk: Buffer): void => void (errors = (errors + chunk.toString()).slice(-2000));
    return new Promise((resolve) => {
      const settle = (answer: WorkerAnswer | Death): void => {
        child.off("message", settle).off("exit", died);
        child.stderr?.off("data", hear);
        resolve(answer);
      };
      const died = (code: number | null, signal: string | null): void =>
        settle({ died: signal ?? `code ${code}`, errors: errors.trim() });
      child.on("message", settle).once("exit", died);
      child.stderr?.on("data", hear);
      child.send(order, (error) => error && died(null, error.message));
    });
  }

  private living(): ChildProcess {
    if (this.child && !isOver(this.child) && this.child.connected) return this.child;
    const child = fork(program(), [], { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
    child.on("error", () => undefined);
    this.child = child;
    if (child.pid !== undefined) this.onStart(child.pid);
    return child;
  }
}

interface Death {
  readonly died: string;
  readonly errors: string;
}

const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function reasonOf(answer: WorkerAnswer | Death): string {
  if (!("died" in answer)) return "its result is not on the disk";
  return answer.errors === "" ? `${answer.died} (out of memory?)` : `${answer.died}, ${answer.errors}`;
}

/** So many workers on this machine, without any server. */
export function localWorkers(count: number, task: WorkerTask, onStart?: (pid: number) => void): TrialRunner {
  const all = Array.from({ length: count }, () => new TrialWorker(onStart));
  const free = [...all];
  return {
    slots: count,
    async run(job) {
      const worker = free.pop();
      if (!worker) throw new Error("all workers are busy; report this as a fault of dnn-lab.");
      try {
        return await worker.run({ ...task, job });
      } finally {
        free.push(worker);
      }
    },
    stop: async () => void (await Promise.all(all.map((worker) => worker.stop()))),
  };
}
