/** Trials through a queue on Redis, by BullMQ, so that other machines take part. What counts are the files of results. */
import { checkKeys } from "dnn-lab-core/check";
import { delay } from "dnn-lab-core/delay";
import { isBelow } from "dnn-lab-core/files";
import { hashOf } from "dnn-lab-core/hash";
import { requireOptional } from "dnn-lab-core/optional-package";
import { answersWithin, checkRedisAddress, connectTo, withoutPassword, WORKER_SETTINGS } from "dnn-lab-core/work-queue";
import { storedTrial } from "./search-folder";
import type { TrialJob } from "./search-plan";
import type { TrialResult } from "./trial";
import type { TrialRunner } from "./trial-runner";
import { TrialWorker, type WorkerOrder, type WorkerTask } from "./trial-workers";

type BullMq = typeof import("bullmq");
type IoRedis = typeof import("ioredis");
type Connection = InstanceType<IoRedis["Redis"]>;

export const TUNE_QUEUE = "dnn-lab-tune";

const POLL_MS = 200;
const ANSWER_MS = 15_000;
const FAREWELL_MS = 3_000;
/** Trainings that are offered at a time, however many workers there are. */
const OFFERED = 64;
/** How often a training is tried that fails for whatever reason. */
const ATTEMPTS = 1;

const bullmq = (): BullMq => requireOptional<BullMq>("bullmq", "tune's option redis", "queue");

function connect(address: string): Connection {
  const { Redis } = requireOptional<IoRedis>("ioredis", "tune's option redis", "queue");
  return connectTo(Redis, address);
}

export interface QueuedOptions {
  readonly address: string;
  /** On this machine; others may take part. */
  readonly workers: number;
  readonly task: WorkerTask;
}

/** Offers trainings in the queue, and does some of them here. */
export function queuedWorkers({ address, workers, task }: QueuedOptions): TrialRunner {
  checkRedisAddress("tune: redis", address);
  const { Queue } = bullmq();
  const { folder } = task.spec;
  const prefix = hashOf("sha256", folder).slice(0, 16);
  const connection = connect(address);
  const queue = new Queue<WorkerOrder>(TUNE_QUEUE, { connection });
  queue.on("error", () => undefined);
  const ending = new AbortController();
  const folders = [folder, task.build.path, task.data.path];
  const here = serveTrials(address, { folders, workers, signal: ending.signal });
  let reached: Promise<void> | undefined;
  const offered = new Set<string>();

  const offer = async (job: TrialJob, id: string): Promise<void> => {
    const old = await queue.getJob(id);
    if (old && ((await old.isCompleted()) || (await old.isFailed()))) await old.remove();
    await queue.add("trial", { ...task, job }, { jobId: id, attempts: ATTEMPTS });
  };

  return {
    slots: OFFERED,
    async run(job): Promise<TrialResult> {
      await (reached ??= checkAnswer(address));
      const id = `${prefix}-${job.trial}-${job.epochs}`;
      offered.add(id);
      await offer(job, id);
      for (;;) {
        const result = storedTrial(folder, job);
        if (result) return result;
        const state = await Promise.race([queue.getJob(id), delay(FAREWELL_MS, { keepsAlive: false })]);
        if (state && (await state.isFailed())) throw new Error(state.failedReason);
        if (ending.signal.aborted) throw new Error("the search has ended");
        await delay(POLL_MS);
      }
    },
    async stop() {
      const waiting = [...offered].map(async (id) => queue.remove(id).catch(() => undefined));
      await Promise.race([Promise.all(waiting), delay(FAREWELL_MS, { keepsAlive: false })]);
      ending.abort();
      await here;
      connection.disconnect();
    },
  };
}

async function checkAnswer(address: string): Promise<void> {
  if (await answersWithin(connect(address), ANSWER_MS)) return;
  throw new Error(`no Redis server answers at ${withoutPassword(address)}`);
}

export interface ServeOptions {
  /** Searches and modules must lie below one of these. */
  readonly folders: readonly string[];
  /** Trainings at a time, each in a process of its own. */
  readonly workers: number;
  /** Ends it. What runs then is done again by others. */
  readonly signal: AbortSignal;
  /** Also ends it when no training has been there for this long. */
  readonly idleSeconds?: number;
  /** Told of each training that has ended. */
  readonly onTrial?: (order: WorkerOrder, outcome: string) => void;
}

/** Takes trainings from the queue until it is ended. */
export async function serveTrials(address: string, options: ServeOptions): Promise<void> {
  const { folders, workers, signal, idleSeconds = Infinity, onTrial } = options;
  const { Worker } = bullmq();
  const connection = connect(address);
  const processes = Array.from({ length: workers }, () => new TrialWorker());
  const free = [...processes];
  let idleSince = Date.now();
  const worker = new Worker<WorkerOrder>(
    TUNE_QUEUE,
    async ({ data }) => {
      const order = allowedOrder(data, folders);
      const own = free.pop()!;
      try {
        const { value } = await own.run(order);
        onTrial?.(order, `${order.spec.objective.metric} ${value}`);
      } finally {
        free.push(own);
        idleSince = Date.now();
      }
    },
    { connection, ...WORKER_SETTINGS, concurrency: workers },
  );
  worker.on("error", () => undefined);
  worker.on("failed", (job, error) => job && onTrial?.(job.data, `failed: ${error.message}`));
  const isIdle = (): boolean => free.length === workers && Date.now() - idleSince >= idleSeconds * 1000;
  while (!signal.aborted && !isIdle()) await delay(POLL_MS);
  // At once: a training that still runs is another's when its lock has run out. The server may be gone, and never answer.
  await Promise.race([worker.close(true), delay(FAREWELL_MS, { keepsAlive: false })]);
  await Promise.all(processes.map((each) => each.stop()));
  connection.disconnect();
}

/**
 * The order in what the queue holds: anybody who reaches the queue may have written it.
 *
 * @throws Error when it is none, or names a module or folder that this worker may not touch
 */
export function allowedOrder(data: unknown, folders: readonly string[]): WorkerOrder {
  const order = checkKeys("the queue's order", data as WorkerOrder, ["spec", "build", "data", "job"]);
  const paths: unknown[] = [order.spec?.folder, order.build?.path, order.data?.path];
  for (const path of paths) {
    if (typeof path !== "string" || path === "") throw new Error("the queue holds an order without a path");
    if (!folders.some((folder) => isBelow(path, folder)))
      throw new Error(`${path} is not below ${folders.join(", ")}: this worker touches nothing else (--folder)`);
  }
  return order;
}
