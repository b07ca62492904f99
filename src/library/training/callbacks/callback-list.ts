/** Calls the hooks of several callbacks in order. */
import type { Logs } from "dnn-lab-core/types";
import type { Callback, TrainingContext } from "./callback";

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
