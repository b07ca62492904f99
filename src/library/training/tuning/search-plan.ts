/** Which trainings a search consists of. What comes next depends on results alone, never on the clock or on who trains. */
import type { HyperValue } from "./domain";

/** One training to be done: a trial's settings, up to an epoch. Plain data, so that another process can do it. */
export interface TrialJob {
  /** Of the trial, from 0. */
  readonly trial: number;
  readonly settings: Readonly<Record<string, HyperValue>>;
  /** Epochs that the trial has behind it after this training. */
  readonly epochs: number;
}

export interface SearchPlan {
  /** Trainings that may be done now, the most urgent first. */
  readonly open: readonly TrialJob[];
  /** Whether nothing is left to do. */
  readonly isDone: boolean;
  /** Takes the result of one of the open trainings; NaN where it has none. */
  note(job: TrialJob, value: number): void;
}

/** Each trial is trained to its end: a grid, or settings drawn at random. */
export class WholePlan implements SearchPlan {
  private jobs: TrialJob[];

  constructor(settings: readonly TrialJob["settings"][], epochs: number) {
    this.jobs = settings.map((each, trial) => ({ trial, settings: each, epochs }));
  }

  get open(): readonly TrialJob[] {
    return this.jobs;
  }

  get isDone(): boolean {
    return this.jobs.length === 0;
  }

  note(job: TrialJob): void {
    this.jobs = this.jobs.filter((each) => each !== job);
  }
}
