/** A `fit` without a model: it remembers what callbacks do to it. */
import type { Logs } from "../../../../src/core/types";
import type { tf } from "../../../../src/library/engine/tf";
import type { Callback, TrainingContext } from "../../../../src/library/training/callbacks/callback";

export class FakeFit implements TrainingContext {
  readonly model = {} as tf.LayersModel;
  readonly stepsPerEpoch = 3;
  readonly epochs = 100;
  readonly metricNames: string[] = [];
  readonly notified: string[] = [];
  /** The running epoch; what `getWeights` copies. */
  epoch = 0;
  restoredEpoch: number | null = null;
  stopReason: string | undefined;

  constructor(public rate = 0.01) {}

  learningRate(): number {
    return this.rate;
  }

  setLearningRate(rate: number): void {
    this.rate = rate;
  }

  getWeights(): Promise<Float32Array[]> {
    return Promise.resolve([Float32Array.of(this.epoch)]);
  }

  setWeights(weights: readonly Float32Array[]): void {
    this.restoredEpoch = weights[0][0];
  }

  stopTraining(reason = "a callback asked for it"): void {
    this.stopReason ??= reason;
  }

  notify(line: string): void {
    this.notified.push(line);
  }

  /** Runs epochs with these logs until the callback stops it; `seen` is called after each epoch's end. */
  async run(callback: Callback, epochs: readonly Logs[], seen?: (logs: Logs) => void, firstEpoch = 0): Promise<void> {
    this.stopReason = undefined;
    await callback.onTrainBegin?.(this);
    for (let i = 0; i < epochs.length && !this.stopReason; i++) {
      this.epoch = firstEpoch + i;
      const logs = { ...epochs[i] };
      await callback.onEpochBegin?.(this.epoch, this);
      await callback.onEpochEnd?.(this.epoch, logs, this);
      seen?.(logs);
    }
    await callback.onTrainEnd?.({}, this);
  }
}

/** A number from a file of expected values: null stands for NaN, "Infinity" for itself. */
export const fromJson = (value: number | string | null): number => (value === null ? NaN : Number(value));
