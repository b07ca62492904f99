/** Ends training when the loss is NaN or infinite. */
import { checkBoolean, checkOptions } from "dnn-lab-core/check";
import type { Callback } from "./callback";

/** Options of {@link terminateOnNaN}. */
export interface TerminateOnNaNOptions {
  /** Whether to throw instead, so that nothing else of the run's end happens (default false). */
  raiseError?: boolean;
}

/**
 * Keras' TerminateOnNaN: ends training after the first batch whose loss is NaN or infinite.
 *
 * @example fit(model, train, { epochs: 10, callbacks: [terminateOnNaN()] })
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): Callback {
  const owner = "terminateOnNaN";
  checkOptions(owner, options, { raiseError: true });
  const raiseError = checkBoolean(owner, "raiseError", options.raiseError ?? false);
  return {
    name: "TerminateOnNaN",
    onTrainBatchEnd(batch, { loss }, context) {
      if (loss === undefined || Number.isFinite(loss)) return;
      if (raiseError) {
        const fix = "Try a lower learning rate or gradient clipping, and look for NaN in the data.";
        throw new Error(`${owner}: the loss of batch ${batch} is ${loss}. ${fix}`);
      }
      context.notify(`Batch ${batch}: Invalid loss, terminating training`);
      context.stopTraining(`the loss of batch ${batch} is ${loss}`);
    },
  };
}
