/**
 * Asynchronous successive halving (ASHA): Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020.
 *
 * ASHA decides whenever a worker becomes free, so that what it finds depends on how fast each one is. Here the workers that
 * it decides for are imagined: `slots` of them, for whom an epoch always takes the same time. Real workers, however many,
 * do the trainings that the imagined ones have begun. So a seed gives the same search on one machine and on ten, and also
 * after workers were killed.
 */
import type { SearchPlan, TrialJob } from "./search-plan";

export interface HalvingRule {
  /** Of each so many trials the best one goes on. */
  readonly reductionFactor: number;
  /** Epochs after which trials are compared for the first time. */
  readonly minEpochs: number;
  /** Epochs of a trial that is never stopped. */
  readonly maxEpochs: number;
  /** Imagined workers. */
  readonly slots: number;
  readonly direction: "min" | "max";
}

interface Finished {
  readonly job: TrialJob;
  readonly value: number;
}

interface Running {
  readonly job: TrialJob;
  readonly rung: number;
  /** On the imagined clock. */
  readonly end: number;
}

/** Epochs at which trials are compared: 1, 3, 9, 20 for a factor of 3 from 1 to 20. */
export function rungEpochs({ reductionFactor, minEpochs, maxEpochs }: HalvingRule): number[] {
  const rungs: number[] = [];
  for (let epochs = minEpochs; epochs < maxEpochs; epochs *= reductionFactor) rungs.push(epochs);
  return [...rungs, maxEpochs];
}

export class HalvingPlan implements SearchPlan {
  private readonly rungs: readonly number[];
  /** Of each rung, in the order in which they end on the imagined clock. */
  private readonly finished: Finished[][];
  private readonly promoted: Set<number>[];
  private running: Running[] = [];
  private readonly results = new Map<TrialJob, number>();
  private begun = 0;
  private clock = 0;

  constructor(
    private readonly settings: readonly TrialJob["settings"][],
    private readonly rule: HalvingRule,
  ) {
    this.rungs = rungEpochs(rule);
    this.finished = this.rungs.map(() => []);
    this.promoted = this.rungs.map(() => new Set());
    this.advance();
  }

  get open(): readonly TrialJob[] {
    return this.running.filter(({ job }) => !this.results.has(job)).map(({ job }) => job);
  }

  get isDone(): boolean {
    return this.running.length === 0;
  }

  note(job: TrialJob, value: number): void {
    this.results.set(job, value);
    this.advance();
  }

  /** Moves the imagined clock on as far as results are known. */
  private advance(): void {
    for (;;) {
      while (this.running.length < this.rule.slots && this.beginNext());
      const next = this.running[0];
      const value = next && this.results.get(next.job);
      if (next === undefined || value === undefined) return;
      this.running.shift();
      this.clock = next.end;
      this.finished[next.rung].push({ job: next.job, value });
    }
  }

  /** Begins the training that ASHA chooses: a promotion, from the highest rung that has one, else a new trial. */
  private beginNext(): boolean {
    for (let rung = this.rungs.length - 2; rung >= 0; rung--) {
      const chosen = this.promotable(rung);
      if (chosen === undefined) continue;
      this.promoted[rung].add(chosen.trial);
      this.begin({ ...chosen, epochs: this.rungs[rung + 1] }, rung + 1);
      return true;
    }
    if (this.begun >= this.settings.length) return false;
    const trial = this.begun++;
    this.begin({ trial, settings: this.settings[trial], epochs: this.rungs[0] }, 0);
    return true;
  }

  private begin(job: TrialJob, rung: number): void {
    const end = this.clock + this.rungs[rung] - (rung > 0 ? this.rungs[rung - 1] : 0);
    this.running.push({ job, rung, end });
    // Of equal ends the one that was begun first; sorting keeps that order.
    this.running.sort((a, b) => a.end - b.end);
  }

  /** The best of the top 1/η of a rung that has not gone on yet. */
  private promotable(rung: number): TrialJob | undefined {
    const sign = this.rule.direction === "min" ? 1 : -1;
    const ranked = this.finished[rung]
      .filter(({ value }) => Number.isFinite(value))
      .sort((a, b) => sign * (a.value - b.value) || a.job.trial - b.job.trial);
    const top = ranked.slice(0, Math.floor(this.finished[rung].length / this.rule.reductionFactor));
    return top.find(({ job }) => !this.promoted[rung].has(job.trial))?.job;
  }
}
