/** Brings the cells of a submitted notebook into the assignment's order, one of each: students copy, move and retag cells. */
import { type Cell, joined } from "dnn-lab-notebooks";
import type { Assignment, AssignmentCell } from "../assignment/assignment";
import { graderOf } from "../assignment/grader-cell";

/** A cell of a submission, and which of the assignment's it is. */
export interface Placed {
  readonly cell: Cell;
  readonly of: AssignmentCell | undefined;
}

/** The `grade_id` of a cell; undefined when it has none, or when its metadata are damaged. */
const idOf = (cell: Cell): string | undefined => {
  try {
    return graderOf(cell)?.grade_id;
  } catch {
    const { grade_id } = (cell.metadata.nbgrader ?? {}) as { grade_id?: unknown };
    return typeof grade_id === "string" ? grade_id : undefined;
  }
};

const quoted = (ids: readonly string[]): string => ids.map((id) => `'${id}'`).join(", ");

/** A cell without what makes it one of the assignment's. */
function plain(cell: Cell): Cell {
  const { nbgrader: _, ...metadata } = cell.metadata;
  return { ...cell, metadata };
}

/**
 * One cell for each `grade_id`. Copies of the teacher's cells go, since they are put back once: of a check the last stays,
 * which stands after the answers, of others the first. Copies of answers run as the student's own cells; as the answer counts the
 * last that is not empty.
 */
export function withoutCopies(cells: readonly Cell[], assignment: Assignment, notes: string[]): Placed[] {
  const ofId = new Map(assignment.cells.map((each) => [each.id, each]));
  const placed = cells.map((cell): Placed => ({ cell, of: ofId.get(idOf(cell) ?? "") }));
  const kept = new Map<AssignmentCell, Placed>();
  for (const each of placed) {
    if (each.of === undefined) continue;
    const known = kept.get(each.of);
    const replaces = each.of.role === "check" || (!each.of.restored && joined(each.cell.source).trim() !== "");
    if (known === undefined || replaces) kept.set(each.of, each);
  }
  const copied = new Set<string>();
  const all = placed.flatMap((each): Placed[] => {
    if (each.of === undefined || kept.get(each.of) === each) return [each];
    copied.add(each.of.id);
    return each.of.restored ? [] : [{ cell: plain(each.cell), of: undefined }];
  });
  if (copied.size) notes.push(`There is more than one cell ${quoted([...copied])}; it was graded once.`);
  return all;
}

/** The cells in the assignment's order; a student's own cells stay behind the one that they stood behind. */
export function inOrder(placed: readonly Placed[], assignment: Assignment, notes: string[]): Placed[] {
  const place = new Map(assignment.cells.map((each, i) => [each, i]));
  const order = placed.flatMap(({ of }) => (of ? [place.get(of)!] : []));
  if (order.every((at, i) => i === 0 || at > order[i - 1]!)) return [...placed];
  const groups: { at: number; cells: Placed[] }[] = [{ at: -1, cells: [] }];
  for (const each of placed) {
    if (each.of) groups.push({ at: place.get(each.of)!, cells: [each] });
    else groups.at(-1)!.cells.push(each);
  }
  const moved = groups.filter(({ at }, i) => groups.some((other, j) => (j < i ? other.at > at : false)));
  notes.push(
    `Moved cells were graded at their place in the assignment: ${quoted(moved.map(({ cells }) => cells[0]!.of!.id))}.`,
  );
  return groups.sort((a, b) => a.at - b.at).flatMap(({ cells }) => cells);
}
