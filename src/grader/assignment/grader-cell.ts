/** nbgrader's cell metadata, schema version 3, read and written: what each cell of an assignment is for. */
import { show } from "dnn-lab-core/check";
import type { Cell } from "dnn-lab-notebooks";

export const SCHEMA_VERSION = 3;

/** `metadata.nbgrader` of a cell. */
export interface GraderMetadata {
  readonly schema_version: 3;
  readonly grade_id: string;
  /** Whether the cell earns points. */
  readonly grade: boolean;
  /** Whether the student is to change the cell. */
  readonly solution: boolean;
  /** Whether the teacher's version is put back before grading. */
  readonly locked: boolean;
  /** A description of a task, graded by a person. */
  readonly task: boolean;
  /** Greatest number of points, where the cell earns some. */
  readonly points?: number;
  /** nbgrader's own check that a cell keeps its kind. */
  readonly cell_type?: string;
}

/**
 * - `check`: checks by the grader, after the cells above (nbgrader: "Autograder tests")
 * - `solution`: written by the student, checked by other cells ("Autograded answer")
 * - `manual`: written by the student, graded by a person ("Manually graded answer")
 * - `task`: a task's text, graded by a person ("Manually graded task")
 * - `given`: the teacher's, put back before grading ("Read-only")
 * - `free`: none of these; the student may do with it what he likes
 */
export type CellRole = "check" | "solution" | "manual" | "task" | "given" | "free";

/** What was found to be wrong with an assignment, with the place. */
export class AuthoringError extends Error {
  override readonly name = "AuthoringError";
}

/** nbgrader's metadata of a cell; undefined where it has none. Older schema versions are brought to version 3, as nbgrader does. */
export function graderOf(cell: Cell): GraderMetadata | undefined {
  const raw = cell.metadata?.nbgrader as Partial<Record<keyof GraderMetadata, unknown>> | undefined;
  if (raw === undefined) return undefined;
  const version = raw.schema_version ?? 1;
  if (typeof version !== "number" || version < 1 || version > SCHEMA_VERSION)
    throw new AuthoringError(`nbgrader's metadata must be of schema version 1 to 3, received ${show(version)}`);
  const { grade_id, points } = raw;
  if (typeof grade_id !== "string" || !/^[\w-]+$/.test(grade_id))
    throw new AuthoringError(`grade_id must be a name of letters, digits, _ and -, received ${show(grade_id)}`);
  const [grade, solution, task] = [raw.grade === true, raw.solution === true, raw.task === true];
  // Version 1 had no read-only cells but those of tests.
  const locked = typeof raw.locked === "boolean" ? raw.locked : grade && !solution;
  const worth = grade || task;
  if (worth && (typeof points !== "number" || !(points >= 0)))
    throw new AuthoringError(`cell ${grade_id}: points must be a number, at least 0, received ${show(points)}`);
  return {
    ...{ schema_version: SCHEMA_VERSION, grade_id, grade, solution, locked, task },
    ...(worth ? { points: points as number } : {}),
    ...(raw.cell_type === undefined ? {} : { cell_type: String(raw.cell_type) }),
  };
}

export function roleOf(cell: Cell): CellRole {
  const grader = graderOf(cell);
  if (grader === undefined) return "free";
  if (grader.task) return "task";
  if (grader.grade) return grader.solution ? "manual" : "check";
  if (grader.solution) return "solution";
  return grader.locked ? "given" : "free";
}

/** Whether the teacher's version of the cell is put back before grading. */
export function isRestored(cell: Cell): boolean {
  return ["check", "given", "task"].includes(roleOf(cell));
}

/** The cell with its metadata in nbgrader's form, version 3. */
export function withGrader(cell: Cell, grader: Partial<GraderMetadata> = {}): Cell {
  const found = graderOf(cell);
  if (found === undefined) return cell;
  const nbgrader = { ...found, cell_type: cell.cell_type, ...grader };
  return { ...cell, metadata: { ...cell.metadata, nbgrader } };
}

/** The cells that have a `grade_id`, by it. Throws when two share one. */
export function cellsById(cells: readonly Cell[]): Map<string, Cell> {
  const found = new Map<string, Cell>();
  for (const cell of cells) {
    const id = graderOf(cell)?.grade_id;
    if (id === undefined) continue;
    if (found.has(id)) throw new AuthoringError(`two cells have the grade_id '${id}'; each needs its own`);
    found.set(id, cell);
  }
  return found;
}
