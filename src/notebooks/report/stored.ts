/** The stored results of the last batch: what `report` and `verify` read. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { NotebookResult } from "../results";

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
  writeFileAtomic(path, `${JSON.stringify(stored, null, 1)}\n`);
  return path;
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
