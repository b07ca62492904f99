/** A callback made of functions. */
import { checkFunction, checkOptions } from "../../core/check";
import type { Callback } from "../callback";

const HOOKS = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
] as const;

/**
 * Keras' LambdaCallback: a callback from its hooks, with their names checked. Each hook gets the running `fit` last.
 *
 * @example lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export function lambdaCallback(hooks: Pick<Callback, (typeof HOOKS)[number]>): Callback {
  checkOptions("lambdaCallback", hooks, HOOKS);
  for (const hook of HOOKS) {
    if (hooks[hook] !== undefined) checkFunction("lambdaCallback", hook, hooks[hook]);
  }
  return { name: "LambdaCallback", ...hooks };
}
