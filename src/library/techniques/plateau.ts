/** When to lower the learning rate: the decision behind the callback `reduceLROnPlateau`, without a model. */
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { improvement, monitorDirection, type Improves, type MonitorOptions } from "./monitor";

/** Options of {@link PlateauRule}. */
export interface PlateauRuleOptions extends MonitorOptions {
  /** λ, what the rate is multiplied by (default 0.1); greater than 0 and less than 1. */
  factor?: number;
  /** Epochs without improvement after which the rate is lowered (default 10); a whole number. */
  patience?: number;
  /** Smallest change that counts as an improvement (default 0.0001); at least 0. */
  minDelta?: number;
  /** Epochs after a reduction in which no epoch counts as without improvement (default 0). */
  cooldown?: number;
  /** Rate that is never gone below (default 0). */
  minLr?: number;
}

export const PLATEAU_OPTIONS: OptionNames<PlateauRuleOptions> = {
  monitor: true,
  mode: true,
  factor: true,
  patience: true,
  minDelta: true,
  cooldown: true,
  minLr: true,
};

/** What the rule remembers, as plain data that can be saved and restored. */
export interface PlateauState {
  /** Best value so far; undefined before the first. */
  readonly best?: number;
  /** Epochs since the last improvement or reduction. */
  readonly wait: number;
  /** Epochs that the cooldown still lasts. */
  readonly cooldown: number;
}

/**
 * Performance scheduling (slide "learning rate schedules"), Keras' ReduceLROnPlateau, as a rule that takes a metric and
 * answers with a rate. First used in In[30].
 *
 * Slides' statements: performance-scheduling.
 * @example
 * const rule = new PlateauRule({ factor: 0.5, patience: 1 });
 * rule.update(1, 0.01); // undefined: the first value is the best so far
 * rule.update(1, 0.01); // 0.005
 */
export class PlateauRule {
  /** Name of the metric it follows. */
  readonly monitor: string;
  private readonly factor: number;
  private readonly patience: number;
  private readonly cooldown: number;
  private readonly minLr: number;
  private readonly improves: Improves;
  private current: PlateauState = { wait: 0, cooldown: 0 };

  constructor(options: PlateauRuleOptions = {}, owner = "PlateauRule") {
    checkOptions(owner, options, PLATEAU_OPTIONS);
    const { monitor = "val_loss", mode = "auto", factor = 0.1, patience = 10, minDelta = 1e-4 } = options;
    this.monitor = monitor;
    const fix = "To raise the rate, use a schedule.";
    this.factor = checkNumber(owner, "factor", factor, { above: 0, below: 1, fix });
    this.patience = checkNumber(owner, "patience", patience, { integer: true, min: 0 });
    this.cooldown = checkNumber(owner, "cooldown", options.cooldown ?? 0, { integer: true, min: 0 });
    this.minLr = checkNumber(owner, "minLr", options.minLr ?? 0, { min: 0 });
    this.improves = improvement(owner, monitorDirection(owner, monitor, mode), minDelta);
  }

  /** What it remembers, as plain data. */
  get state(): PlateauState {
    return this.current;
  }

  /** Forgets everything, as at the beginning of a training. */
  reset(): void {
    this.current = { wait: 0, cooldown: 0 };
  }

  /** Goes on from a state that was saved. */
  restore(state: PlateauState): void {
    this.current = { ...state };
  }

  /** Takes the metric of an epoch's end and the present rate; returns the new rate, or undefined to keep it. */
  update(value: number, learningRate: number): number | undefined {
    const cooldown = Math.max(0, this.current.cooldown - 1);
    if (this.improves(value, this.current.best)) {
      this.current = { best: value, wait: 0, cooldown };
      return undefined;
    }
    const wait = cooldown > 0 ? 0 : this.current.wait + 1;
    // Compared in float32, in which optimizers keep the rate.
    const lower = cooldown === 0 && wait >= this.patience && Math.fround(learningRate) > Math.fround(this.minLr);
    this.current = { ...this.current, ...(lower ? { wait: 0, cooldown: this.cooldown } : { wait, cooldown }) };
    return lower ? Math.max(learningRate * this.factor, this.minLr) : undefined;
  }
}
