/** `dnn-lab tune-worker`: takes trainings of searches from a queue. */
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { checkNumber } from "dnn-lab-core/check";
import { checkRedisAddress } from "dnn-lab-core/work-queue";
import { serveTrials } from "../training/tuning/trial-queue";

const usage = `Usage: dnn-lab tune-worker --redis <url | socket> --folder <folder> [options]

Trains for searches (tune with the option redis) of this machine and others that see the same files.

  --redis <url | socket>   redis://:password@host:port, rediss://…, or the path of a socket
  --folder <folder>        what it may touch: searches and modules below it (may be given several times)
  --workers <n>            trainings at a time (default 1)
  --idle <seconds>         ends when nothing was to be done for so long (default: stays)
  --quiet                  no line for each training`;

/** Runs until it is interrupted; resolves to the exit code. */
export async function tuneWorker(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      redis: { type: "string" },
      folder: { type: "string", multiple: true, default: [] },
      workers: { type: "string", default: "1" },
      idle: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { redis, folder } = values;
  if (redis === undefined) throw new TypeError("tune-worker needs --redis <url | socket>");
  if (folder.length === 0) throw new TypeError("tune-worker needs --folder <folder>: what it may touch");
  checkRedisAddress("--redis", redis);
  const owner = "tune-worker";
  const workers = checkNumber(owner, "--workers", Number(values.workers), { integer: true, min: 1 });
  const idleSeconds =
    values.idle === undefined ? undefined : checkNumber(owner, "--idle", Number(values.idle), { above: 0 });
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  await serveTrials(redis, {
    ...{ folders: folder.map((each) => resolve(each)), workers, idleSeconds, signal: ending.signal },
    onTrial: ({ spec, job }, outcome) =>
      values.quiet || console.log(`${spec.folder}: trial ${job.trial} up to epoch ${job.epochs}: ${outcome}`),
  });
  return 0;
}
