/** What came of a search. */
import type { tf } from "../../engine/tf";
import type { History } from "../history";
import type { TrialJob } from "./search-plan";
import type { SearchSpace, Settings } from "./search-space";
import type { Objective, TrialExecution, TrialResult } from "./trial";

/** A trial of a search as far as it got. */
export interface TrialRecord<Space extends SearchSpace = SearchSpace> {
  /** Number of the trial, from 0. */
  readonly trial: number;
  /** Its value of each hyperparameter. */
  readonly settings: Settings<Space>;
  /**
   * `completed`: trained to its end, or ended by a callback of its own; `pruned`: stopped early, since others were better;
   * `diverged`: the objective is no finite number; `failed`: it threw.
   */
  readonly status: "completed" | "pruned" | "diverged" | "failed";
  /** The objective, the mean of the executions; NaN where there is none. */
  readonly value: number;
  /** Epochs it was trained for. */
  readonly epochs: number;
  /** Time of its trainings, wherever they ran. */
  readonly seconds: number;
  /** Its trainings, one for each seed. */
  readonly executions: readonly TrialExecution[];
  /** Why it failed. */
  readonly reason?: string;
}

/** What {@link tune} returns. */
export interface TuneResult<Space extends SearchSpace = SearchSpace> {
  /** All trials, by number. */
  readonly trials: readonly TrialRecord<Space>[];
  /** The best one: of those trained to the end where there are any. */
  readonly best: TrialRecord<Space>;
  /** The history of the best trial; of several executions the best one's. */
  readonly history: History;
  /** The trained model of that history. */
  readonly model: tf.LayersModel;
  /** What trials were judged by. */
  readonly objective: Objective;
  /** The space that was searched. */
  readonly space: Space;
  /** Wall-clock time of this call. */
  readonly seconds: number;
}

/** The record of a trial after its last training. */
export function recordOf<Space extends SearchSpace>(
  job: TrialJob,
  outcome: TrialResult | Error,
  maxEpochs: number,
): TrialRecord<Space> {
  const about = { trial: job.trial, settings: job.settings as Settings<Space> };
  if (outcome instanceof Error) {
    const none = { value: NaN, epochs: 0, seconds: 0, executions: [] };
    return { ...about, ...none, status: "failed", reason: outcome.message };
  }
  const { value, executions } = outcome;
  const epochs = Math.max(...executions.map(({ history }) => history.epoch.length));
  const seconds = executions.reduce((sum, { history }) => sum + history.seconds, 0);
  const waits = job.epochs < maxEpochs && epochs === job.epochs;
  const status = !Number.isFinite(value) ? "diverged" : waits ? "pruned" : "completed";
  return { ...about, status, value, epochs, seconds, executions };
}

/** Whether a value is better than another; a finite one is better than none. */
export function isBetter(direction: "min" | "max", value: number, than: number | undefined): boolean {
  if (!Number.isFinite(value)) return false;
  if (than === undefined || !Number.isFinite(than)) return true;
  return direction === "min" ? value < than : value > than;
}

/** The best of some values, the first of equal ones; undefined when none is finite. */
export function bestOf<T extends { readonly value: number }>(
  direction: "min" | "max",
  all: readonly T[],
): T | undefined {
  return all.reduce<T | undefined>(
    (best, each) => (isBetter(direction, each.value, best?.value) ? each : best),
    undefined,
  );
}

/** The best trial. @throws Error when none has a value */
export function bestTrial<Space extends SearchSpace>(
  trials: readonly TrialRecord<Space>[],
  { metric, direction }: Objective,
): TrialRecord<Space> {
  const completed = trials.filter(({ status }) => status === "completed");
  const best = bestOf(direction, completed) ?? bestOf(direction, trials);
  if (best) return best;
  const failed = trials.find(({ reason }) => reason !== undefined);
  throw new Error(
    `tune: no trial has a finite ${metric}${failed ? `; trial ${failed.trial} failed: ${failed.reason}` : ": all have diverged. Try lower learning rates"}.`,
  );
}
