/** Calls the hooks of several callbacks in order. */
import { checkFunction, guess, show } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";
import type { Callback, TrainingContext } from "./callback";

export const HOOKS = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
] as const;

export const MEMORY = ["exportState", "importState"] as const;

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
    for (const hook of [...HOOKS, ...MEMORY]) {
      if (callback[hook] !== undefined) checkFunction(owner, `callback hook ${hook}`, callback[hook]);
    }
    if (Boolean(callback.exportState) !== Boolean(callback.importState)) {
      throw new TypeError(`${owner}: a callback needs both of exportState and importState, or neither.`);
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
  private atWork = false;

  constructor(
    private readonly callbacks: readonly Callback[],
    private readonly context: TrainingContext,
  ) {
    this.watchesBatches = callbacks.some((callback) => callback.onTrainBatchBegin ?? callback.onTrainBatchEnd);
  }

  /** Whether a hook is at work, so that some callbacks may be a moment ahead of others. */
  get running(): boolean {
    return this.atWork;
  }

  async trainBegin(): Promise<void> {
    await this.each((callback) => callback.onTrainBegin?.(this.context));
  }

  async trainEnd(logs: Logs): Promise<void> {
    await this.each((callback) => callback.onTrainEnd?.(logs, this.context));
  }

  async epochBegin(epoch: number): Promise<void> {
    await this.each((callback) => callback.onEpochBegin?.(epoch, this.context));
  }

  async epochEnd(epoch: number, logs: Logs): Promise<void> {
    await this.each((callback) => callback.onEpochEnd?.(epoch, logs, this.context));
  }

  async batchBegin(batch: number): Promise<void> {
    await this.each((callback) => callback.onTrainBatchBegin?.(batch, this.context));
  }

  async batchEnd(batch: number, logs: Logs): Promise<void> {
    await this.each((callback) => callback.onTrainBatchEnd?.(batch, logs, this.context));
  }

  /** What the callbacks with a memory remember, in their order. */
  exportState(): unknown[] {
    return withMemory(this.callbacks).map((callback) => callback.exportState?.());
  }

  importState(states: readonly unknown[]): void {
    withMemory(this.callbacks).forEach((callback, i) => callback.importState?.(states[i]));
  }

  private async each(hook: (callback: Callback) => void | Promise<void>): Promise<void> {
    this.atWork = true;
    for (const callback of this.callbacks) await hook(callback);
    this.atWork = false;
  }
}

/** The callbacks that remember something. */
export function withMemory(callbacks: readonly Callback[]): readonly Callback[] {
  return callbacks.filter((callback) => callback.exportState);
}
