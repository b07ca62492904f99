/** Grades a class with worker processes on this machine, started again when they die, and a queue on Redis. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { delay } from "dnn-lab-core/delay";
import { withoutPassword } from "dnn-lab-core/work-queue";
import { Queue } from "bullmq";
import { packageFolder } from "dnn-lab-core/files";
import { QUEUE, type QueuedJob, enqueue } from "./broker";
import { answers, connect } from "./queue-connection";
import { type GradingJob, storedResult } from "./job";
import type { FailedJob, QueueOptions } from "./local";
import { type RedisServer, startRedis } from "./redis-server";
import { scratchFolder, sweepScratch } from "./scratch-folder";

export interface FleetOptions extends QueueOptions {
  /** Of a server that is there; without one, a server is started whose data lie in the results' folder. */
  readonly redis?: string;
  readonly results: string;
  readonly priority?: number;
  /** Told of each worker's and the server's process id when it starts. */
  readonly onStart?: (what: "worker" | "redis", pid: number) => void;
  /** Told what had to be mended. */
  readonly onNote?: (line: string) => void;
}

const POLL_MS = 300;
const PATIENCE_MS = 3_000;
const ANSWER_MS = 15_000;
const RELAUNCH_MS = 300;
const FAREWELL_MS = 10_000;
/** So many workers that end while not one job does: something is wrong with the machine. */
const MOST_LAUNCHES = 20;

interface Fleet {
  /** Workers that ended since the last job did. */
  ended: number;
  stop(): Promise<void>;
}

function startWorkers(count: number, args: readonly string[], onStart: FleetOptions["onStart"]): Fleet {
  const script = join(packageFolder(__dirname), "dist", "cli", "grader.js");
  const children = new Set<ChildProcess>();
  let stopping = false;
  const launch = (): void => {
    if (stopping) return;
    const child = spawn(process.execPath, [script, "worker", ...args, "--quiet"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    children.add(child);
    child.stdin?.on("error", () => undefined);
    onStart?.("worker", child.pid!);
    child.on("exit", () => {
      children.delete(child);
      fleet.ended++;
      if (!stopping) setTimeout(launch, RELAUNCH_MS);
    });
  };
  const fleet: Fleet = {
    ended: 0,
    async stop() {
      stopping = true;
      const left = [...children].map((child) => new Promise((done) => child.once("exit", done) && child.stdin?.end()));
      const insist = setTimeout(() => children.forEach((child) => child.kill("SIGKILL")), FAREWELL_MS);
      await Promise.all(left);
      clearTimeout(insist);
    },
  };
  for (let i = 0; i < count; i++) launch();
  return fleet;
}

/** What a worker may touch: the folders of its jobs. */
function foldersOf(jobs: readonly GradingJob[], results: string): string[] {
  const folders = jobs.flatMap(({ assignment, submission }) => [dirname(assignment), dirname(submission)]);
  return [...new Set([results, ...folders])];
}

/** A server on the queue's data; what cannot be read is put aside, for the results' files say what is done. */
async function ownServer(options: FleetOptions, scratch: string): Promise<RedisServer> {
  const { results, signal, onNote } = options;
  const data = join(results, ".queue");
  const first = startRedis(data, scratch);
  try {
    await first.ready(signal);
    return first;
  } catch (error) {
    await first.stop();
    const aside = Array.from({ length: 100 }, (_, i) => `${data}.damaged-${i + 1}`).find((path) => !existsSync(path));
    renameSync(data, aside!);
    onNote?.(
      `${(error as Error).message}. Its data were put aside (${aside!}); it begins anew, and nothing that was graded is lost.`,
    );
    const second = startRedis(data, scratch);
    await second.ready(signal).catch(async (again: Error) => {
      await second.stop();
      throw again;
    });
    return second;
  }
}

/** Does all jobs; resolves with those that failed. What counts are the results' files, whoever wrote them. */
export async function runFleet(jobs: readonly GradingJob[], options: FleetOptions): Promise<FailedJob[]> {
  const { workers, results, signal, onDone, onStart, onProgress, sandbox } = options;
  sweepScratch();
  const scratch = scratchFolder();
  const open = new Set(jobs.filter((job) => storedResult(job) === undefined));
  const failed: FailedJob[] = [];
  let [server, fleet]: [RedisServer?, Fleet?] = [];
  let address = options.redis ?? "";
  if (address !== "" && !(await answers(address, ANSWER_MS)))
    throw new Error(`no Redis server answers at ${withoutPassword(address)}`);
  try {
    if (address === "") {
      server = await ownServer(options, scratch.path);
      address = server.socket;
      onStart?.("redis", server.pid()!);
    }
    const connection = connect(address);
    const queue = new Queue<QueuedJob>(QUEUE, { connection });
    queue.on("error", () => undefined);
    try {
      await Promise.race([enqueue(queue, [...open], options), aborted(signal)]);
      const folders = foldersOf(jobs, results).flatMap((folder) => ["--folder", folder]);
      const args = ["--redis", address, ...folders, ...(sandbox ? [] : ["--no-sandbox"])];
      if (open.size > 0 && !signal?.aborted) fleet = startWorkers(workers, args, onStart);
      while (open.size > 0 && !signal?.aborted) {
        await delay(POLL_MS);
        for (const job of open) if (storedResult(job)) settle(job);
        for (const { job, reason } of await givenUp(queue, open)) {
          failed.push({ job, reason });
          settle(job);
        }
        if (fleet!.ended >= MOST_LAUNCHES)
          throw new Error(`${MOST_LAUNCHES} workers have ended without a result; their messages stand above`);
      }
    } finally {
      connection.disconnect();
    }
  } finally {
    await fleet?.stop();
    await server?.stop();
    scratch.remove();
    sweepScratch();
  }
  return failed;

  function settle(job: GradingJob): void {
    open.delete(job);
    fleet!.ended = 0;
    onDone?.(job);
    onProgress?.(job.submission);
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    signal?.addEventListener("abort", () => resolve());
    if (signal?.aborted) resolve();
  });
}

/** Jobs that were tried as often as they may be; none while the server does not answer. */
async function givenUp(queue: Queue<QueuedJob>, open: ReadonlySet<GradingJob>): Promise<FailedJob[]> {
  const patience = delay(PATIENCE_MS, { keepsAlive: false });
  const jobs = await Promise.race([queue.getFailed().catch(() => undefined), patience]);
  return (jobs ?? []).flatMap(({ id, failedReason }) => {
    const job = [...open].find(({ key }) => key === id);
    return job ? [{ job, reason: failedReason }] : [];
  });
}
