/** The folder of a search: what it is, and the result of each training. A training is done when its file is there. */
import { writeFileDurable } from "dnn-lab-core/files";
import { existsSync, join, mkdirSync, readdirSync, readFileSync, rmSync } from "../../platform";
import { differences } from "../resume/differences";
import { pack, unpack } from "../resume/plain-data";
import type { TrialJob } from "./search-plan";
import type { TrialResult } from "./trial";

const OWNER = "tune";

function write(path: string, value: unknown): void {
  const { json } = pack(OWNER, value);
  writeFileDurable(path, [Buffer.from(`${JSON.stringify(json, null, 1)}\n`)]);
}

/** What a file holds; undefined when there is none, or one that cannot be read: then the training is done again. */
function read(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return unpack({ json: JSON.parse(readFileSync(path, "utf8")) as unknown, arrays: [] });
  } catch {
    return undefined;
  }
}

const number = (value: number): string => String(value).padStart(4, "0");

/** Where a trial's files are. */
export const trialFolder = (folder: string, trial: number): string => join(folder, "trials", number(trial));

/** Where the checkpoints of an execution (from 0) are. */
export const checkpointFolder = (folder: string, trial: number, execution: number): string =>
  join(trialFolder(folder, trial), `checkpoints-${execution + 1}`);

const resultFile = (folder: string, { trial, epochs }: Pick<TrialJob, "trial" | "epochs">): string =>
  join(trialFolder(folder, trial), `after-epoch-${number(epochs)}.json`);

/** The result of a training that was done; of other settings than the job's it is an error. */
export function storedTrial(folder: string, job: TrialJob): TrialResult | undefined {
  const stored = read(resultFile(folder, job)) as { settings: unknown; result: TrialResult } | undefined;
  if (stored?.result === undefined) return undefined;
  const found = differences(stored.settings, job.settings);
  if (found.length === 0) return stored.result;
  throw new Error(
    `${OWNER}: ${resultFile(folder, job)} is of another search: ${found.join("; ")}. Name another folder.`,
  );
}

export function storeTrial(folder: string, job: TrialJob, result: TrialResult): void {
  write(resultFile(folder, job), { settings: job.settings, result });
}

/** Removes the checkpoints of a trial; its results stay. Should they be needed again, the trial is trained anew, with the same result. */
export function dropCheckpoints(folder: string, trial: number): void {
  const own = trialFolder(folder, trial);
  if (!existsSync(own)) return;
  for (const name of readdirSync(own))
    if (name.startsWith("checkpoints-")) rmSync(join(own, name), { recursive: true, force: true });
}

/**
 * Makes the folder of a search.
 *
 * @throws Error when it holds another search, with what differs
 */
export function openSearch(folder: string, description: unknown): void {
  const path = join(folder, "search.json");
  const here = JSON.parse(JSON.stringify(description)) as unknown;
  const there = read(path);
  if (there !== undefined) {
    const found = differences(there, here);
    if (found.length === 0) return;
    throw new Error(
      `${OWNER}: ${folder} holds another search: ${found.join("; ")}. Name another folder, or remove this one, to begin anew.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  write(path, here);
}

const firstTrialFile = (folder: string): string => join(folder, "first-trial.json");

/** Whether a search in the folder has begun its first trial. */
export const hasFirstTrial = (folder: string): boolean => existsSync(firstTrialFile(folder));

/**
 * Notes what the first trial is made of.
 *
 * @throws Error when it was made of something else before: results of two searches would be mixed
 */
export function holdAgainst(folder: string, description: unknown): void {
  const here = JSON.parse(JSON.stringify(description)) as unknown;
  const there = read(firstTrialFile(folder));
  if (there === undefined) return write(firstTrialFile(folder), here);
  const found = differences(there, here);
  if (found.length === 0) return;
  throw new Error(
    `${OWNER}: ${folder} holds a search over other networks or data: ${found.join("; ")}. Name another folder, or remove this one, to begin anew.`,
  );
}
