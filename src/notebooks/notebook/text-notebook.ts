/** Notebooks that are written as text: `// %%` begins a cell of a `.ts` file. jupytext reads them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { pythonFor, runnerFile } from "../python/project";

const ENDINGS = [".ts", ".js", ".py", ".md"];
/** So many characters at the beginning of a file are looked at for jupytext's header. */
const HEADER = 2_000;

/** Whether a path names a notebook in text form, by its ending. */
export function isTextNotebook(path: string): boolean {
  return ENDINGS.includes(extname(path));
}

/**
 * Whether a file that nobody has named is a notebook: jupytext's header says so. A file that is kept in two forms is
 * the notebook beside it.
 */
export function saysThatItIsNotebook(path: string): boolean {
  if (!isTextNotebook(path) || existsSync(path.slice(0, -extname(path).length) + ".ipynb")) return false;
  return /^(?:\/\/|#)? ?---\r?\n(?:(?:\/\/|#)? .*\r?\n)*?(?:\/\/|#)? ?jupyter:/.test(
    readFileSync(path, "utf8").slice(0, HEADER),
  );
}

/** Converted texts, by path and text: planning, judging and accepting read the same file. */
const converted = new Map<string, { readonly text: string; readonly json: string }>();

/** The notebook of a text, as JSON of nbformat 4. Throws an `Error` that names the file and says why not. */
export function jsonOfTextNotebook(path: string): string {
  const text = readFileSync(path, "utf8");
  const known = converted.get(path);
  if (known?.text === text) return known.json;
  const python = pythonFor(`${path}, a notebook that is written as text,`, ["jupytext"]);
  const { stdout, stderr } = spawnSync(python, [runnerFile("to_notebook.py"), path], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const error = stdout ? (JSON.parse(stdout) as { error?: string }).error : stderr.trim().split("\n").at(-1);
  if (error !== undefined) throw new Error(`jupytext cannot read it: ${error}`);
  converted.set(path, { text, json: stdout });
  return stdout;
}

/** The line of the text, from 1, on which each cell begins; as cells come in the order of the text. */
export function linesOfTextNotebook(path: string, sources: readonly string[]): number[] {
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  let from = 0;
  return sources.map((source) => {
    const first = source.split("\n").find((line) => line.trim() !== "") ?? "";
    const found = lines.findIndex(
      (line, i) => i >= from && (line === first || line.replace(/^(\/\/|#) ?/, "") === first),
    );
    if (found >= 0) from = found + 1;
    return Math.max(found, 0) + 1;
  });
}
