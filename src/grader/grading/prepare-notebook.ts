/** The notebook that is executed: the student's answers between the teacher's own cells. */
import { type Cell, type Notebook, codeCells, joined, withParameters } from "dnn-lab-notebooks";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import { SCHEMA_VERSION } from "../assignment/grader-cell";
import { RefusedError } from "../archive/refused-error";
import { type Placed, inOrder, withoutCopies } from "./layout";

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
 * @throws RefusedError when it is of another assignment
 */
export function prepare(submitted: Notebook, assignment: Assignment): Prepared {
  const notes: string[] = [];
  const placed = completed(restored(arranged(submitted, assignment, notes), notes), assignment, notes);
  const stops = new Map<number, AssignmentCell>();
  const executed = new Map<string, number>();
  placed.forEach(({ of }, index) => {
    if (of?.role !== "check") return;
    if (of.check!.tests.length) stops.set(index, of);
    else executed.set(of.id, index);
  });
  const end: Cell = { id: "the-end", cell_type: "code", metadata: {}, source: "// values are asked here", outputs: [] };
  const takesParameters = (of: AssignmentCell | undefined): boolean =>
    of !== undefined && of.id === assignment.parametersCell;
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    // Which kernel runs is not for the student to say.
    metadata: { kernelspec: assignment.notebook.metadata.kernelspec },
    cells: [
      ...placed.map((each, index) => fresh(each, index, takesParameters(each.of))),
      fresh({ cell: end, of: undefined }, placed.length),
    ],
  };
  return { notebook: withParameters(notebook, assignment.parameters), stops, executed, last: placed.length, notes };
}

/** The cells in the assignment's order, one of each. */
function arranged({ cells }: Notebook, assignment: Assignment, notes: string[]): Placed[] {
  const single = withoutCopies(cells, assignment, notes);
  if (!single.some(({ of }) => of !== undefined))
    throw new RefusedError(`it has no cell of the assignment '${assignment.name}': is it another notebook?`);
  return inOrder(single, assignment, notes);
}

const comparable = (source: Cell["source"]): string => joined(source).replace(/\r\n?/g, "\n").trim();

/** Cells of the student, those of the teacher in the teacher's version, all of the kind that they are to be. */
function restored(placed: readonly Placed[], notes: string[]): Placed[] {
  return placed.map(({ cell, of }) => {
    if (of === undefined) return { cell, of };
    const { id, restored: own, cellType } = of;
    if (own) {
      if (comparable(own.source) !== comparable(cell.source))
        notes.push(`The cell '${id}' was changed; it was graded as it was given out.`);
      return { cell: { ...own, id: cell.id }, of };
    }
    if (cell.cell_type === cellType) return { cell, of };
    notes.push(`The cell '${id}' is of another kind (${cell.cell_type}); it was graded as ${cellType}.`);
    return { cell: { ...cell, cell_type: cellType }, of };
  });
}

/** Adds the teacher's cells that are gone, each after the one that stood before it. */
function completed(placed: readonly Placed[], assignment: Assignment, notes: string[]): Placed[] {
  const all = [...placed];
  let before = -1;
  for (const of of assignment.cells) {
    const at = all.findIndex((each) => each.of === of);
    if (at >= 0) before = Math.max(before, at);
    else if (of.restored) {
      all.splice(++before, 0, { cell: of.restored, of });
      notes.push(`The cell '${of.id}' was missing; it was put back.`);
    } else notes.push(`The cell '${of.id}' (${of.role}) is missing.`);
  }
  return all;
}

/** A cell as it is written to the file that is executed: with an id of ours, without what could steer the runner. */
function fresh({ cell, of }: Placed, index: number, parameters = false): Cell {
  const { cell_type, source, attachments } = cell;
  const nbgrader = of === undefined ? {} : { nbgrader: { schema_version: SCHEMA_VERSION, grade_id: of.id } };
  const tags = parameters ? { tags: ["parameters"] } : {};
  const run = cell_type === "code" ? { outputs: [], execution_count: null } : {};
  const pictures = cell_type === "markdown" && attachments ? { attachments } : {};
  return { id: `cell-${index}`, cell_type, metadata: { ...nbgrader, ...tags }, source, ...run, ...pictures };
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
