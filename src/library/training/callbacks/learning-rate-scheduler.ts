/** Sets the learning rate of each epoch by a function. */
import { checkFunction, checkNumber, checkOptions } from "dnn-lab-core/check";
import type { Callback } from "./callback";
import { speaker, type Verbose } from "./monitored";

/** Options of {@link learningRateScheduler}. */
export interface LearningRateSchedulerOptions {
  /** 1 for a line at each epoch (default 0). */
  verbose?: Verbose;
}

/**
 * Keras' LearningRateScheduler: before each epoch sets the rate to `schedule(epoch, present rate)`.
 *
 * Epochs count from 0. Writes the rate into the epoch's logs as `learning_rate`. Needs an optimizer whose
 * `learningRate` is a number; for a rate that changes with each step give the optimizer a schedule instead.
 *
 * @example learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * Math.exp(-0.1)))
 */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number,
  options: LearningRateSchedulerOptions = {},
): Callback {
  const owner = "learningRateScheduler";
  checkFunction(owner, "schedule", schedule);
  checkOptions(owner, options, { verbose: true });
  const say = speaker(owner, options.verbose);
  return {
    name: "LearningRateScheduler",
    addsToLogs: ["learning_rate"],
    onEpochBegin(epoch, context) {
      const rate = schedule(epoch, context.learningRate());
      checkNumber(owner, `schedule(${epoch}, …)`, rate, { min: 0 });
      context.setLearningRate(rate);
      say(context, `Epoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
    },
    onEpochEnd(_epoch, logs, context) {
      logs.learning_rate = context.learningRate();
    },
  };
}
