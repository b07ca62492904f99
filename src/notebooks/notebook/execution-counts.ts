/** Execution counts of a saved notebook: the course's cells are cited by theirs. */
import { readFileSync } from "node:fs";

interface NotebookFile {
  cells: { cell_type: string; source: string | string[]; execution_count?: number | null }[];
}

/** Counts of the code cells that have a source, in the order of the file. Throws when the file is no notebook. */
export function readExecutionCounts(path: string): (number | null)[] {
  let notebook: NotebookFile;
  try {
    notebook = JSON.parse(readFileSync(path, "utf8")) as NotebookFile;
  } catch (error) {
    throw new Error(`${path} cannot be read as a notebook: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(notebook.cells)) throw new Error(`${path} is not a notebook: it has no list of cells.`);
  return notebook.cells
    .filter(({ cell_type, source }) => cell_type === "code" && [source].flat().join("").trim() !== "")
    .map(({ execution_count }) => execution_count ?? null);
}

/** What is wrong with `counts` when they should read 1, 2, … `last`; undefined when nothing is. */
export function countsProblem(counts: readonly (number | null)[], last: number): string | undefined {
  const wrong = Array.from({ length: Math.max(last, counts.length) }, (_, i) => i).find(
    (i) => counts[i] !== i + 1 || i >= last,
  );
  if (wrong === undefined) return undefined;
  const found = wrong < counts.length ? `In[${counts[wrong] ?? " "}]` : "missing";
  const expected = wrong < last ? `In[${wrong + 1}]` : `nothing after In[${last}]`;
  return `code cell ${wrong + 1} is ${found}, expected ${expected}`;
}
