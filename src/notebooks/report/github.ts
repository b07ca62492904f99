/** GitHub's workflow commands: an annotation at the line of the notebook's file where the cell begins. */
import { existsSync, realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import { findUpward } from "dnn-lab-core/files";
import type { NotebookResult } from "../results/results";

const data = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (text: string): string => data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

/** A path as GitHub knows it: from the repository's folder, wherever the command runs. */
function inRepository(path: string, root: string | undefined): string {
  if (root === undefined) return path;
  const from = relative(root, realpath(resolve(path)));
  return from.startsWith("..") ? path : from.split("\\").join("/");
}

function realpath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** The repository that holds the working folder. */
export function repositoryFolder(): string | undefined {
  return process.env.GITHUB_WORKSPACE ?? findUpward(realpathSync(process.cwd()), ".git");
}

/** One line for each problem; `root` is the repository's folder. */
export function githubAnnotations(results: readonly NotebookResult[], root = repositoryFolder()): string[] {
  return results.flatMap(({ notebook, problems }) =>
    problems.map(({ kind, cell, line = 1, message }) => {
      const title = cell === undefined ? kind : `cell ${cell}: ${kind}`;
      return `::error file=${property(inRepository(notebook, root))},line=${line},title=${property(title)}::${data(message)}`;
    }),
  );
}
