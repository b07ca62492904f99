/**
 * `npm run bench -- grading-class [--submissions 60] [--workers 2]`: grades a class as classes are by the command itself. A worker and the
 * queue's server are killed by SIGKILL after a quarter, the grader itself after a half; it is started again. Then the class is graded
 * anew without any of it. Marks must be equal to the byte, nobody missing, nothing left over.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { delay } from "dnn-lab-core/delay";
import { isAlive } from "dnn-lab-core/processes";
import { writeOddClass } from "./support/odd-class";
import { descendants } from "./support/process-tree";

const program = join(dirname(require.resolve("dnn-lab-grader/package.json")), "bin", "dnn-lab-grader.mjs");

interface Class {
  readonly source: string;
  readonly roster: string;
  readonly handedIn: string;
}

const resultsIn = (results: string): number =>
  existsSync(results)
    ? readdirSync(results).filter((name) => existsSync(join(results, name, "result.json"))).length
    : 0;

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
};

/** Runs the command once; `watch` may kill what it likes. Resolves with all processes that it ever had. */
async function grade(one: Class, results: string, workers: string, watch: (pid: number) => void): Promise<Set<number>> {
  const late = ["--due", "2026-01-02T00:00Z", "--penalty", "10%", "--latest", "7d"];
  const args = ["grade", one.source, one.handedIn, "--roster", one.roster, "--results", results, ...late];
  const child = spawn(process.execPath, [program, ...args, "--queue", "redis", "--workers", workers], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const seen = new Set<number>();
  let ended = false;
  child.on("exit", () => (ended = true));
  while (!ended) {
    for (const pid of descendants(child.pid!)) seen.add(pid);
    watch(child.pid!);
    await delay(200);
  }
  return seen;
}

/** Kills a worker and the server, then the grader, each once and when so many results are there. */
function killer(results: string, count: number): (pid: number) => void {
  const plan = [
    {
      after: count / 4,
      kill: (root: number) =>
        descendants(root)
          .filter((pid) => /worker --redis|redis-server|valkey-server/.test(commandOf(pid)))
          .slice(0, 2),
    },
    { after: count / 2, kill: (root: number) => [root] },
  ];
  return (root) => {
    if (plan[0] === undefined || resultsIn(results) < plan[0].after) return;
    for (const pid of plan.shift()!.kill(root)) {
      process.stderr.write(`SIGKILL to ${commandOf(pid).slice(0, 100)}\n`);
      process.kill(pid, "SIGKILL");
    }
  };
}

async function main(): Promise<void> {
  const options = {
    submissions: { type: "string", default: "60" },
    workers: { type: "string", default: "2" },
  } as const;
  const { values } = parseArgs({ options });
  const folder = mkdtempSync(join(tmpdir(), "odd-class-"));
  const files = (): string[] => readdirSync(tmpdir()).filter((name) => /^dnn-(w\d|box|lab-grade)/.test(name));
  const before = new Set(files());
  try {
    const count = Number(values.submissions);
    const one = writeOddClass(folder, count);
    const [disturbed, quiet] = [join(folder, "disturbed"), join(folder, "quiet")];
    const started = performance.now();
    const kill = killer(disturbed, count);
    const seen = await grade(one, disturbed, values.workers, kill);
    for (const pid of await grade(one, disturbed, values.workers, kill)) seen.add(pid);
    const seconds = (performance.now() - started) / 1000;
    for (const pid of await grade(one, quiet, values.workers, () => undefined)) seen.add(pid);
    const total = (performance.now() - started) / 1000;
    await delay(2000);
    const marks = [disturbed, quiet].map((results) => readFileSync(join(results, "marks.csv"), "utf8"));
    const rows = marks[0]!.trim().split("\n").slice(1);
    const missing = one.students.filter(({ id }) => !rows.some((row) => row.split(",")[3] === id));
    const left = [
      ...[...seen].filter((pid) => isAlive(pid)).map((pid) => `process ${commandOf(pid)}`),
      ...files().filter((name) => !before.has(name)),
    ];
    const scored = rows.filter((row) => row.split(",")[7] !== "");
    console.log(`in the class list                ${one.students.length}, of whom ${count} have handed in`);
    console.log(
      `lines in the marks               ${rows.length}, ${scored.length} with a score; missing: ${missing.length}`,
    );
    console.log(`marks equal to the byte          ${marks[0] === marks[1]}`);
    console.log(`processes and files left over    ${left.length}${left.map((each) => `\n  ${each}`).join("")}`);
    console.log(`with the kills                   ${seconds.toFixed(0)} s`);
    console.log(`without                          ${(total - seconds).toFixed(0)} s`);
    if (marks[0] !== marks[1]) console.log(rows.filter((row) => !marks[1]!.includes(row)).join("\n"));
    const points = new Map<string, number>();
    for (const row of scored) points.set(row.split(",")[7]!, (points.get(row.split(",")[7]!) ?? 0) + 1);
    console.log(
      `raw scores                       ${[...points]
        .sort()
        .map(([score, n]) => `${n} × ${score}`)
        .join(", ")}`,
    );
    process.exitCode = marks[0] === marks[1] && missing.length + left.length === 0 && scored.length === count ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
