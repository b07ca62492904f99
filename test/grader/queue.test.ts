/**
 * The queue, with a worker and its server killed on the way. Most files are refused, which needs no kernel; the whole class of 40 is
 * `npm run bench -- grading`. Workers are the build's (`npm test` makes it).
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { execFile, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Queue } from "bullmq";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readAssignment } from "../../src/grader/assignment/assignment";
import { type GradingJob, doJob, jobFor, storedResult, submissionsIn } from "../../src/grader/queue/job";
import { QUEUE, type QueuedJob, enqueue } from "../../src/grader/queue/broker";
import { connect } from "../../src/grader/queue/queue-connection";
import { runFleet } from "../../src/grader/queue/fleet";
import { runLocally } from "../../src/grader/queue/local";
import { isAlive } from "dnn-lab-core/processes";
import { scratchFolder, sweepScratch } from "../../src/grader/queue/scratch-folder";
import { writeSummary } from "../../src/grader/queue/class-summary";
import { noContainment } from "../../src/grader/sandbox/containment";
import { findRedisServer } from "../../src/grader/sandbox/programs";
import { answered, rightAnswers, settings, smallAssignment, sourceCells, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 400_000 });

const server = findRedisServer();
if (server === undefined) console.warn("Skipped: there is no redis-server (apt install redis-server)");

let folder: string;
let source: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "class-"));
  source = join(folder, "source.ipynb");
  writeFileSync(source, JSON.stringify(sourceNotebook(sourceCells(), { ...settings, quality: [] })));
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in", "ada.ipynb"), JSON.stringify(answered(smallAssignment(), rightAnswers)));
  for (const name of ["bob", "eve", "mal; rm -rf x", "zoe"])
    writeFileSync(join(folder, "in", `${name}.ipynb`), `not a notebook, by ${name}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobsInto = (results: string): GradingJob[] => {
  const assignment = readAssignment(source);
  return submissionsIn(join(folder, "in")).map((path) => jobFor(path, assignment, source, join(folder, results)));
};
const statuses = (jobs: readonly GradingJob[]) => jobs.map((job) => storedResult(job)?.status);

describe("a job", () => {
  it("is known by content, name and assignment, and is not done twice", async () => {
    const [, bob] = jobsInto("once");
    await doJob(bob!, { containment: noContainment });
    const file = join(folder, "once", "bob", "result.json");
    const written = statSync(file).mtimeMs;
    await doJob(bob!, { containment: noContainment });
    expect(statSync(file).mtimeMs).toBe(written);
    expect(storedResult({ ...bob!, key: "another" })).toBeUndefined();
    expect(readdirSync(join(folder, "once", "bob")).sort()).toEqual(["feedback.html", "feedback.json", "result.json"]);
  });

  it("that is interrupted leaves no result", async () => {
    const [ada] = jobsInto("interrupted");
    const signal = AbortSignal.abort("interrupted");
    await expect(doJob(ada!, { containment: noContainment, signal })).rejects.toThrow(/interrupted/);
    expect(storedResult(ada!)).toBeUndefined();
  });
});

describe("temporary folders", () => {
  it("of a process that is no more are swept up, those of one that lives are not", () => {
    const mine = scratchFolder();
    const dead = Array.from({ length: 4_000_000 }, (_, i) => 4_000_000 + i).find((pid) => !isAlive(pid))!;
    const orphan = mkdtempSync(join(tmpdir(), `dnn-w${dead}-`));
    sweepScratch();
    expect([existsSync(mine.path), existsSync(orphan)]).toEqual([true, false]);
    mine.remove();
    expect(existsSync(mine.path)).toBe(false);
  });
});

describe("the local queue", () => {
  it("does each job once, refuses what it must, and writes marks and a summary", async () => {
    const jobs = jobsInto("local").slice(1);
    const options = { workers: 2, attempts: 1, sandbox: false };
    expect(await runLocally(jobs, options)).toEqual([]);
    const again: string[] = [];
    await runLocally(jobs, { ...options, onDone: (job) => void again.push(job.submission) });
    expect(again).toEqual([]);
    expect(statuses(jobs)).toEqual(["refused", "refused", "refused", "refused"]);
    writeSummary({ assignment: readAssignment(source), jobs, failed: [], seconds: 1 }, join(folder, "local"), {});
    expect(readFileSync(join(folder, "local", "marks.csv"), "utf8").split("\n")).toHaveLength(6);
    expect(readFileSync(join(folder, "local", "index.html"), "utf8")).toContain("4 refused");
  });
});

describe.skipIf(server === undefined)("the queue on Redis", () => {
  it("gives every submission one result although a worker and the server are killed", async () => {
    const jobs = jobsInto("fleet");
    const pids = { worker: [] as number[], redis: [] as number[] };
    let done = 0;
    const failed = await runFleet(jobs, {
      ...{ workers: 2, attempts: 3, sandbox: false, results: join(folder, "fleet") },
      onStart: (what, pid) => void pids[what].push(pid),
      onDone() {
        if (++done !== 2) return;
        for (const pid of [pids.worker[0]!, pids.redis[0]!]) process.kill(pid, "SIGKILL");
      },
    });
    expect(failed).toEqual([]);
    expect(done).toBe(jobs.length);
    expect(statuses(jobs)).toEqual(["graded", "refused", "refused", "refused", "refused"]);
    expect(storedResult(jobs[0]!)!.earned).toBe(7);
    expect(pids.worker.length).toBeGreaterThan(2);
    expect([...pids.worker, ...pids.redis].filter(isAlive)).toEqual([]);
    const left = readdirSync(tmpdir()).filter((name) => pids.worker.some((pid) => name.startsWith(`dnn-w${pid}-`)));
    expect(left).toEqual([]);
  });

  it("reached by URL serves a worker that was started by hand, which takes one late student first", async () => {
    const port = await freePort();
    const redis = spawn(server!, ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder], {
      stdio: "ignore",
    });
    const address = `redis://127.0.0.1:${port}`;
    const connection = connect(address);
    const queue = new Queue<QueuedJob>(QUEUE, { connection });
    queue.on("error", () => undefined); // until the server is there
    const [, ...jobs] = jobsInto("by-url");
    try {
      await enqueue(queue, jobs, { sandbox: false, attempts: 1 });
      await enqueue(queue, [jobs[2]!], { sandbox: false, attempts: 1, priority: 1 });
      const script = join(__dirname, "..", "..", "src", "grader", "dist", "cli", "grader.js");
      const args = [script, "worker", "--redis", address, "--idle", "3", "--folder", folder, "--no-sandbox"];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const order = stdout
        .trim()
        .split("\n")
        .map((line) => /([^/]*): refused$/.exec(line)?.[1]);
      expect(order).toEqual(["mal; rm -rf x.ipynb", "bob.ipynb", "eve.ipynb", "zoe.ipynb"]);
      expect(statuses(jobs)).toEqual(["refused", "refused", "refused", "refused"]);
    } finally {
      await queue.close();
      connection.disconnect();
      redis.kill("SIGKILL");
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
