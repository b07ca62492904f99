/** The results of students in their folders: written in one piece, and read with care, since a file may be damaged. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurable } from "dnn-lab-core/files";
import { type Notebook, readNotebook } from "dnn-lab-notebooks";
import { feedbackHtml, feedbackJson } from "../feedback/feedback-page";
import type { Stage } from "../feedback/stage";
import type { Graded } from "../grading/result";

/** A result, and the key of the job that it belongs to. */
export interface Stored {
  readonly key: string;
  readonly result: Graded;
}

const RESULT = "result.json";
/** Below a student's folder, where all attempts are graded. */
export const ATTEMPTS = "attempts";
const HISTORY = "history";
const EXECUTED = "executed.ipynb";

const lists = ["manual", "checks", "quality", "errors", "notes"] as const;
const texts = ["assignment", "digest", "student", "submission", "submitted"] as const;
const numbers = ["points", "earned", "manualPoints"] as const;

function isStored(value: unknown): value is Stored {
  const { key, result } = (value ?? {}) as { key?: unknown; result?: Record<string, unknown> };
  if (typeof key !== "string" || typeof result !== "object" || result === null) return false;
  return (
    result.format === 1 &&
    ["graded", "refused"].includes(result.status as string) &&
    lists.every((name) => Array.isArray(result[name])) &&
    texts.every((name) => typeof result[name] === "string") &&
    numbers.every((name) => Number.isFinite(result[name]))
  );
}

/** What lies in a student's folder; undefined when there is nothing, or nothing that can be read as a result. */
export const storedIn = (folder: string): Stored | undefined => readStored(join(folder, RESULT));

function readStored(path: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isStored(value) ? value : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Missing or damaged: there is no result, so the submission is graded again. Other errors of the file system are thrown.
    if (error instanceof SyntaxError || ["ENOENT", "ENOTDIR", "EISDIR"].includes(code ?? "")) return undefined;
    throw error;
  }
}

/** Writes a student's result; with it the job is done. */
export function store(folder: string, stored: Stored): void {
  writeFileDurable(join(folder, RESULT), [Buffer.from(`${JSON.stringify(stored, null, 1)}\n`)]);
}

/** Writes a student's report, as much of it as the student may see at that stage, where it is another than the one that is there. */
export function writeFeedback(folder: string, result: Graded, title: string, stage: Stage = "all"): void {
  const write = (name: string, text: string): void => {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    writeFileDurable(path, [Buffer.from(text)]);
  };
  write("feedback.html", feedbackHtml(result, title, stage));
  write("feedback.json", feedbackJson(result, stage));
}

/** Keeps the notebook as the grader's run left it, for those who mark by hand. */
export function writeExecuted(folder: string, notebook: Notebook): void {
  writeFileDurable(join(folder, EXECUTED), [Buffer.from(`${JSON.stringify(notebook)}\n`)]);
}

/** The notebook as the grader's run left it, of the attempt that counts; undefined when there is none. */
export function executedIn(folder: string): Notebook | undefined {
  const key = storedIn(folder)?.key ?? "";
  const places = [join(folder, ATTEMPTS, key.slice(0, 12)), folder].map((place) => join(place, EXECUTED));
  const path = places.find((each) => existsSync(each));
  return path === undefined ? undefined : readNotebook(path);
}

/** The folders of students below that of all results; none where there is no such folder yet. */
export function studentFolders(results: string): string[] {
  if (!existsSync(results)) return [];
  const entries = readdirSync(results, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
}

/** Puts results that cannot be read out of the way, as `result.json.damaged`; returns their paths. */
export function setDamagedAside(results: string): string[] {
  const damaged = studentFolders(results)
    .map((name) => join(results, name))
    .filter((folder) => existsSync(join(folder, RESULT)) && storedIn(folder) === undefined);
  for (const folder of damaged) renameSync(join(folder, RESULT), join(folder, freeName(folder, `${RESULT}.damaged`)));
  return damaged.map((folder) => join(folder, RESULT));
}

/** Puts the result of a student away, so that he is graded again; what was before is kept in `history`. */
export function putAway(folder: string): void {
  if (!existsSync(join(folder, RESULT))) return;
  const history = join(folder, HISTORY);
  mkdirSync(history, { recursive: true });
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  renameSync(join(folder, RESULT), join(history, freeName(history, `${time}.json`)));
}

/** The result that a new one follows: the one that is there, else the latest of those that were put away. */
export function earlierResult(folder: string): Graded | undefined {
  const present = storedIn(folder);
  if (present) return present.result;
  const history = join(folder, HISTORY);
  const names = existsSync(history) ? readdirSync(history).sort().reverse() : [];
  for (const name of names) {
    const stored = readStored(join(history, name));
    if (stored) return stored.result;
  }
  return undefined;
}

/** A name that is not taken in a folder: the wanted one, else with a number. */
function freeName(folder: string, wanted: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}.${n}`;
    if (!existsSync(join(folder, name))) return name;
  }
}
