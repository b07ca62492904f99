/** Grades a class with worker processes on this machine, started again when they die, and a queue on Redis. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { Queue } from "bullmq";
import { packageFolder } from "dnn-lab-core/files";
import { connect, enqueue, QUEUE, type QueuedJob } from "./broker";
import { storedResult, type GradingJob } from "./job";
import type { FailedJob, QueueOptions } from "./local";
import { startRedis } from "./redis-server";
import { scratchFolder, sweepScratch } from "./scratch";

export interface FleetOptions extends QueueOptions {
  /** Of a server that is there; without one, a server is started whose data lie in the results' folder. */
  readonly redis?: string;
  readonly results: string;
  readonly priority?: number;
  /** Told of each worker's and the server's process id when it starts. */
  readonly onStart?: (what: "worker" | "redis", pid: number) => void;
}

const POLL_MS = 300;
const PATIENCE_MS = 3_000;

interface Fleet {
  stop(): Promise<void>;
}

function startWorkers(count: number, address: string, onStart: FleetOptions["onStart"]): Fleet {
  const script = join(packageFolder(__dirname), "dist", "cli", "grader.js");
  const children = new Set<ChildProcess>();
  let stopping = false;
  const launch = (): void => {
    const child = spawn(process.execPath, [script, "worker", "--redis", address, "--quiet"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    children.add(child);
    onStart?.("worker", child.pid!);
    child.on("exit", () => {
      children.delete(child);
      if (!stopping) launch();
    });
  };
  for (let i = 0; i < count; i++) launch();
  return {
    async stop() {
      stopping = true;
      await Promise.all(
        [...children].map((child) => new Promise((done) => child.once("exit", done) && child.stdin?.end())),
      );
    },
  };
}

/** Does all jobs; resolves with those that failed. What counts are the results' files, whoever wrote them. */
export async function runFleet(jobs: readonly GradingJob[], options: FleetOptions): Promise<FailedJob[]> {
  const { workers, results, signal, onDone, onStart, onProgress } = options;
  sweepScratch();
  const scratch = scratchFolder();
  const server = options.redis === undefined ? startRedis(join(results, ".queue"), scratch.path) : undefined;
  const address = options.redis ?? server!.socket;
  const connection = connect(address);
  const queue = new Queue<QueuedJob>(QUEUE, { connection });
  queue.on("error", () => undefined);
  if (server) onStart?.("redis", server.pid()!);
  const open = new Set(jobs.filter((job) => storedResult(job) === undefined));
  const failed: FailedJob[] = [];
  let fleet: Fleet | undefined;
  try {
    await enqueue(queue, [...open], options);
    fleet = startWorkers(workers, address, onStart);
    while (open.size > 0 && !signal?.aborted) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      for (const job of open) if (storedResult(job)) settle(job);
      for (const { job, reason } of await givenUp(queue, open)) {
        failed.push({ job, reason });
        settle(job);
      }
    }
  } finally {
    await fleet?.stop();
    connection.disconnect();
    await server?.stop();
    scratch.remove();
    sweepScratch();
  }
  return failed;

  function settle(job: GradingJob): void {
    open.delete(job);
    onDone?.(job);
    onProgress?.(job.submission);
  }
}

/** Jobs that were tried as often as they may be; none while the server does not answer. */
async function givenUp(queue: Queue<QueuedJob>, open: ReadonlySet<GradingJob>): Promise<FailedJob[]> {
  const patience = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS).unref());
  const jobs = await Promise.race([queue.getFailed().catch(() => undefined), patience]);
  return (jobs ?? []).flatMap(({ id, failedReason }) => {
    const job = [...open].find(({ key }) => key === id);
    return job ? [{ job, reason: failedReason }] : [];
  });
}
