/** Histories for the tests of reports. */
import type { History } from "../../../src/library/training/history";

/** A history with the given metrics, an epoch for each value. */
export function historyOf(metrics: Record<string, number[]>, firstEpoch = 0): History {
  const epochs = Object.values(metrics)[0]?.length ?? 0;
  return {
    epoch: Array.from({ length: epochs }, (_, index) => firstEpoch + index),
    history: metrics,
    params: { epochs, steps: 4, samples: 64, batchSize: 16 },
    seconds: 1.5,
  };
}

/** Three plain epochs. */
export const plainHistory = historyOf({
  loss: [0.9, 0.5, 0.4],
  accuracy: [0.7, 0.8, 0.85],
  val_loss: [0.6, 0.55, 0.52],
  val_accuracy: [0.78, 0.83, 0.82],
});
