/** Which checkpoint of a folder a run goes on from. */
import { basename } from "../../platform";
import { withPresentNames } from "../../techniques/schedules/deprecated";
import type { Checkpoint } from "./checkpoint-file";
import type { Candidate, CheckpointFolder } from "./checkpoint-folder";
import { differences } from "./differences";
import type { RunDescription } from "./run-description";

export interface Choice extends Checkpoint {
  readonly path: string;
  /** What the user should know of those passed over. */
  readonly notices: readonly string[];
}

/**
 * The newest checkpoint that is whole and of this run; undefined when the folder has none at all.
 *
 * @throws Error when there are checkpoints, but none of them can be used. The message gives the reason for each and says what to do.
 */
export function chooseCheckpoint(
  folder: CheckpointFolder,
  description: RunDescription,
  epochs: number,
): Choice | undefined {
  const judged = [...folder.candidates()].map((each) => ({ ...each, reason: objection(each, description, epochs) }));
  const fitting = judged.filter(({ reason }) => reason === undefined);
  const refused = judged.filter(({ reason }) => reason !== undefined);
  if (fitting.length > 0) {
    folder.adopt(fitting.map(({ path }) => path));
    const [{ path, checkpoint }] = fitting;
    const newer = judged.slice(0, judged.indexOf(fitting[0]));
    const notices = newer.map(({ path, reason }) => `${basename(path)} is passed over: ${reason}.`);
    for (const { path } of refused.filter(({ damage }) => damage)) folder.setAside(path);
    return { ...(checkpoint as Checkpoint), path, notices };
  }
  if (refused.length === 0) return undefined;
  const reasons = refused.map(({ path, reason }) => `  ${basename(path)}: ${reason}`).join("\n");
  const fix =
    "Use the same model, data and options as before; or name another folder, or remove this one, to begin anew.";
  throw new Error(`fit: resume finds no checkpoint of this run in ${folder.folder}:\n${reasons}\n${fix}`);
}

/** Why a checkpoint cannot be used; undefined when it can. */
function objection({ checkpoint, damage }: Candidate, description: RunDescription, epochs: number): string | undefined {
  if (!checkpoint) return `it is damaged: ${damage}`;
  const { position, optimizer } = checkpoint.state;
  const there = withPresentNames(checkpoint.description) as RunDescription;
  const found = differences(there, withRate(description, there, optimizer));
  if (found.length > 0) return `it is of another run: ${found.join("; ")}`;
  const begun = position.epoch + (position.step > 0 ? 1 : 0);
  return begun > epochs ? `it is of epoch ${begun}, and epochs is ${epochs}` : undefined;
}

/** A model that was interrupted in this process has the rate that a callback has set by now: no difference. */
function withRate(
  here: RunDescription,
  there: RunDescription,
  { learningRate }: Checkpoint["state"]["optimizer"],
): RunDescription {
  if (here.optimizer.learningRate !== learningRate) return here;
  return { ...here, optimizer: { ...here.optimizer, learningRate: there.optimizer.learningRate } };
}
