/** GitHub's workflow commands: an annotation at the line of the notebook's file where the cell begins. */
import type { NotebookResult } from "../results";

const data = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (text: string): string => data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

/** One line for each problem. */
export function githubAnnotations(results: readonly NotebookResult[]): string[] {
  return results.flatMap(({ notebook, problems }) =>
    problems.map(({ kind, cell, line = 1, message }) => {
      const title = cell === undefined ? kind : `cell ${cell}: ${kind}`;
      return `::error file=${property(notebook)},line=${line},title=${property(title)}::${data(message)}`;
    }),
  );
}
