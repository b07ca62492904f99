/** What a search shows while it runs. */
import { type Progress, startProgress } from "dnn-lab-core/progress";
import { lineSink } from "../fit/progress-line";
import type { Objective } from "./trial";
import { bestOf, type TrialRecord } from "./tune-result";

export class TuneProgress {
  private readonly records = new Map<number, TrialRecord>();
  private readonly progress: Progress | undefined;
  private trainings = 0;

  constructor(
    private readonly verbose: 0 | 1 | 2,
    private readonly objective: Objective,
  ) {
    this.progress = verbose === 1 ? startProgress({ title: "Search", unit: "trainings" }) : undefined;
  }

  trained(record: TrialRecord): void {
    this.records.set(record.trial, record);
    this.progress?.update(++this.trainings);
    if (this.verbose === 2) lineSink(2).settled(this.line(record));
  }

  finish(): void {
    this.progress?.finish(`${this.records.size} trials, ${this.trainings} trainings`);
  }

  /** `Trial 3: units 50, rate 0.1: val_accuracy 0.8512 after 3 epochs (best 0.8612, trial 1)` */
  private line({ trial, settings, status, value, epochs, reason }: TrialRecord): string {
    const chosen = Object.entries(settings).filter(([, each]) => each !== undefined);
    const about = chosen.map(([name, each]) => `${name} ${short(each)}`).join(", ");
    if (status === "failed") return `Trial ${trial}: ${about}: failed: ${reason}`;
    const best = bestOf(this.objective.direction, [...this.records.values()]);
    const leader = best && best.trial !== trial ? ` (best ${short(best.value)}, trial ${best.trial})` : "";
    return `Trial ${trial}: ${about}: ${this.objective.metric} ${short(value)} after ${epochs} epochs${leader}`;
  }
}

const short = (value: unknown): string =>
  typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
