/** From a file that somebody handed in to a submission that can be graded, or the reason why not. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { type Notebook, settingsOf } from "dnn-lab-notebooks";
import type { Assignment } from "../assignment/assignment";
import type { Submission } from "./handed-in";
import { RefusedError } from "./refused-error";
import type { Claimed } from "./handed-in";
import type { Metrics } from "./handed-in";
import { isZip, readZip } from "./zip";

/** In the archive that `dnn-lab submit` makes. */
export const archiveNames = { notebook: "notebook.ipynb", results: "results.json" } as const;

/** Names of students are names of files: letters, digits and `. _ - @ +`, beginning with a letter or digit. */
export function studentOf(path: string): string {
  const name = basename(path, extname(path));
  if (/^[a-z0-9][\w.@+-]{0,99}$/i.test(name)) return name;
  throw new RefusedError(
    "its file name has characters other than letters, digits and . _ - @ +: the name is the student's",
  );
}

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

/** Hash, student and time of a file. Throws a {@link RefusedError} for a name or file that cannot be used. */
export function identify(path: string, assignment: Assignment): SubmissionFile {
  const student = studentOf(path);
  const { bytes, changed } = readRegular(path, assignment.limits.submissionMB * 1e6);
  return { path, student, hash: createHash("sha256").update(bytes).digest("hex"), submitted: changed.toISOString() };
}

/**
 * Reads a notebook, or an archive with one.
 * @throws RefusedError with the reason when it cannot be graded
 */
export function readSubmission(path: string, assignment: Assignment): Submission {
  const about = identify(path, assignment);
  const limit = assignment.limits.submissionMB * 1e6;
  const { bytes } = readRegular(path, limit);
  if (!isZip(bytes)) return { ...about, notebook: checked(bytes, assignment), files: new Map(), claimed: undefined };
  const files = readZip(bytes, limit);
  const name = notebookName([...files.keys()]);
  const notebook = checked(files.get(name)!, assignment);
  const claimed = claimedIn(files.get(archiveNames.results));
  files.delete(name);
  files.delete(archiveNames.results);
  return { ...about, notebook, files, claimed };
}

function notebookName(names: readonly string[]): string {
  const notebooks = names.filter((name) => name.endsWith(".ipynb"));
  const found = notebooks.find((name) => name === archiveNames.notebook) ?? notebooks[0];
  if (found === undefined) throw new RefusedError("its archive has no notebook (.ipynb)");
  if (notebooks.length > 1 && found !== archiveNames.notebook)
    throw new RefusedError(`its archive has ${notebooks.length} notebooks: which one is to be graded?`);
  return found;
}

function checked(bytes: Uint8Array, assignment: Assignment): Notebook {
  const notebook = parseNotebook(bytes);
  const { name } = (settingsOf(notebook.metadata).assignment ?? {}) as { name?: unknown };
  if (name !== undefined && name !== assignment.name)
    throw new RefusedError(
      `it is of another assignment, '${String(name).slice(0, 80)}', expected '${assignment.name}'`,
    );
  return notebook;
}

/** The notebook in a file's bytes, with what grading relies on. Throws a {@link RefusedError} when it is none. */
export function parseNotebook(bytes: Uint8Array): Notebook {
  let notebook: Partial<Notebook> | null;
  try {
    notebook = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Partial<Notebook> | null;
  } catch (error) {
    throw new RefusedError(`it is no notebook: ${(error as Error).message.slice(0, 200)}`);
  }
  if (typeof notebook !== "object" || notebook === null || !Array.isArray(notebook.cells))
    throw new RefusedError("it is no notebook: it has no list of cells");
  if (notebook.nbformat !== 4)
    throw new RefusedError(`it is of notebook format ${String(notebook.nbformat)}, expected 4`);
  if (!notebook.cells.every(isCell)) throw new RefusedError("it is no notebook: it has cells that are none");
  const metadata = typeof notebook.metadata === "object" && notebook.metadata !== null ? notebook.metadata : {};
  const cells = notebook.cells.map((cell) => ({ ...cell, metadata: (cell.metadata as object | undefined) ?? {} }));
  return { nbformat: 4, nbformat_minor: 5, metadata, cells } as Notebook;
}

function isCell(cell: unknown): boolean {
  const { cell_type, source } = (cell ?? {}) as { cell_type?: unknown; source?: unknown };
  const isText =
    typeof source === "string" || (Array.isArray(source) && source.every((line) => typeof line === "string"));
  return isText && ["code", "markdown", "raw"].includes(cell_type as string);
}

/** The results that came along. They are claims: nothing but numbers is taken from them. */
function claimedIn(bytes: Uint8Array | undefined): Claimed | undefined {
  if (!bytes) return undefined;
  try {
    const { metrics, facts } = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
      metrics?: object;
      facts?: Claimed["facts"];
    };
    const numbers = Object.entries(metrics ?? {}).filter(([, value]) => typeof value === "number");
    const known = facts && Array.isArray(facts.data) ? facts : null;
    return { metrics: Object.fromEntries(numbers) as Metrics, facts: known };
  } catch {
    return undefined;
  }
}
