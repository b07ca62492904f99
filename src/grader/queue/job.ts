/** A job of the queue: one file to be graded. Whoever takes it may die at any moment, and another does it again. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { folderOf, resultName } from "../archive/names";
import { identify, readSubmission } from "../archive/submission";
import { type Assignment, readAssignment } from "../assignment/assignment";
import { type GradeOptions, gradeSubmission } from "../grading/grade";
import type { Submission } from "../archive/handed-in";
import { GraderError, ofContent } from "../grading/grader-error";
import { RefusedError } from "../archive/refused-error";
import { type Graded, refused } from "../grading/result";
import { store, storedIn, writeFeedback } from "./store";

export interface GradingJob {
  /** The assignment's source. */
  readonly assignment: string;
  readonly submission: string;
  /** Folder of all results. */
  readonly results: string;
  /** Identifies what is graded by what: hash of the submission's bytes, its name and the assignment. */
  readonly key: string;
}

const hashOf = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};

/** The bytes that are graded; of what is too large, special or cannot be read, a word. */
function contentOf(path: string, limitBytes: number): Uint8Array | string {
  try {
    const about = lstatSync(path);
    return about.isFile() && about.size <= limitBytes ? readFileSync(path) : `${about.mode} ${about.size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** The job for a file; the same content, name and assignment give the same key. */
export function jobFor(submission: string, assignment: Assignment, source: string, results: string): GradingJob {
  const content = contentOf(submission, assignment.limits.submissionMB * 1e6);
  return {
    ...{ assignment: source, submission, results },
    key: hashOf(basename(submission), content, assignment.digest),
  };
}

/** The files of submissions in a folder, sorted by name: each that is not hidden, whatever it is. */
export function submissionsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  return names.sort().map((name) => join(folder, name));
}

interface Candidate {
  readonly path: string;
  readonly changed: number;
}

/** Of files of one student and one time the archive comes last: it has all that was handed in. */
function isLater(a: Candidate, b: Candidate): boolean {
  if (a.changed !== b.changed) return a.changed > b.changed;
  return extname(a.path).toLowerCase() === ".zip" && extname(b.path).toLowerCase() !== ".zip";
}

function candidate(path: string): Candidate {
  try {
    return { path, changed: lstatSync(path).mtimeMs };
  } catch {
    return { path, changed: -Infinity };
  }
}

export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

/** Of several files of one student the latest counts; the others are told apart, each with the reason. */
export function latestOfEach(paths: readonly string[]): {
  readonly kept: readonly string[];
  readonly earlier: readonly LeftOut[];
} {
  const latest = new Map<string, Candidate>();
  const all = paths.map(candidate);
  for (const each of all) {
    const known = latest.get(resultName(each.path));
    if (known === undefined || isLater(each, known)) latest.set(resultName(each.path), each);
  }
  const kept = [...latest.values()];
  const earlier = all.filter((each) => !kept.includes(each)).map((each): LeftOut => {
    const taken = latest.get(resultName(each.path))!;
    const unclear = taken.changed === each.changed;
    const why = unclear
      ? `it is as old as ${basename(taken.path)} of the same student, which was taken; leave one of them out if that is wrong`
      : `there is a later file of the same student, ${basename(taken.path)}`;
    return { path: each.path, why };
  });
  return { kept: kept.map(({ path }) => path), earlier };
}

export const resultFolder = ({ results, submission }: GradingJob): string =>
  join(results, folderOf(resultName(submission)));

/** The result of a job that was done before; undefined when there is none that belongs to it. */
export function storedResult(job: GradingJob): Graded | undefined {
  const stored = storedIn(resultFolder(job));
  return stored?.key === job.key ? stored.result : undefined;
}

/**
 * Grades what the job names and stores the result; a job that was done is not done again.
 * @throws GraderError, and whatever the system refuses: then nothing is stored, and the job may be tried again
 */
export async function doJob(job: GradingJob, options: GradeOptions): Promise<Graded> {
  const known = storedResult(job);
  if (known) return known;
  const assignment = readAssignment(job.assignment);
  const result = await graded(job, assignment, options);
  // What was interrupted says nothing of the submission.
  if (options.signal?.aborted) throw new GraderError("the grading was interrupted");
  const folder = resultFolder(job);
  writeFeedback(folder, result, assignment.title);
  store(folder, { key: job.key, result });
  return result;
}

async function graded(job: GradingJob, assignment: Assignment, options: GradeOptions): Promise<Graded> {
  const { name, digest, points, manualPoints } = assignment;
  try {
    return await gradeSubmission(submissionOf(job, assignment), assignment, options);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const about = { assignment: name, digest, points, manualPoints, student: resultName(job.submission) };
    return refused({ ...about, ...identity(job, assignment) }, error.message);
  }
}

const submissionOf = (job: GradingJob, assignment: Assignment): Submission =>
  ofContent("it cannot be read", () => readSubmission(job.submission, assignment));

function identity(job: GradingJob, assignment: Assignment): { submission: string; submitted: string } {
  try {
    const { hash, submitted } = identify(job.submission, assignment);
    return { submission: hash, submitted };
  } catch {
    return { submission: "", submitted: lstatSync(job.submission).mtime.toISOString() };
  }
}
