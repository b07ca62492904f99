/**
 * `npm run bench -- grading [--submissions 40]`: grades a class with two workers, kills one worker and the queue's server
 * with SIGKILL half-way, and compares with one worker and with two that nobody disturbs: results, grades, what is left over, throughput.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readAssignment } from "dnn-lab-grader/internal/assignment/assignment";
import { runFleet } from "dnn-lab-grader/internal/queue/fleet";
import { jobFor, storedResult, submissionsIn, type GradingJob } from "dnn-lab-grader/internal/queue/job";
import type { FailedJob } from "dnn-lab-grader/internal/queue/local";
import { writeClass } from "./support/class";

const OURS = /valkey-server|redis-server|grade-one|dnn-w\d|dnn-box/;

/** Processes and files of grading that are there now. */
function traces(): string[] {
  const own = String(process.pid);
  const processes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && pid !== own && OURS.test(commandOf(pid)));
  const files = readdirSync(tmpdir()).filter((name) => /^dnn-(w\d|box|lab-grade)/.test(name));
  return [...processes.map((pid) => `process ${commandOf(pid).slice(0, 80)}`), ...files];
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** What must not depend on who graded when: points and tests, of every student. */
function gradesOf(jobs: readonly GradingJob[]): Map<string, string> {
  return new Map(
    jobs.map((job) => {
      const result = storedResult(job);
      const tests = result?.checks.flatMap(({ tests: all }) => all.map(({ passed }) => passed));
      return [job.submission, JSON.stringify([result?.status, result?.earned, result?.reason, tests])];
    }),
  );
}

interface Measured {
  readonly jobs: readonly GradingJob[];
  readonly failed: readonly FailedJob[];
  readonly seconds: number;
}

async function measure(
  source: string,
  folder: string,
  name: string,
  workers: number,
  disturb: boolean,
): Promise<Measured> {
  const assignment = readAssignment(source);
  const results = join(folder, name);
  const jobs = submissionsIn(join(folder, "in")).map((path) => jobFor(path, assignment, source, results));
  const pids = { worker: [] as number[], redis: [] as number[] };
  let done = 0;
  const started = performance.now();
  const failed = await runFleet(jobs, {
    ...{ workers, attempts: 3, sandbox: true, results },
    onStart: (what, pid) => void pids[what].push(pid),
    onDone() {
      done++;
      process.stderr.write(
        `${name}: ${done} of ${jobs.length} (${((performance.now() - started) / 1000).toFixed(0)} s)\n`,
      );
      if (!disturb || done !== Math.floor(jobs.length / 2)) return;
      process.stderr.write(`SIGKILL to worker ${pids.worker[0]} and to the server ${pids.redis[0]}\n`);
      process.kill(pids.worker[0]!, "SIGKILL");
      process.kill(pids.redis[0]!, "SIGKILL");
    },
  });
  return { jobs, failed, seconds: (performance.now() - started) / 1000 };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { submissions: { type: "string", default: "40" } } });
  const folder = mkdtempSync(join(tmpdir(), "class-"));
  const before = new Set(traces());
  try {
    const source = writeClass(folder, Number(values.submissions));
    const disturbed = await measure(source, folder, "two workers, disturbed", 2, true);
    const left = traces().filter((each) => !before.has(each));
    const serial = await measure(source, folder, "one worker", 1, false);
    const pair = await measure(source, folder, "two workers", 2, false);
    const [ours, theirs] = [gradesOf(disturbed.jobs), gradesOf(serial.jobs)];
    const different = [...ours].filter(([name, grade]) => theirs.get(name) !== grade);
    const folders = readdirSync(join(folder, "two workers, disturbed")).filter((name) => !name.startsWith("."));
    console.log(`submissions                      ${disturbed.jobs.length}`);
    console.log(
      `results after the kills          ${folders.length} folders, ${disturbed.jobs.filter(storedResult).length} results, ${disturbed.failed.length} failed`,
    );
    console.log(
      `grades other than one worker's   ${different.length}${different.map(([name]) => `\n  ${name}: ${ours.get(name)} and ${theirs.get(name)}`).join("")}`,
    );
    console.log(`processes and files left over    ${left.length}${left.map((each) => `\n  ${each}`).join("")}`);
    for (const [name, { jobs, seconds }] of Object.entries({
      "two workers, disturbed": disturbed,
      "one worker": serial,
      "two workers": pair,
    }))
      console.log(
        `${name.padEnd(32)} ${seconds.toFixed(1)} s, ${((60 * jobs.length) / seconds).toFixed(1)} submissions a minute`,
      );
    process.exitCode = different.length || left.length || disturbed.failed.length ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
