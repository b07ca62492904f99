/** The queue on Redis, by BullMQ: jobs survive whoever does them, and the server too. */
import { delay } from "dnn-lab-core/delay";
import { WORKER_SETTINGS } from "dnn-lab-core/work-queue";
import { Queue, Worker, type Job } from "bullmq";
import { gradeInChild } from "./child";
import { connect } from "./queue-connection";
import type { GradingJob } from "./job";
import { scratchFolder, sweepScratch } from "./scratch-folder";
import { type WorkerRules, allowedJob } from "./worker-rules";

export const QUEUE = "dnn-lab-grading";

const FAREWELL_MS = 3_000;

/** The priority of a job for which none is given: BullMQ would take one without any before all others. */
const ORDINARY = 1000;

export interface Submitting {
  readonly sandbox: boolean;
  readonly attempts: number;
  /** 1 is the first; default 1000. */
  readonly priority?: number;
}

export interface QueuedJob extends GradingJob {
  /** What the submitter wants; a worker that does it otherwise leaves the job to others. */
  readonly sandbox: boolean;
}

/** Puts jobs into the queue. One that waits or runs already stays as it is; one that has ended is put in again. */
export async function enqueue(
  queue: Queue<QueuedJob>,
  jobs: readonly GradingJob[],
  options: Submitting,
): Promise<void> {
  const { sandbox, attempts, priority = ORDINARY } = options;
  for (const job of jobs) {
    const old = await queue.getJob(job.key);
    if (old && ((await old.isCompleted()) || (await old.isFailed()))) await old.remove();
    const waits = old && ["waiting", "prioritized"].includes(await old.getState());
    if (waits && options.priority !== undefined) await old.changePriority({ priority });
    const backoff = { type: "exponential", delay: 1000 };
    await queue.add("grade", { ...job, sandbox }, { jobId: job.key, attempts, backoff, priority });
  }
}

export interface WorkerOptions extends WorkerRules {
  /** Ends the worker and what it runs; that job is done by another. */
  readonly signal: AbortSignal;
  /** Also ends it when no job has waited for this long. */
  readonly idleSeconds?: number;
  readonly onJob?: (job: GradingJob, outcome: string) => void;
}

/** Takes jobs, one at a time, until `signal` stops it. */
export async function runWorker(address: string, options: WorkerOptions): Promise<void> {
  const { signal, idleSeconds, onJob, sandbox } = options;
  sweepScratch();
  const scratch = scratchFolder();
  process.env.TMPDIR = scratch.path;
  const connection = connect(address);
  let idleSince = Date.now();
  let busy = 0;
  const worker = new Worker<QueuedJob>(
    QUEUE,
    async ({ data }: Job<QueuedJob>) => {
      busy++;
      try {
        const { earned, points, status } = await gradeInChild(allowedJob(data, options), { sandbox, signal });
        onJob?.(data, status === "refused" ? "refused" : `${earned} of ${points} points`);
      } finally {
        busy--;
        idleSince = Date.now();
      }
    },
    { connection, ...WORKER_SETTINGS },
  );
  worker.on("error", () => undefined);
  worker.on("failed", (job, error) => job && onJob?.(job.data, `failed: ${error.message}`));
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
    if (signal.aborted) resolve();
    const watch = setInterval(() => {
      if (idleSeconds === undefined || busy > 0 || Date.now() - idleSince < idleSeconds * 1000) return;
      clearInterval(watch);
      resolve();
    }, 500);
    signal.addEventListener("abort", () => clearInterval(watch));
  });
  // At once: a job that still runs is another's when its lock has run out. The server may be gone, and never answer.
  await Promise.race([worker.close(true), delay(FAREWELL_MS)]);
  connection.disconnect();
  scratch.remove();
}
