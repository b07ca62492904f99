/** What a worker decides by its own settings and not by the job: anybody who can reach the queue may have written the job. */
import { dirname } from "node:path";
import { isBelow } from "dnn-lab-core/files";
import type { GradingJob } from "./job";

export interface WorkerRules {
  /** Whether this worker grades in a sandbox; jobs that want the other are refused. */
  readonly sandbox: boolean;
  /** Assignments, submissions and results must lie below one of these. */
  readonly folders: readonly string[];
}

/**
 * The job in what the queue holds.
 * @throws Error when the data are not a job, or the job asks for what this worker does not do
 */
export function allowedJob(data: unknown, { sandbox, folders }: WorkerRules): GradingJob {
  const {
    assignment,
    submission,
    student,
    submitted,
    results,
    key,
    attempt,
    stage,
    variant,
    sandbox: wanted,
  } = (data ?? {}) as Record<string, unknown>;
  const texts = { assignment, submission, results, key };
  for (const [name, value] of Object.entries(texts))
    if (typeof value !== "string" || value === "") throw new Error(`the queue holds a job without ${name}`);
  if ((wanted !== false) !== sandbox)
    throw new Error(
      sandbox
        ? "this worker grades in a sandbox only, and the job wants none (a worker with --no-sandbox does that)"
        : "the job wants a sandbox, and this worker has none",
    );
  // Of what was handed in its folder counts: a link is never followed, but refused as the student's fault, not the machine's.
  for (const path of [assignment, results, dirname(submission as string)] as string[])
    if (!folders.some((folder) => isBelow(path, folder)))
      throw new Error(`${path} is not below ${folders.join(", ")}: this worker touches nothing else (--folder)`);
  if (attempt !== undefined && !/^[0-9a-f]{12}$/.test(String(attempt)))
    throw new Error(`the queue holds a job whose attempt is no number of ours`);
  const whose = Object.entries({ student, submitted, attempt, stage, variant }).filter(
    ([, value]) => typeof value === "string",
  );
  return { ...texts, ...Object.fromEntries(whose) } as unknown as GradingJob;
}
