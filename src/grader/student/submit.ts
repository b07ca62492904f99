/** Makes the one file that a student hands in: the notebook, what it needs, and what a fresh run of it gave. */
import { join } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import { writeFileAtomic } from "dnn-lab-core/files";
import { inputsOf, provenanceOf } from "dnn-lab-notebooks";
import { studentOf } from "../archive/student-names";
import { archiveNames } from "../archive/submission";
import { writeZip } from "../archive/zip";
import { RefusedError } from "../archive/refused-error";
import type { Graded } from "../grading/result";
import { type Work, unanswered } from "./fresh-run";

/** What `results.json` in the archive says; the grader takes the metrics as claims, and compares. */
function resultsOf({ path, bytes, notebook, assignment }: Work, result: Graded): Record<string, unknown> {
  const { kernel, name, digest } = assignment;
  const { inputs } = inputsOf({ notebook, path, parameters: {}, env: {}, kernel });
  const ran = { facts: result.facts ?? undefined, seconds: result.seconds, cellSeconds: [] };
  return {
    ...{ format: 1, assignment: name, template: digest, notebook: hashOf("sha256", bytes) },
    ...{ metrics: result.metrics, facts: result.facts, checks: result.checks, errors: result.errors },
    provenance: provenanceOf(inputs, path, ran),
  };
}

/**
 * Writes `<folder>/<student>.zip`; returns its path.
 * @throws RefusedError when nothing is answered, or the student's name cannot be a file's
 */
export function writeSubmission(work: Work, result: Graded, student: string, folder: string): string {
  const path = join(folder, `${student}.zip`);
  if (/[\\/]/.test(student) || studentOf(path) !== student.normalize("NFC"))
    throw new RefusedError(`'${student}' cannot be a file's name`);
  const answers = work.assignment.cells.filter(({ role }) => role === "solution" || role === "manual");
  if (answers.length > 0 && unanswered(work.notebook).length >= answers.length)
    throw new RefusedError("no task is answered yet, so there is nothing to grade");
  const files = new Map<string, Uint8Array>([
    [archiveNames.notebook, work.bytes],
    [archiveNames.results, Buffer.from(`${JSON.stringify(resultsOf(work, result), null, 1)}\n`)],
    ...work.files,
  ]);
  writeFileAtomic(path, writeZip(files));
  return path;
}
