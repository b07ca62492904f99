/** The queue without a server: a few jobs at a time, each in its own process; for a handful of submissions. */
import { gradeInChild, type ChildOptions } from "./child";
import { storedResult, type GradingJob } from "./job";

/** A job that could not be done, for a reason that is not the submission's. */
export interface FailedJob {
  readonly job: GradingJob;
  readonly reason: string;
}

export interface QueueOptions extends ChildOptions {
  /** Jobs at a time. */
  readonly workers: number;
  /** How often a job that fails is tried. */
  readonly attempts: number;
  /** Told after each job. */
  readonly onDone?: (job: GradingJob) => void;
}

/** Does all jobs in the given order; those that have a result are not done again. */
export async function runLocally(jobs: readonly GradingJob[], options: QueueOptions): Promise<FailedJob[]> {
  const waiting = jobs.filter((job) => storedResult(job) === undefined);
  const failed: FailedJob[] = [];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && !options.signal?.aborted; job = waiting.shift()) {
      const reason = await tried(job, options);
      if (reason !== undefined) failed.push({ job, reason });
      options.onDone?.(job);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return failed;
}

async function tried(job: GradingJob, options: QueueOptions): Promise<string | undefined> {
  let reason = "";
  for (let attempt = 1; attempt <= options.attempts && !options.signal?.aborted; attempt++) {
    try {
      await gradeInChild(job, options);
      return undefined;
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  return reason;
}
