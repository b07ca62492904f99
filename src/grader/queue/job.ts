/** A job of the queue: one file to be graded. Whoever takes it may die at any moment, and another does it again. */
import { existsSync, readdirSync, readFileSync, lstatSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, extname, join } from "node:path";
import { writeFileDurable } from "dnn-lab-core/files";
import { identify, readSubmission } from "../archive/submission";
import { readAssignment, type Assignment } from "../assignment/assignment";
import { feedbackHtml, feedbackJson } from "../feedback/html";
import { gradeSubmission, type GradeOptions } from "../grading/grade";
import { RefusedError } from "../archive/refused-error";
import { refused, type Graded } from "../grading/result";

export interface GradingJob {
  /** The assignment's source. */
  readonly assignment: string;
  readonly submission: string;
  /** Folder of all results. */
  readonly results: string;
  /** Identifies what is graded by what: hash of the submission's bytes, its name and the assignment. */
  readonly key: string;
}

/** The name that a submission's results have: the student's, or for a name that cannot be used a hash of it. */
export function resultName(path: string): string {
  const name = basename(path, extname(path));
  return /^[a-z0-9][\w.@+-]{0,99}$/i.test(name) ? name : `refused-${hashOf(name).slice(0, 12)}`;
}

const hashOf = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};

/** The job for a file; the same content, name and assignment give the same key. */
export function jobFor(submission: string, assignment: Assignment, source: string, results: string): GradingJob {
  const regular = lstatSync(submission).isFile() && lstatSync(submission).size <= assignment.limits.submissionMB * 1e6;
  const key = hashOf(basename(submission), regular ? readFileSync(submission) : "", assignment.digest);
  return { assignment: source, submission, results, key };
}

/** The files of submissions in a folder, sorted by name: each that is not hidden, whatever it is. */
export function submissionsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  return names.sort().map((name) => join(folder, name));
}

/** Of several files of one student the latest counts; the others are told apart. */
export function latestOfEach(paths: readonly string[]): {
  readonly kept: readonly string[];
  readonly earlier: readonly string[];
} {
  const latest = new Map<string, string>();
  const changed = (path: string): number => lstatSync(path).mtimeMs;
  for (const path of paths) {
    const name = resultName(path);
    const known = latest.get(name);
    if (known === undefined || changed(path) > changed(known)) latest.set(name, path);
  }
  const kept = new Set(latest.values());
  return { kept: [...kept], earlier: paths.filter((path) => !kept.has(path)) };
}

export const resultFolder = ({ results, submission }: GradingJob): string => join(results, resultName(submission));

interface Stored {
  readonly key: string;
  readonly result: Graded;
}

function storedIn(folder: string): Stored | undefined {
  const path = join(folder, "result.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Stored) : undefined;
}

/** The result in a student's folder, of whatever was graded there last. */
export const resultIn = (folder: string): Graded | undefined => storedIn(folder)?.result;

/** The result of a job that was done before; undefined when there is none that belongs to it. */
export function storedResult(job: GradingJob): Graded | undefined {
  const stored = storedIn(resultFolder(job));
  return stored?.key === job.key ? stored.result : undefined;
}

/** Writes a student's report. */
export function writeFeedback(folder: string, result: Graded, title: string): void {
  const write = (name: string, text: string): void => writeFileDurable(join(folder, name), [Buffer.from(text)]);
  write("feedback.html", feedbackHtml(result, title));
  write("feedback.json", feedbackJson(result));
}

/** Grades what the job names and stores the result; a job that was done is not done again. */
export async function doJob(job: GradingJob, options: GradeOptions): Promise<Graded> {
  const known = storedResult(job);
  if (known) return known;
  const assignment = readAssignment(job.assignment);
  const result = await graded(job, assignment, options);
  // What was interrupted says nothing of the submission.
  if (options.signal?.aborted) throw new Error("the grading was interrupted");
  const folder = resultFolder(job);
  writeFeedback(folder, result, assignment.title);
  // Last: with it the job is done.
  const stored = `${JSON.stringify({ key: job.key, result } satisfies Stored, null, 1)}\n`;
  writeFileDurable(join(folder, "result.json"), [Buffer.from(stored)]);
  return result;
}

async function graded(job: GradingJob, assignment: Assignment, options: GradeOptions): Promise<Graded> {
  const { name, digest, points, manualPoints } = assignment;
  try {
    return await gradeSubmission(readSubmission(job.submission, assignment), assignment, options);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const about = { assignment: name, digest, points, manualPoints, student: resultName(job.submission) };
    return refused({ ...about, ...identity(job, assignment) }, error.message);
  }
}

function identity(job: GradingJob, assignment: Assignment): { submission: string; submitted: string } {
  try {
    const { hash, submitted } = identify(job.submission, assignment);
    return { submission: hash, submitted };
  } catch {
    return { submission: "", submitted: lstatSync(job.submission).mtime.toISOString() };
  }
}
