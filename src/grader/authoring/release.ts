/** From the teacher's notebook to what students get, and to the solution. */
import { type Cell, type Notebook, joined, settingsOf } from "dnn-lab-notebooks";
import type { Assignment } from "../assignment/assignment";
import { graderOf, roleOf, withGrader } from "../assignment/grader-cell";
import { hasRegion, replaceRegions, withoutMarkers, withoutRegions } from "../assignment/regions";

/** What stands in place of a solution. It fails when it is run, so that nothing unfinished looks finished. */
const codeStubs: Readonly<Record<string, readonly string[]>> = {
  typescript: ["// YOUR CODE HERE", 'throw new Error("There is no answer here yet.");'],
  python: ["# YOUR CODE HERE", "raise NotImplementedError()"],
};
const textStub = ["YOUR ANSWER HERE"];

/** The student's notebook: solutions are stubs, hidden tests are gone, nothing has run. */
export function templateOf(assignment: Assignment): Notebook {
  return released(assignment, (cell) => {
    const stub = cell.cell_type === "code" ? (codeStubs[assignment.language] ?? codeStubs.python!) : textStub;
    return hasRegion(joined(cell.source), "SOLUTION")
      ? replaceRegions(joined(cell.source), "SOLUTION", () => stub)
      : stub.join("\n");
  });
}

/** The notebook with all solutions, as a student would hand it in. */
export function solutionOf(assignment: Assignment): Notebook {
  return released(assignment, (cell) => withoutMarkers(joined(cell.source), "SOLUTION"));
}

function released(assignment: Assignment, answer: (cell: Cell) => string): Notebook {
  const { notebook } = assignment;
  const cells = notebook.cells.map((cell, index) => {
    const written = ["solution", "manual"].includes(roleOf(cell)) ? answer(cell) : joined(cell.source);
    const source = roleOf(cell) === "check" ? withoutRegions(written, "HIDDEN TESTS") : written;
    const id = cell.id ?? graderOf(cell)?.grade_id ?? `cell-${index + 1}`;
    const run = cell.cell_type === "code" ? { execution_count: null, outputs: [] } : {};
    return { ...withGrader(cell), id, source: lines(source), ...run };
  });
  return {
    ...notebook,
    metadata: openly(notebook.metadata),
    cells,
    nbformat_minor: Math.max(5, notebook.nbformat_minor),
  };
}

/** The settings without what the grader alone knows: the parameters with which it runs a notebook, and what others have. */
function openly(metadata: Notebook["metadata"]): Notebook["metadata"] {
  const own = settingsOf(metadata);
  const { parameters: _, variants: __, ...assignment } = own.assignment as Record<string, unknown>;
  return { ...metadata, dnn_lab: { ...own, assignment } };
}

/** Sources as a list of lines, as nbformat writes them. */
function lines(source: string): string[] {
  const all = source.split("\n").map((line) => `${line}\n`);
  all.push(all.pop()!.slice(0, -1));
  return all.filter((line, i) => line !== "" || i < all.length - 1);
}
