/** When to end training: the decision behind the callback `earlyStopping`, without a model. */
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { improvement, monitorDirection, type Improves, type MonitorOptions } from "./monitor";

/** Options of {@link EarlyStoppingRule}. */
export interface EarlyStoppingRuleOptions extends MonitorOptions {
  /** Smallest change that counts as an improvement (default 0); at least 0. */
  minDelta?: number;
  /** Epochs without improvement after which training ends (default 0); a whole number. */
  patience?: number;
  /** Value that must be beaten for the patience to start anew (default none). */
  baseline?: number;
  /** Epoch, from 0, before which nothing is monitored (default 0). */
  startFromEpoch?: number;
}

export const EARLY_STOPPING_OPTIONS: OptionNames<EarlyStoppingRuleOptions> = {
  monitor: true,
  mode: true,
  minDelta: true,
  patience: true,
  baseline: true,
  startFromEpoch: true,
};

/** What the rule remembers, as plain data that can be saved and restored. */
export interface EarlyStoppingState {
  /** Best value so far; undefined before the first. */
  readonly best?: number;
  /** Epoch, from 0, whose weights are the best so far; undefined before the first monitored epoch. */
  readonly bestEpoch?: number;
  /** Epochs since the last improvement. */
  readonly wait: number;
  /** Epoch, from 0, at which the rule said to stop; undefined while it has not. */
  readonly stoppedEpoch?: number;
}

/** What {@link EarlyStoppingRule} says at an epoch's end. */
export interface EarlyStoppingDecision {
  /** Whether this epoch's weights are the best so far. */
  readonly isBest: boolean;
  /** Whether training should end. */
  readonly stop: boolean;
}

/**
 * Keras' EarlyStopping as a rule that takes a metric and answers.
 *
 * Slides' statements: early-stopping.
 * @example
 * const rule = new EarlyStoppingRule({ patience: 1 });
 * [10, 9, 9.5].map((loss, epoch) => rule.update(epoch, loss).stop); // [false, false, true]
 */
export class EarlyStoppingRule {
  /** Name of the metric it follows. */
  readonly monitor: string;
  private readonly patience: number;
  private readonly baseline: number | undefined;
  private readonly startFromEpoch: number;
  private readonly improves: Improves;
  private current: EarlyStoppingState = { wait: 0 };

  constructor(options: EarlyStoppingRuleOptions = {}, owner = "EarlyStoppingRule") {
    checkOptions(owner, options, EARLY_STOPPING_OPTIONS);
    const { monitor = "val_loss", mode = "auto", minDelta = 0, patience = 0, baseline, startFromEpoch = 0 } = options;
    this.monitor = monitor;
    this.patience = checkNumber(owner, "patience", patience, { integer: true, min: 0 });
    this.baseline = baseline === undefined ? undefined : checkNumber(owner, "baseline", baseline);
    this.startFromEpoch = checkNumber(owner, "startFromEpoch", startFromEpoch, { integer: true, min: 0 });
    this.improves = improvement(owner, monitorDirection(owner, monitor, mode), minDelta);
  }

  /** What it remembers, as plain data. */
  get state(): EarlyStoppingState {
    return this.current;
  }

  /** Forgets everything, as at the beginning of a training. */
  reset(): void {
    this.current = { wait: 0 };
  }

  /** Goes on from a state that was saved. */
  restore(state: EarlyStoppingState): void {
    this.current = { ...state };
  }

  /** Takes the metric of the end of `epoch` (from 0). */
  update(epoch: number, value: number): EarlyStoppingDecision {
    if (epoch < this.startFromEpoch) return { isBest: false, stop: false };
    const { best, bestEpoch } = this.current;
    if (this.improves(value, best)) {
      // Better than the best so far, yet the patience goes on running until the baseline is beaten too.
      const beatsBaseline = this.baseline === undefined || this.improves(value, this.baseline);
      this.current = { best: value, bestEpoch: epoch, wait: beatsBaseline ? 0 : this.current.wait + 1 };
      return { isBest: true, stop: false };
    }
    const wait = this.current.wait + 1;
    const stop = wait >= this.patience && epoch > 0;
    this.current = { best, bestEpoch: bestEpoch ?? epoch, wait, ...(stop ? { stoppedEpoch: epoch } : {}) };
    return { isBest: bestEpoch === undefined, stop };
  }
}
