/** A job of the queue: one file to be graded. Whoever takes it may die at any moment, and another does it again. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import type { Notebook } from "dnn-lab-notebooks";
import { folderOf, resultName } from "../archive/student-names";
import { identify, readSubmission } from "../archive/submission";
import { type Assignment, readAssignment } from "../assignment/assignment";
import { type GradeOptions, gradeSubmission } from "../grading/grade";
import type { Submission } from "../archive/handed-in";
import { GraderError, ofContent } from "../grading/grader-error";
import { RefusedError } from "../archive/refused-error";
import { type Graded, refused } from "../grading/result";
import { changesOf } from "../grading/changes";
import type { Stage } from "../feedback/stage";
import { ATTEMPTS, earlierResult, putAway, store, storedIn, writeExecuted, writeFeedback } from "./stored-results";

export interface GradingJob {
  /** The assignment's source. */
  readonly assignment: string;
  readonly submission: string;
  /** Whose it is, where the file's own name is not the student's. */
  readonly student?: string;
  /** When it was handed in, ISO 8601, where the file's own time does not say it. */
  readonly submitted?: string;
  /** By what the student's own values are drawn, where the assignment has such. */
  readonly variant?: string;
  /** Where all attempts of a student are graded: which one this is, by its key. */
  readonly attempt?: string;
  /** What the student may see for now (default: everything). */
  readonly stage?: Stage;
  /** Folder of all results. */
  readonly results: string;
  /** Identifies what is graded by what: hash of the submission's bytes, its name and the assignment. */
  readonly key: string;
}

/** The bytes that are graded; of what is too large, special or cannot be read, a word. */
function contentOf(path: string, limitBytes: number): Uint8Array | string {
  try {
    const about = lstatSync(path);
    return about.isFile() && about.size <= limitBytes ? readFileSync(path) : `${about.mode} ${about.size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

interface JobAbout extends Pick<GradingJob, "student" | "submitted" | "stage" | "variant"> {
  /** Whether it is one of several attempts that are all graded. */
  readonly isAttempt?: boolean;
}

/** The job for a file; the same content, name and assignment give the same key. */
export function jobFor(
  submission: string,
  assignment: Assignment,
  source: string,
  results: string,
  { student, submitted, stage, variant, isAttempt = false }: JobAbout = {},
): GradingJob {
  const content = contentOf(submission, assignment.limits.submissionMB * 1e6);
  const name = student ?? basename(submission);
  const whose = assignment.hasVariants ? (variant ?? student ?? resultName(submission)) : undefined;
  const values = whose === undefined ? [] : [whose, "\0"];
  const key = hashOf("sha256", name, "\0", content, "\0", assignment.digest, "\0", ...values);
  return {
    ...{ assignment: source, submission, results },
    ...(student === undefined ? {} : { student }),
    ...(submitted === undefined ? {} : { submitted }),
    ...(stage === undefined ? {} : { stage }),
    ...(whose === undefined ? {} : { variant: whose }),
    ...(isAttempt ? { attempt: key.slice(0, 12) } : {}),
    key,
  };
}

/** The student of a job. */
export const studentOfJob = ({ student, submission }: GradingJob): string => student ?? resultName(submission);

/** The files of submissions in a folder, sorted by name: every entry that is not hidden, also folders and links. */
export function submissionsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  return names.sort().map((name) => join(folder, name));
}

/** The folder of the student's result; of one of several attempts a folder below it. */
export function resultFolder(job: GradingJob): string {
  const own = join(job.results, folderOf(studentOfJob(job)));
  return job.attempt === undefined ? own : join(own, ATTEMPTS, job.attempt);
}

/** The result of a job that was done before; undefined when there is none that belongs to it. */
export function storedResult(job: GradingJob): Graded | undefined {
  const stored = storedIn(resultFolder(job));
  return stored?.key === job.key ? stored.result : undefined;
}

/**
 * Grades what the job names and stores the result; a job that was done is not done again.
 * @throws GraderError, and errors of the file system: then nothing is stored, and the job may be tried again
 */
export async function doJob(job: GradingJob, options: GradeOptions): Promise<Graded> {
  const known = storedResult(job);
  if (known) return known;
  const assignment = readAssignment(job.assignment, { variant: job.variant });
  let executed: Notebook | undefined;
  const result = await graded(job, assignment, { ...options, onExecuted: (notebook) => (executed = notebook) });
  // An interrupted run is no judgement about the submission.
  if (options.signal?.aborted) throw new GraderError("the grading was interrupted");
  const folder = resultFolder(job);
  const before = earlierResult(folder);
  const changed = before && changesOf(before, result);
  const told = changed ? { ...result, changed } : result;
  if (before) putAway(folder);
  if (executed) writeExecuted(folder, executed);
  writeFeedback(folder, told, assignment.title, job.stage);
  store(folder, { key: job.key, result: told });
  return told;
}

async function graded(job: GradingJob, assignment: Assignment, options: GradeOptions): Promise<Graded> {
  const { name, digest, points, manualPoints } = assignment;
  try {
    return await gradeSubmission(submissionOf(job, assignment), assignment, options);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const about = { assignment: name, digest, points, manualPoints, student: studentOfJob(job) };
    return refused({ ...about, ...identity(job, assignment) }, error.message);
  }
}

const submissionOf = (job: GradingJob, assignment: Assignment): Submission =>
  ofContent("it cannot be read", () => readSubmission(job.submission, assignment, job));

function identity(job: GradingJob, assignment: Assignment): { submission: string; submitted: string } {
  try {
    const { hash, submitted } = identify(job.submission, assignment, job);
    return { submission: hash, submitted };
  } catch {
    return { submission: "", submitted: job.submitted ?? lstatSync(job.submission).mtime.toISOString() };
  }
}
