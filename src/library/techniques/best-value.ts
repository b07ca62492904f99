/** The best value so far: the decision behind `modelCheckpoint({ saveBestOnly: true })`, without a model. */
import { checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { improvement, monitorDirection, type Improves, type MonitorOptions } from "./monitor";

/** Options of {@link BestValueRule}. */
export interface BestValueRuleOptions extends MonitorOptions {
  /** Value that the first one must already beat (default none). */
  initialValueThreshold?: number;
}

const BEST_VALUE_OPTIONS: OptionNames<BestValueRuleOptions> = {
  monitor: true,
  mode: true,
  initialValueThreshold: true,
};

/** What the rule remembers, as plain data that can be saved and restored. */
export interface BestValueState {
  /** Best value so far; undefined before the first. */
  readonly best?: number;
}

/**
 * Says of each value whether it is the best so far; a NaN never is.
 *
 * @example
 * const rule = new BestValueRule({ monitor: "val_accuracy" });
 * [0.8, 0.7, 0.9].map((accuracy) => rule.update(accuracy)); // [true, false, true]
 */
export class BestValueRule {
  /** Name of the metric it follows. */
  readonly monitor: string;
  private readonly improves: Improves;
  private current: BestValueState;

  constructor(options: BestValueRuleOptions = {}, owner = "BestValueRule") {
    checkOptions(owner, options, BEST_VALUE_OPTIONS);
    const { monitor = "val_loss", mode = "auto", initialValueThreshold: threshold } = options;
    this.monitor = monitor;
    this.current = threshold === undefined ? {} : { best: checkNumber(owner, "initialValueThreshold", threshold) };
    this.improves = improvement(owner, monitorDirection(owner, monitor, mode), 0);
  }

  /** What it remembers, as plain data. */
  get state(): BestValueState {
    return this.current;
  }

  /** Goes on from a state that was saved. */
  restore(state: BestValueState): void {
    this.current = { ...state };
  }

  /** Takes a value; true when it is the best so far. */
  update(value: number): boolean {
    if (!this.improves(value, this.current.best)) return false;
    this.current = { best: value };
    return true;
  }
}
