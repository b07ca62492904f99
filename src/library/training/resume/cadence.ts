/** When a checkpoint is taken. It never bears on the results, so it may look at the clock. */
import type { CheckedResume } from "./options";

/** At an epoch's end none is taken while that would cost more than 1/50 of the time since the last one. */
const COST_FACTOR = 50;

export class Cadence {
  private lastStep = 0;
  private lastMs: number;
  private costMs = 0;

  constructor(
    private readonly rule: Pick<CheckedResume, "everySteps" | "everyMinutes">,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lastMs = now();
  }

  /** How many of the `count` steps after `step` come before the next checkpoint that is due by number of steps; a call ends there. */
  atMost(step: number, count: number): number {
    const { everySteps } = this.rule;
    return Number.isFinite(everySteps) ? Math.min(count, everySteps - (step % everySteps)) : count;
  }

  /** Whether one is due within an epoch, after `step` steps of the run. */
  isDue(step: number): boolean {
    const { everySteps, everyMinutes } = this.rule;
    const byCount = Math.floor(step / everySteps) > Math.floor(this.lastStep / everySteps);
    return byCount || this.now() - this.lastMs >= everyMinutes * 60_000;
  }

  /** Whether one is due after `step` steps, where an epoch has ended. */
  isDueAtEpochEnd(step: number): boolean {
    return this.isDue(step) || this.now() - this.lastMs >= COST_FACTOR * this.costMs;
  }

  /** Notes that one was taken or read after `step` steps. */
  note(step: number, costMs = 0): void {
    this.lastStep = step;
    this.lastMs = this.now();
    this.costMs = costMs;
  }
}
