/** `dnn-lab-grader`: authors assignments, checks and grades submissions. */
import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { startProgress } from "dnn-lab-core/progress";
import { abortOnSignals, joined } from "dnn-lab-notebooks";
import { parseNotebook, readSubmission, studentOf } from "../archive/submission";
import { readAssignment } from "../assignment/assignment";
import { proveAssignment, writeRelease } from "../authoring/author";
import { templateOf } from "../authoring/release";
import { ManualMarks, givenByHand, notMarkedYet } from "../grading/manual-marks";
import { RefusedError } from "../archive/refused-error";
import type { Graded } from "../grading/result";
import { runWorker } from "../queue/broker";
import { runFleet } from "../queue/fleet";
import { jobFor, latestOfEach, submissionsIn, type GradingJob } from "../queue/job";
import { runLocally, type FailedJob } from "../queue/local";
import { scratchFolder, sweepScratch } from "../queue/scratch";
import { manualMarksIn, writeSummary } from "../queue/summary";
import { bubblewrap, whatIsNotContained } from "../sandbox/bubblewrap";
import { noContainment } from "../sandbox/containment";
import { findRedisServer } from "../sandbox/programs";
import { comparePairs } from "../similarity/compare";
import { fingerprintsOf } from "../similarity/fingerprints";
import { similarityHtml } from "../similarity/report";
import { freshRun, freshRunText, isComplete, readWork } from "../student/fresh-run";
import { writeSubmission } from "../student/submit";
import { parseSubmissionsOptions, usage, type SubmissionsCommand, type SubmissionsOptions } from "./options";

/** More than a handful: then a queue that survives is worth its server. */
const HANDFUL = 8;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The sandbox, or none when that was asked for; what that means is said. */
function containmentOf({ sandbox }: SubmissionsOptions) {
  if (sandbox) return bubblewrap();
  process.stderr.write(`No sandbox. ${whatIsNotContained}\n`);
  return noContainment;
}

async function author(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  const source = options.paths[0]!;
  const assignment = readAssignment(source);
  for (const path of writeRelease(assignment, options.out ?? dirname(source))) say(`wrote ${path}`);
  const { solution, template, problems } = await proveAssignment(assignment, {
    containment: containmentOf(options),
    signal,
  });
  say(`solution: ${solution.earned} of ${assignment.points} points; bare template: ${template.earned}`);
  for (const problem of problems) say(`✗ ${problem}`);
  return problems.length ? 1 : 0;
}

async function fresh(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  const path = options.paths[0]!;
  const work = readWork(path, options.with);
  const progress = startProgress({ title: path, unit: "cells" });
  const result = await freshRun(work, (event) => event.event === "cell" && progress.update(event.cell), signal);
  progress.finish();
  say(freshRunText(work, result));
  const complete = isComplete(work, result);
  if (options.command === "check") {
    say(complete ? "All visible tests pass." : "Something is missing; you may hand in all the same.");
    return complete ? 0 : 1;
  }
  const file = writeSubmission(work, result, options.student ?? userInfo().username, options.out ?? dirname(path));
  say(`Hand in ${file}`);
  return 0;
}

/** The files that are meant: those named, and those in the folders named. */
const filesOf = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => (statSync(path).isDirectory() ? submissionsIn(path) : [path])).map((path) => resolve(path));

async function grade(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  const [source, ...paths] = options.paths as [string, ...string[]];
  const { workers, attempts, sandbox, redis, priority } = options;
  const results = resolve(options.results);
  containmentOf(options);
  const assignment = readAssignment(source);
  const { kept, earlier } = latestOfEach(filesOf(paths));
  for (const path of earlier) say(`left out ${path}: there is a later file of the same student`);
  const jobs = kept.map((path) => jobFor(path, assignment, resolve(source), results));
  ManualMarks.read(manualMarksIn(results)); // a table that cannot be read is told before the work, not after it
  const started = performance.now();
  const progress = startProgress({ title: assignment.name, total: jobs.length, unit: "submissions" });
  let done = 0;
  const common = { workers, attempts, sandbox, signal, onDone: () => progress.update(++done) };
  const queued =
    options.queue === "redis" ||
    redis !== undefined ||
    (options.queue === undefined && jobs.length > HANDFUL && findRedisServer() !== undefined);
  const failed = queued ? await runFleet(jobs, { ...common, redis, results, priority }) : await local(jobs, common);
  progress.finish();
  const seconds = (performance.now() - started) / 1000;
  const marks = { due: options.due, penaltyPerDay: options.penalty };
  const graded = writeSummary({ assignment, jobs, failed, seconds }, results, marks);
  for (const result of graded) say(lineOf(result));
  for (const { job, reason } of failed) say(`! ${job.submission}: could not be graded: ${reason}`);
  say(`Summary: ${join(results, "index.html")}, marks: ${join(results, "marks.csv")}`);
  const open = graded.reduce((sum, result) => sum + notMarkedYet(result), 0);
  const answers = open === 1 ? "1 answer is" : `${open} answers are`;
  if (open) say(`${answers} marked by a person: fill in points in ${manualMarksIn(results)}, then grade again.`);
  return failed.length || graded.length < jobs.length ? 1 : 0;
}

function lineOf(result: Graded): string {
  const { student, status, reason, earned, points, manual, manualPoints } = result;
  if (status === "refused") return `✗ ${student}: refused: ${reason?.replace(/\s+/g, " ")}`;
  const byHand = manual.length ? `, by hand ${givenByHand(result)} of ${manualPoints}` : "";
  return `✓ ${student}: ${earned} of ${points}${byHand}`;
}

async function local(jobs: readonly GradingJob[], options: Parameters<typeof runLocally>[1]): Promise<FailedJob[]> {
  sweepScratch();
  const scratch = scratchFolder();
  process.env.TMPDIR = scratch.path;
  try {
    return await runLocally(jobs, options);
  } finally {
    scratch.remove();
  }
}

async function worker({ redis, idle, quiet }: SubmissionsOptions, signal: AbortSignal): Promise<never> {
  const told = new AbortController();
  signal.addEventListener("abort", () => told.abort());
  // Whoever started it as a child ends it by closing its input; at a terminal or in a batch job there is no such pipe.
  if (quiet) process.stdin.on("end", () => told.abort()).resume();
  const onJob = (job: GradingJob, outcome: string): void =>
    void (quiet || say(`${new Date().toISOString()} ${job.submission}: ${outcome}`));
  await runWorker(redis!, { signal: told.signal, idleSeconds: idle, onJob });
  // Connections that still try to reach a server that is gone would keep the process alive.
  process.exit(0);
}

function similar({ paths: [source, ...paths], out }: SubmissionsOptions): number {
  const assignment = readAssignment(source!);
  const prints = new Map<string, ReturnType<typeof fingerprintsOf>>();
  const sources = new Map<string, readonly string[]>();
  for (const path of filesOf(paths)) {
    try {
      const { notebook } = readSubmission(path, assignment);
      prints.set(studentOf(path), fingerprintsOf(notebook));
      sources.set(
        studentOf(path),
        notebook.cells.map(({ source }) => joined(source)),
      );
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      say(`left out ${path}: ${error.message}`);
    }
  }
  const pairs = comparePairs(
    prints,
    fingerprintsOf(parseNotebook(Buffer.from(JSON.stringify(templateOf(assignment))))),
  );
  for (const { a, b, similarity, shared } of pairs.slice(0, 20))
    say(`${(100 * similarity).toFixed(0).padStart(3)} %  ${a} – ${b} (${shared} shared)`);
  if (out) writeFileAtomic(out, similarityHtml(pairs, assignment.title, sources));
  say(out ? `Report: ${out}` : "Where they are alike: --out report.html");
  return 0;
}

const work: Readonly<
  Record<SubmissionsCommand, (options: SubmissionsOptions, signal: AbortSignal) => number | Promise<number>>
> = {
  ...{ author, check: fresh, submit: fresh, grade, worker, similar },
};

async function main(args: readonly string[]): Promise<number> {
  let options: SubmissionsOptions | undefined;
  try {
    options = parseSubmissionsOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    say(usage);
    return 0;
  }
  const { signal, release } = abortOnSignals();
  try {
    const code = await work[options.command](options, signal);
    return signal.aborted ? 130 : code;
  } catch (error) {
    const { message } = error as Error;
    console.error(error instanceof RefusedError ? `${options.paths[0]} cannot be graded: ${message}.` : message);
    return 1;
  } finally {
    release();
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
