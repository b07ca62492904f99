/** Who does the trainings of a search. */
import { runTrial, type TrialFunctions } from "./run-trial";
import type { TrialJob } from "./search-plan";
import type { SearchSpec, TrialResult } from "./trial";

export interface TrialRunner {
  /** Trainings that may run at a time. */
  readonly slots: number;
  /** Does a training, or has it done. Rejects when it cannot be done: then trying again is of no use. */
  run(job: TrialJob): Promise<TrialResult>;
  /** Ends what still runs. */
  stop(): Promise<void>;
}

/** In this process, one after another. */
export function inThisProcess(spec: SearchSpec, functions: TrialFunctions): TrialRunner {
  return { slots: 1, run: (job) => runTrial(job, spec, functions), stop: () => Promise.resolve() };
}
