/** What `fit` returns: plain numbers, so that reports and notebooks manage no memory. */
import type { Logs } from "dnn-lab-core/types";
import type { RunPlan } from "./steps/plan";

/** What a run of `fit` was asked for. */
export interface HistoryParams {
  /** Epochs asked for. */
  readonly epochs: number;
  /** Optimizer steps in an epoch. */
  readonly steps: number;
  /** Samples in an epoch. */
  readonly samples: number;
  /** Samples in a batch. */
  readonly batchSize: number;
}

/**
 * The record of a training run, as Keras' `History`.
 *
 * `history.history.val_loss[i]` belongs to epoch number `history.epoch[i]` (from 0). First used in In[20].
 */
export interface History {
  /** Numbers of the epochs, from 0 (or `initialEpoch`). */
  readonly epoch: number[];
  /** Metric name → one number an epoch: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`… */
  readonly history: Record<string, number[]>;
  /** What `fit` was asked for. */
  readonly params: HistoryParams;
  /** How the steps were run at the end: replayed under this plan, or op by op (`eager`); plans differ by rounding. */
  readonly plan?: RunPlan;
  /** Wall-clock time of the run, in seconds; of a resumed run without the time between. */
  readonly seconds: number;
  /** Why training ended before the planned number of epochs; undefined when it did not. */
  readonly stopped?: string;
}

/** The epochs so far, as plain data. */
export interface RecorderState {
  readonly epoch: readonly number[];
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly seconds: number;
}

/** Collects the logs of each epoch's end. */
export class HistoryRecorder {
  readonly epoch: number[] = [];
  readonly values: Record<string, number[]> = {};
  private readonly started = performance.now();
  /** Seconds that the run took before it was resumed. */
  private earlierSeconds = 0;

  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) (this.values[name] ??= []).push(value);
  }

  finish(params: HistoryParams, plan: RunPlan, stopped?: string): History {
    const { epoch, values: history, seconds } = this;
    return { epoch, history, params, plan, seconds, ...(stopped ? { stopped } : {}) };
  }

  exportState(): RecorderState {
    const { epoch, values, seconds } = this;
    return { epoch, values, seconds };
  }

  importState({ epoch, values, seconds }: RecorderState): void {
    this.epoch.push(...epoch);
    for (const [name, numbers] of Object.entries(values)) this.values[name] = [...numbers];
    this.earlierSeconds = seconds;
  }

  private get seconds(): number {
    return this.earlierSeconds + (performance.now() - this.started) / 1000;
  }
}
