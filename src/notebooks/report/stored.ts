/** The stored results of the last batch: what `report` and `verify` read. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryName } from "dnn-lab-core/files";
import type { NotebookResult } from "../results/results";

export interface StoredResults {
  readonly format: 1;
  readonly command: string;
  readonly created: string;
  readonly seconds: number;
  readonly exitCode: number;
  readonly results: readonly NotebookResult[];
}

export function resultsPath(folder: string): string {
  return join(folder, "results.json");
}

export function writeResults(folder: string, stored: StoredResults): string {
  const path = resultsPath(folder);
  writeStored(path, stored);
  return path;
}

/** Writes results one notebook after another: together they may be longer than a text can be. */
export function writeStored(path: string, stored: StoredResults): void {
  const { results, ...head } = stored;
  const opening = JSON.stringify(head, null, 1).slice(0, -2);
  const parts = results.map((result) => `${textOf(result)}`);
  const chunks = [
    `${opening},\n "results": [\n`,
    ...parts.flatMap((part, i) => (i ? [",\n", part] : [part])),
    "\n ]\n}\n",
  ];
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, "");
    for (const chunk of chunks) appendFileSync(temporary, chunk);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** What is too large or too deep for JSON loses its outputs, not its verdict. */
function textOf(result: NotebookResult): string {
  try {
    return JSON.stringify(result, null, 1);
  } catch (error) {
    const cells = result.cells.map((cell) => ({
      ...cell,
      outputs: [],
      reference: undefined,
      source: cell.source.slice(0, 10_000),
    }));
    const message = `its outputs are not in the stored results: ${(error as Error).message}`;
    const problems = [...result.problems.slice(0, 100), { kind: "notebook" as const, message }];
    return JSON.stringify({ ...result, cells, problems }, null, 1);
  }
}

/** Throws when there are none. */
export function readResults(folder: string): StoredResults {
  const path = resultsPath(folder);
  if (!existsSync(path))
    throw new Error(
      `there are no results in ${folder}: notebooks run or notebooks check makes them, --results names another folder`,
    );
  const stored = JSON.parse(readFileSync(path, "utf8")) as StoredResults;
  if (stored.format !== 1) throw new Error(`${path} is of another version: run notebooks check again`);
  return stored;
}
