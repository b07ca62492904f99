/** `dnn-lab author`, `check`, `submit`, `grade`, `worker` and `similar`. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { startProgress } from "dnn-lab-core/progress";
import { abortOnSignals, joined } from "dnn-lab-notebooks";
import { handedIn, handedInFile, type HandedIn } from "../archive/downloads";
import { printable } from "../archive/student-names";
import { Roster, type Person } from "../archive/roster";
import { parseNotebook } from "../archive/parse-notebook";
import { readSubmission } from "../archive/submission";
import { type Assignment, readAssignment } from "../assignment/assignment";
import { proveAssignment, writeRelease, writeVariants } from "../authoring/author";
import { templateOf } from "../authoring/release";
import { ManualMarks, givenByHand, notMarkedYet } from "../grading/manual-marks";
import { RefusedError } from "../archive/refused-error";
import { extended } from "../grading/due";
import type { MarksOptions } from "../grading/marks";
import type { Graded } from "../grading/result";
import { stageAt } from "../feedback/stage";
import { keepBest } from "../queue/best-attempt";
import { runWorker } from "../queue/broker";
import { runFleet } from "../queue/fleet";
import { checkAddress } from "../queue/queue-connection";
import { classOf } from "../queue/class";
import { jobFor, resultFolder, studentOfJob, type GradingJob } from "../queue/job";
import { type FailedJob, runLocally } from "../queue/local";
import { takeResults } from "../queue/results-lock";
import { scratchFolder, sweepScratch } from "../queue/scratch-folder";
import { putAway, setDamagedAside } from "../queue/stored-results";
import { manualMarksIn, writeSummary } from "../queue/class-summary";
import { bubblewrap, whatIsNotContained } from "../sandbox/bubblewrap";
import { noContainment } from "../sandbox/containment";
import { findRedisServer } from "../sandbox/programs";
import { MarkingDesk } from "../marking/desk";
import { serveMarking } from "../marking/marking-server";
import { comparePairs } from "../similarity/compare-submissions";
import { fingerprintsOf } from "../similarity/fingerprints";
import { similarityHtml } from "../similarity/report";
import { freshRun, freshRunText, isComplete, readWork } from "../student/fresh-run";
import { writeSubmission } from "../student/submit";
import { parseSubmissionsOptions, usage, type SubmissionsCommand, type SubmissionsOptions } from "./grader-options";

/** More than a handful: then a queue that survives is worth its server. */
const HANDFUL = 8;

/** What others have written is in these lines too: nothing in them may steer the terminal. */
const say = (text: string): void => void process.stdout.write(`${text.split("\n").map(printable).join("\n")}\n`);

/** The sandbox; none when the user asked for none, and then a line says what that means. */
function containmentOf({ sandbox }: SubmissionsOptions) {
  if (sandbox) {
    const containment = bubblewrap();
    if (containment.note !== undefined) process.stderr.write(`${containment.note}\n`);
    return containment;
  }
  process.stderr.write(`No sandbox. ${whatIsNotContained}\n`);
  return noContainment;
}

async function author(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  const source = options.paths[0]!;
  const assignment = readAssignment(source);
  const folder = options.out ?? dirname(source);
  for (const path of writeRelease(assignment, folder)) say(`wrote ${path}`);
  if (options.roster !== undefined) {
    if (!assignment.hasVariants)
      throw new TypeError("--roster: the assignment has no variants, so one template is enough");
    const written = writeVariants(source, Roster.read(options.roster).people, folder);
    say(`wrote ${written.length} templates below ${join(folder, "templates")}`);
  }
  // Where students have values of their own, two of them must do.
  const each = assignment.hasVariants ? [assignment, readAssignment(source, { variant: "another" })] : [assignment];
  let failed = false;
  for (const one of each) {
    const { solution, template, problems } = await proveAssignment(one, {
      containment: containmentOf(options),
      signal,
    });
    const values = Object.entries(one.variant).map(([name, value]) => `${name} = ${value}`);
    const of = values.length ? `with ${values.join(", ")}: ` : "";
    say(`${of}solution: ${solution.earned} of ${assignment.points} points; bare template: ${template.earned}`);
    for (const problem of problems) say(`✗ ${problem}`);
    failed ||= problems.length > 0;
  }
  return failed ? 1 : 0;
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
    say(complete ? "All visible tests pass." : "Something is missing; you may still hand in.");
    return complete ? 0 : 1;
  }
  const file = writeSubmission(work, result, options.student ?? userInfo().username, options.out ?? dirname(path));
  say(`Hand in ${file}`);
  return 0;
}

/** What is meant: the files named, and those in the folders named. */
const filesOf = (paths: readonly string[]): HandedIn[] =>
  paths.flatMap((path) => (statSync(path).isDirectory() ? handedIn(resolve(path)) : [handedInFile(resolve(path))]));

interface Work {
  readonly jobs: readonly GradingJob[];
  readonly absent: readonly Person[];
}

/** The jobs of the files that are meant, with what was left out said. */
function workOf(options: SubmissionsOptions, assignment: Assignment, results: string, marks: MarksOptions): Work {
  const { roster } = marks;
  const [source, ...paths] = options.paths as [string, ...string[]];
  const { kept, attempts, earlier, unknown, absent } = classOf(filesOf(paths), roster);
  const isAttempt = options.keep === "best";
  for (const { path, why } of isAttempt ? [] : earlier) say(`left out ${path}: ${why}`);
  if (unknown.length) say(`not in the class list: ${unknown.join(", ")}`);
  const wanted = options.students.map((name) => roster?.find(name)?.id ?? name.normalize("NFC"));
  const without = wanted.filter((name) => !kept.some(({ student }) => student === name));
  if (without.length) throw new TypeError(`--student: nothing was handed in by ${without.join(", ")}`);
  const stage = stageAt(Date.now(), marks);
  const variantOf = (student: string): string => roster?.find(student)?.variant || student;
  const jobs = (isAttempt ? attempts : kept)
    .filter(({ student }) => wanted.length === 0 || wanted.includes(student))
    .map(({ path, ...whose }) =>
      jobFor(path, assignment, resolve(source), results, {
        ...whose,
        stage,
        isAttempt,
        variant: variantOf(whose.student),
      }),
    );
  return { jobs, absent };
}

/** The page for marking, until it is interrupted. */
async function serve(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  const results = resolve(options.results);
  const assignment = readAssignment(options.paths[0]!);
  const giveBack = takeResults(results);
  try {
    const desk = new MarkingDesk(results, assignment, {
      anonymous: options.anonymous,
      salt: randomBytes(16).toString("hex"),
    });
    const server = await serveMarking(desk, assignment.title, options.port);
    say(`Marking page, for this machine only: ${server.url}`);
    say("Ctrl-C ends it; then grade again, which brings marks and reports up to date and runs nothing twice.");
    if (!signal.aborted) await once(signal, "abort");
    await server.close();
    return 0;
  } finally {
    giveBack();
  }
}

async function grade(options: SubmissionsOptions, signal: AbortSignal): Promise<number> {
  if (options.serve) return serve(options, signal);
  const results = resolve(options.results);
  containmentOf(options);
  const assignment = readAssignment(options.paths[0]!);
  // A queue that others share is made for several; of the folder's own one process has charge.
  const giveBack = options.redis === undefined ? takeResults(results) : () => undefined;
  try {
    return await gradeInto(results, assignment, options, signal);
  } finally {
    giveBack();
  }
}

async function gradeInto(
  results: string,
  assignment: Assignment,
  options: SubmissionsOptions,
  signal: AbortSignal,
): Promise<number> {
  const { workers, attempts, sandbox, redis, priority } = options;
  const roster = options.roster === undefined ? undefined : Roster.read(options.roster);
  for (const { id, extension } of roster?.people ?? []) {
    try {
      extended(0, extension, options.zone);
    } catch (error) {
      throw new TypeError(`${options.roster!}: the extension of ${id}: ${(error as Error).message}`, { cause: error });
    }
  }
  const { due, zone, graceMs, penalty, penaltyLimit, latestMs, release, keep } = options;
  const marks: MarksOptions = {
    ...{ due, zone, graceMs, latestMs, penaltyPerDay: penalty, penaltyLimit, release, roster },
  };
  const { jobs, absent } = workOf(options, assignment, results, marks);
  ManualMarks.read(manualMarksIn(results)); // a table that cannot be read is reported before the work, not after it
  for (const path of setDamagedAside(results))
    say(`${path} was damaged: it was put aside, and that submission is graded again when it is one of those named`);
  if (options.force) for (const job of jobs) putAway(resultFolder(job));
  const started = performance.now();
  const progress = startProgress({ title: assignment.name, total: jobs.length, unit: "submissions" });
  let done = 0;
  const common = { workers, attempts, sandbox, signal, onDone: () => progress.update(++done) };
  const queued =
    options.queue === "redis" ||
    redis !== undefined ||
    (options.queue === undefined && jobs.length > HANDFUL && findRedisServer() !== undefined);
  const failed = queued
    ? await runFleet(jobs, { ...common, redis, results, priority, onNote: say })
    : await local(jobs, common);
  progress.finish();
  const seconds = (performance.now() - started) / 1000;
  const counting = keep === "best" ? keepBest(jobs, assignment, marks, ManualMarks.read(manualMarksIn(results))) : jobs;
  const batch = { assignment, jobs: counting, failed, absent, seconds };
  const { results: graded, outdated } = writeSummary(batch, results, marks);
  for (const result of graded) say(lineOf(result));
  for (const { job, reason } of failed)
    say(`! ${studentOfJob(job)}: grader error, not a grade: ${reason} (grade again: --student)`);
  if (outdated.length)
    say(
      `${outdated.length} of the class were graded by an earlier version of the assignment: grade their files again to have them by this one.`,
    );
  say(`Summary: ${join(results, "index.html")}, marks: ${join(results, "marks.csv")}`);
  const open = graded.reduce((sum, result) => sum + notMarkedYet(result), 0);
  const answers = open === 1 ? "1 answer is" : `${open} answers are`;
  if (open) say(`${answers} marked by a person: fill in points in ${manualMarksIn(results)}, then grade again.`);
  return failed.length || graded.length < counting.length ? 1 : 0;
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

async function worker(
  { redis, idle, quiet, sandbox, folders }: SubmissionsOptions,
  signal: AbortSignal,
): Promise<never> {
  if (sandbox) bubblewrap(); // reports now when there is no sandbox
  const told = new AbortController();
  signal.addEventListener("abort", () => told.abort());
  // Whoever started it as a child ends it by closing its input; at a terminal or in a batch job there is no such pipe.
  if (quiet) process.stdin.on("end", () => told.abort()).resume();
  const onJob = (job: GradingJob, outcome: string): void =>
    void (quiet || say(`${new Date().toISOString()} ${job.submission}: ${outcome}`));
  await runWorker(redis!, { signal: told.signal, idleSeconds: idle, onJob, sandbox, folders });
  // Connections that still try to reach a server that is gone would keep the process alive.
  process.exit(0);
}

function similar({ paths: [source, ...paths], out }: SubmissionsOptions): number {
  const assignment = readAssignment(source!);
  const prints = new Map<string, ReturnType<typeof fingerprintsOf>>();
  const sources = new Map<string, readonly string[]>();
  for (const { path, student } of classOf(filesOf(paths)).kept) {
    try {
      const { notebook } = readSubmission(path, assignment, { student });
      prints.set(student, fingerprintsOf(notebook));
      sources.set(
        student,
        notebook.cells.map(({ source }) => joined(source)),
      );
    } catch (error) {
      // Of whatever kind: one notebook that cannot be read must not hide the likeness of others.
      say(`left out ${path}: ${(error as Error).message}`);
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
    if (options?.redis !== undefined) checkAddress(options.redis);
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
    const told = error instanceof RefusedError ? `${options.paths[0]} cannot be graded: ${message}.` : message;
    console.error(told.split("\n").map(printable).join("\n"));
    return 1;
  } finally {
    release();
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
