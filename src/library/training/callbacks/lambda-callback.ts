/** A callback made of functions. */
import { checkFunction, checkKeys } from "dnn-lab-core/check";
import type { Callback } from "./callback";
import { HOOKS, MEMORY } from "./check-callbacks";

const FUNCTIONS = [...HOOKS, ...MEMORY] as const;

/**
 * Keras' LambdaCallback: a callback from its hooks, with their names checked. Each hook gets the running `fit` last.
 * `exportState` and `importState` carry what it remembers over to a resumed run.
 *
 * @example lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export function lambdaCallback(hooks: Pick<Callback, (typeof FUNCTIONS)[number]>): Callback {
  checkKeys("lambdaCallback", hooks, FUNCTIONS);
  for (const hook of FUNCTIONS) {
    if (hooks[hook] !== undefined) checkFunction("lambdaCallback", hook, hooks[hook]);
  }
  return { name: "LambdaCallback", ...hooks };
}
