/**
 * How the throughput of a class grows with workers, beyond what this machine could grade: the real queue on a real Redis server, whose
 * workers only wait for as long as a job is to last. What is left of the ideal is what queue and server cost.
 *
 *     npm run bench -- grading-scale [--workers 1,2,4,8,16,32,64] [--seconds 0.5] [--jobs 20]
 *
 * `--seconds` is a job's mean length (each is between half and one and a half of it, by seed), `--jobs` their number for each worker.
 * A real job lasts some seconds, so half a second asks the server several times as often as a class does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Queue, Worker, type Job } from "bullmq";
import { checkNumber } from "dnn-lab-core/check";
import { RandomStream } from "dnn-lab-core/random";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { enqueue, QUEUE, type QueuedJob } from "dnn-lab-grader/internal/queue/broker";
import { WORKER_SETTINGS } from "dnn-lab-core/work-queue";
import { connect } from "dnn-lab-grader/internal/queue/queue-connection";
import { startRedis } from "dnn-lab-grader/internal/queue/redis-server";
import { rounded } from "./support/statistics";

interface Waiting {
  readonly address: string;
  readonly seconds: number;
  readonly jobs: number;
}

/** Seconds that `workers` take for `jobs` each, and the sum of what the jobs themselves last. */
async function measure(workers: number, { address, seconds, jobs }: Waiting): Promise<{ took: number; work: number }> {
  const count = workers * jobs;
  const random = new RandomStream(workers);
  const lengths = new Map(Array.from({ length: count }, (_, i) => [`job ${i}`, seconds * (0.5 + random.uniform())]));
  const connections = Array.from({ length: workers + 1 }, () => connect(address));
  const queue = new Queue<QueuedJob>(QUEUE, { connection: connections[0] });
  await queue.obliterate({ force: true });
  let done = 0;
  let finish: (value?: unknown) => void = () => undefined;
  const finished = new Promise((resolve) => (finish = resolve));
  const all = connections.slice(1).map((connection) => {
    const wait = ({ data }: Job<QueuedJob>) => sleep(1000 * lengths.get(data.submission)!);
    const worker = new Worker<QueuedJob>(QUEUE, wait, { connection, ...WORKER_SETTINGS, autorun: false });
    return worker.on("completed", () => ++done === count && finish());
  });
  try {
    const named = [...lengths.keys()].map((submission) => ({
      assignment: "",
      submission,
      results: "",
      key: submission,
    }));
    await enqueue(queue, named, { sandbox: true, attempts: 3 });
    const started = performance.now();
    for (const worker of all) void worker.run();
    await finished;
    return {
      took: (performance.now() - started) / 1000,
      work: [...lengths.values()].reduce((sum, each) => sum + each, 0),
    };
  } finally {
    await Promise.all(all.map((worker) => worker.close()));
    await queue.close();
    for (const connection of connections) connection.disconnect();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workers: { type: "string", default: "1,2,4,8,16,32,64" },
      seconds: { type: "string", default: "0.5" },
      jobs: { type: "string", default: "20" },
    },
  });
  const number = (name: string, text: string, integer: boolean) =>
    checkNumber("bench", `--${name}`, Number(text), integer ? { integer, min: 1 } : { above: 0 });
  const counts = values.workers.split(",").map((text) => number("workers", text, true));
  const [seconds, jobs] = [number("seconds", values.seconds, false), number("jobs", values.jobs, true)];
  const folder = mkdtempSync(join(tmpdir(), "grading-scale-"));
  const server = startRedis(join(folder, "data"), folder);
  try {
    const rows: string[][] = [];
    for (const workers of counts) {
      process.stderr.write(`${workers} workers …\n`);
      const { took, work } = await measure(workers, { address: server.socket, seconds, jobs });
      const count = workers * jobs;
      rows.push([
        String(workers),
        String(count),
        rounded(took),
        rounded(count / took),
        `${((100 * work) / workers / took).toFixed(1)} %`,
      ]);
    }
    process.stdout.write(`${textTable(["workers", "jobs", "seconds", "jobs a second", "of the ideal"], rows)}\n`);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
