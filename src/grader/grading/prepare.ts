/** The notebook that is executed: the student's answers between the teacher's own cells. */
import { type Cell, codeCells, joined, type Notebook, withParameters } from "dnn-lab-notebooks";
import { RefusedError } from "../archive/refused-error";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import { graderOf } from "../assignment/grader-cell";

export interface Prepared {
  readonly notebook: Notebook;
  /** Place in the notebook, from 0 → the check cell that stands there, which the kernel never gets. */
  readonly stops: ReadonlyMap<number, AssignmentCell>;
  /** Check cells that are executed → place. */
  readonly executed: ReadonlyMap<string, number>;
  /** Place of the last, added cell, at which metrics are asked. */
  readonly last: number;
  readonly notes: readonly string[];
}

/**
 * Puts the teacher's cells back into a submitted notebook.
 * @throws RefusedError when it is of another assignment, or two cells share a `grade_id`
 */
export function prepare(submitted: Notebook, assignment: Assignment): Prepared {
  const notes: string[] = [];
  const cells = completed(restored(submitted, assignment, notes), assignment, notes);
  const placed = cells.map((cell) => ({ cell, of: assignment.cells.find(({ id }) => id === idOf(cell)) }));
  const stops = new Map<number, AssignmentCell>();
  const executed = new Map<string, number>();
  placed.forEach(({ of }, index) => {
    if (of?.role !== "check") return;
    if (of.check!.tests.length) stops.set(index, of);
    else executed.set(of.id, index);
  });
  const end: Cell = { id: "the-end", cell_type: "code", metadata: {}, source: "// values are asked here", outputs: [] };
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    // Which kernel runs is not for the student to say.
    metadata: { kernelspec: assignment.notebook.metadata.kernelspec },
    cells: [...placed.map(({ cell }, index) => fresh(cell, index)), fresh(end, cells.length)],
  };
  return { notebook: withParameters(notebook, assignment.parameters), stops, executed, last: cells.length, notes };
}

const idOf = (cell: Cell): string | undefined => {
  try {
    return graderOf(cell)?.grade_id;
  } catch {
    return undefined; // metadata that a student has spoilt
  }
};

/** Cells of the student, those of the teacher in the teacher's version. */
function restored({ cells }: Notebook, assignment: Assignment, notes: string[]): Cell[] {
  const ids = cells.map(idOf);
  const known = new Set(assignment.cells.map(({ id }) => id));
  if (!ids.some((id) => id !== undefined && known.has(id)))
    throw new RefusedError(`it has none of the cells of the assignment '${assignment.name}': is it another notebook?`);
  const twice = ids.find((id, i) => id !== undefined && known.has(id) && ids.indexOf(id) !== i);
  if (twice !== undefined)
    throw new RefusedError(`two of its cells have the grade_id '${twice}': remove the copy, and hand in again`);
  return cells.map((cell, i) => {
    const own = assignment.cells.find(({ id }) => id === ids[i])?.restored;
    if (!own) return cell;
    if (joined(own.source).trim() !== joined(cell.source).trim())
      notes.push(`The cell '${ids[i]}' was changed; it was graded as it was given out.`);
    return { ...own, id: cell.id };
  });
}

/** Adds the teacher's cells that are gone, each after the one that stood before it. */
function completed(cells: Cell[], assignment: Assignment, notes: string[]): Cell[] {
  const all = [...cells];
  let before = -1;
  for (const { id, restored: own, role } of assignment.cells) {
    const at = all.findIndex((cell) => idOf(cell) === id);
    if (at >= 0) before = Math.max(before, at);
    else if (own) {
      all.splice(++before, 0, own);
      notes.push(`The cell '${id}' was missing; it was put back.`);
    } else notes.push(`The cell '${id}' (${role}) is missing.`);
  }
  return all;
}

/** A cell as it is written to the file that is executed: with an id of ours, without what could steer the runner. */
function fresh(cell: Cell, index: number): Cell {
  const { cell_type, source, metadata } = cell;
  const tags = (metadata?.tags ?? []).filter((tag) => tag === "parameters");
  const nbgrader = idOf(cell) === undefined ? {} : { nbgrader: metadata.nbgrader };
  const run = cell_type === "code" ? { outputs: [], execution_count: null } : {};
  return {
    id: `cell-${index}`,
    cell_type,
    metadata: { ...nbgrader, ...(tags.length ? { tags } : {}) },
    source,
    ...run,
  };
}

/** The notebook with one cell emptied, so that the others can be graded although it ends the kernel. */
export function without(prepared: Prepared, index: number): Prepared {
  const cells = prepared.notebook.cells.map((cell, i) => (i === index ? { ...cell, source: "" } : cell));
  return { ...prepared, notebook: { ...prepared.notebook, cells } };
}

/** Number among the code cells, heading above and first line of the cell at a place. */
export function describeCell(
  notebook: Notebook,
  index: number,
): { cell: number; section: string | null; line: string } {
  const found = codeCells(notebook).find((each) => each.index === index);
  const line = joined(notebook.cells[index]?.source).trim().split("\n")[0] ?? "";
  return { cell: found?.cell ?? 0, section: found?.section ?? null, line };
}
