/** Ends training when a metric has stopped improving. */
import { checkBoolean, checkOptions } from "dnn-lab-core/check";
import {
  EARLY_STOPPING_OPTIONS,
  EarlyStoppingRule,
  type EarlyStoppingRuleOptions,
  type EarlyStoppingState,
} from "../../techniques/early-stopping";
import type { WeightValues } from "./callback";
import { monitored, speaker, type ResumableCallback, type Verbose } from "./monitored";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends EarlyStoppingRuleOptions {
  /** Whether the model ends with the weights of its best epoch, whatever ended training (default false). */
  restoreBestWeights?: boolean;
  /** 1 for a line when training ends early and when weights are restored (default 0). */
  verbose?: Verbose;
}

/** The rule's memory and, with `restoreBestWeights`, the best weights in `model.weights` order. */
export interface EarlyStoppingMemory {
  /** What the rule remembers. */
  readonly rule: EarlyStoppingState;
  /** Copies of the best weights so far; undefined before the first, or when they are not restored. */
  readonly bestWeights?: readonly WeightValues[];
}

/**
 * Keras' EarlyStopping: ends training when `monitor` has not improved for `patience` epochs.
 *
 * Slide "early stopping". First used in In[19] and, in section 1, in In[41]. Throws when the metric is missing.
 *
 * Slides' statements: early-stopping, stretch-pants.
 * @example earlyStopping({ patience: 5, restoreBestWeights: true })
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): ResumableCallback<EarlyStoppingMemory> {
  const owner = "earlyStopping";
  checkOptions(owner, options, { ...EARLY_STOPPING_OPTIONS, restoreBestWeights: true, verbose: true });
  const { restoreBestWeights = false, verbose, ...ruleOptions } = options;
  checkBoolean(owner, "restoreBestWeights", restoreBestWeights);
  const say = speaker(owner, verbose);
  const rule = new EarlyStoppingRule(ruleOptions, owner);
  let bestWeights: readonly WeightValues[] | undefined;
  let resumed = false;

  return {
    name: "EarlyStopping",
    monitor: rule.monitor,
    addsToLogs: [],
    exportState: () => ({ rule: rule.state, bestWeights }),
    importState(memory) {
      rule.restore(memory.rule);
      bestWeights = memory.bestWeights;
      resumed = true;
    },
    onTrainBegin() {
      if (!resumed) {
        rule.reset();
        bestWeights = undefined;
      }
      resumed = false;
    },
    async onEpochEnd(epoch, logs, context) {
      const value = monitored(owner, rule.monitor, logs, context);
      if (value === undefined) return;
      const { isBest, stop } = rule.update(epoch, value);
      if (isBest && restoreBestWeights) bestWeights = await context.getWeights();
      if (stop) context.stopTraining(`${rule.monitor} has not improved for ${rule.state.wait} epochs`);
    },
    onTrainEnd(_logs, context) {
      const { stoppedEpoch, bestEpoch = 0 } = rule.state;
      if (stoppedEpoch !== undefined) say(context, `Epoch ${stoppedEpoch + 1}: early stopping`);
      if (!restoreBestWeights || !bestWeights) return;
      say(context, `Restoring model weights from the end of the best epoch: ${bestEpoch + 1}.`);
      context.setWeights(bestWeights);
    },
  };
}
