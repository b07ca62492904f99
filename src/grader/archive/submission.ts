/** From a file that somebody handed in to a submission that can be graded, or the reason why not. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import { type Notebook, settingsOf } from "dnn-lab-notebooks";
import type { Assignment } from "../assignment/assignment";
import type { Submission } from "./handed-in";
import { RefusedError } from "./refused-error";
import { claimedIn } from "./claims";
import { studentOf } from "./student-names";
import { inFile, parseNotebook } from "./parse-notebook";
import { isZip, readZip } from "./zip";

/** In the archive that `dnn-lab submit` makes. */
export const archiveNames = { notebook: "notebook.ipynb", results: "results.json" } as const;

/** Reads a file of a submission; links are not followed. */
function readRegular(path: string, limitBytes: number): { bytes: Buffer; changed: Date } {
  if (!lstatSync(path).isFile()) throw new RefusedError("it is a link or another special file");
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size, mtime } = fstatSync(file);
    if (size > limitBytes)
      throw new RefusedError(`it is too large: ${(size / 1e6).toFixed(1)} MB, at most ${limitBytes / 1e6} MB`);
    return { bytes: readFileSync(file), changed: mtime };
  } finally {
    closeSync(file);
  }
}

/** What identifies a submission even when it cannot be graded. */
export interface SubmissionFile {
  readonly path: string;
  readonly student: string;
  readonly hash: string;
  readonly submitted: string;
}

/** What is known of a file from where it lay: whose it is and when it came. */
export interface Origin {
  readonly student?: string;
  readonly submitted?: string;
}

/** Hash, student and time of a file. Throws a {@link RefusedError} for a name or file that cannot be used. */
export function identify(path: string, assignment: Assignment, origin: Origin = {}): SubmissionFile {
  const student = origin.student ?? studentOf(path);
  const { bytes, changed } = readRegular(path, assignment.limits.submissionMB * 1e6);
  const hash = hashOf("sha256", bytes);
  return { path, student, hash, submitted: origin.submitted ?? changed.toISOString() };
}

/**
 * Reads a notebook, or an archive with one.
 * @throws RefusedError with the reason when it cannot be graded
 */
export function readSubmission(path: string, assignment: Assignment, origin: Origin = {}): Submission {
  const about = identify(path, assignment, origin);
  const limit = assignment.limits.submissionMB * 1e6;
  const { bytes } = readRegular(path, limit);
  if (!isZip(bytes)) return { ...about, notebook: checked(bytes, assignment), files: new Map(), claimed: undefined };
  const all = readZip(bytes, limit);
  const name = notebookName([...all.keys()]);
  const notebook = checked(all.get(name)!, assignment);
  all.delete(name);
  const files = besides(all, posix.dirname(name));
  const claimed = claimedIn(files.get(archiveNames.results));
  files.delete(archiveNames.results);
  return { ...about, notebook, files, claimed };
}

/** The files as the notebook sees them, which runs in the folder that it stood in. */
function besides(all: ReadonlyMap<string, Uint8Array>, folder: string): Map<string, Uint8Array> {
  if (folder === ".") return new Map(all);
  const isNear = ([path]: readonly [string, Uint8Array]): boolean => path.startsWith(`${folder}/`);
  const near = [...all].filter(isNear).map(([path, content]) => [path.slice(folder.length + 1), content] as const);
  // What lies elsewhere gives way to what lies where the notebook looks.
  return new Map([...[...all].filter((each) => !isNear(each)), ...near]);
}

function notebookName(names: readonly string[]): string {
  const notebooks = names.filter((name) => /\.ipynb$/i.test(name));
  const ours = notebooks.filter((name) => posix.basename(name) === archiveNames.notebook);
  const found = ours.length === 1 ? ours[0] : notebooks[0];
  if (found === undefined) throw new RefusedError("its archive has no notebook (.ipynb)");
  if (notebooks.length > 1 && ours.length !== 1)
    throw new RefusedError(`its archive has ${notebooks.length} notebooks: which one is to be graded?`);
  return found;
}

function checked(bytes: Uint8Array, assignment: Assignment): Notebook {
  const notebook = parseNotebook(bytes);
  const { name } = (settingsOf(notebook.metadata).assignment ?? {}) as { name?: unknown };
  if (name !== undefined && name !== assignment.name)
    throw new RefusedError(`it is of another assignment, ${inFile(name)}, expected "${assignment.name}"`);
  return notebook;
}
