/** Lowers the learning rate when a metric has stopped improving. */
import { checkOptions } from "dnn-lab-core/check";
import { PLATEAU_OPTIONS, PlateauRule, type PlateauRuleOptions, type PlateauState } from "../../techniques/plateau";
import { monitored, speaker, type ResumableCallback, type Verbose } from "./monitored";

/** Options of {@link reduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions extends PlateauRuleOptions {
  /** 1 for a line at each reduction (default 0). */
  verbose?: Verbose;
}

/**
 * Keras' ReduceLROnPlateau: multiplies the rate by `factor` when `monitor` has not improved for `patience` epochs.
 *
 * Writes the rate of each epoch into its logs as `learning_rate`. Needs an optimizer whose `learningRate` is a number.
 * Slide "learning rate schedules", performance scheduling; first used in In[30].
 *
 * Slides' statements: performance-scheduling.
 * @example reduceLROnPlateau({ factor: 0.1, patience: 5 })
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): ResumableCallback<PlateauState> {
  const owner = "reduceLROnPlateau";
  checkOptions(owner, options, { ...PLATEAU_OPTIONS, verbose: true });
  const { verbose, ...ruleOptions } = options;
  const say = speaker(owner, verbose);
  const rule = new PlateauRule(ruleOptions, owner);
  let resumed = false;

  return {
    name: "ReduceLROnPlateau",
    monitor: rule.monitor,
    addsToLogs: ["learning_rate"],
    exportState: () => rule.state,
    importState(state) {
      rule.restore(state);
      resumed = true;
    },
    onTrainBegin(context) {
      // Throws at once, rather than at the first plateau, when the optimizer follows a schedule.
      context.setLearningRate(context.learningRate());
      if (!resumed) rule.reset();
      resumed = false;
    },
    onEpochEnd(epoch, logs, context) {
      const present = context.learningRate();
      logs.learning_rate = present;
      const value = monitored(owner, rule.monitor, logs, context);
      const rate = value === undefined ? undefined : rule.update(value, present);
      if (rate === undefined) return;
      context.setLearningRate(rate);
      say(context, `Epoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${rate}.`);
    },
  };
}
