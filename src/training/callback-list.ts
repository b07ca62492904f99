/** Calls the hooks of several callbacks in order. */
import { checkFunction, guess, show } from "../core/check";
import type { Logs } from "../core/types";
import type { Callback, TrainingContext } from "./callback";

const HOOKS = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
] as const;

/** Refuses what is no callback, and hooks with a misspelt name (`onEpochend`), which would never be called. */
export function checkCallbacks(owner: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) {
    throw new TypeError(`${owner}: callbacks must be an array, received ${show(callbacks)}. Wrap it: [callback].`);
  }
  for (const callback of callbacks) {
    if (callback === null || typeof callback !== "object") {
      throw new TypeError(
        `${owner}: a callback is an object with hooks such as onEpochEnd, received ${show(callback)}.`,
      );
    }
    for (const hook of HOOKS) {
      if (callback[hook] !== undefined) checkFunction(owner, `callback hook ${hook}`, callback[hook]);
    }
    for (const key of Object.keys(callback)) {
      const near = /^on[A-Z]/.test(key) && !(HOOKS as readonly string[]).includes(key);
      if (near)
        throw new TypeError(`${owner}: '${key}' is no hook of a callback (${HOOKS.join(", ")}).${guess(key, HOOKS)}`);
    }
  }
  return callbacks;
}

export class CallbackList {
  /** Whether any callback wants to be called after each step; if none does, steps need not be told apart. */
  readonly watchesBatches: boolean;

  constructor(
    private readonly callbacks: readonly Callback[],
    private readonly context: TrainingContext,
  ) {
    this.watchesBatches = callbacks.some((callback) => callback.onTrainBatchBegin ?? callback.onTrainBatchEnd);
  }

  async trainBegin(): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBegin?.(this.context);
  }

  async trainEnd(logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainEnd?.(logs, this.context);
  }

  async epochBegin(epoch: number): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochBegin?.(epoch, this.context);
  }

  async epochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochEnd?.(epoch, logs, this.context);
  }

  async batchBegin(batch: number): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBatchBegin?.(batch, this.context);
  }

  async batchEnd(batch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBatchEnd?.(batch, logs, this.context);
  }
}
