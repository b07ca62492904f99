import { tf } from "../../engine/tf";
import type { Dataset } from "../../data/dataset";
import type { BatchTask } from "./batch-task";
import type { Batch } from "../../data/batch";
import type { StepRunner } from "./runner";

/** Runs a task on one batch, op by op, and adds the batch's means. */
export function runEagerly(task: BatchTask, batch: Batch): void {
  tf.tidy(() => {
    const step = task.stepNumber();
    const scalars = task.scalars(step).map((value) => tf.scalar(value));
    task.means.add(batch.features.shape[0], task.compute(batch, scalars, step));
  });
  task.advance(1);
}

/** Runs each step op by op, as TensorFlow.js does. Works on every engine and for every model. */
export class EagerSteps implements StepRunner {
  private batches: Iterator<Batch> | undefined;

  constructor(
    private readonly task: BatchTask,
    private readonly data: Dataset,
  ) {}

  begin(pass: number, from = 0): void {
    this.dispose();
    this.batches = this.data.storedBatches(pass);
    for (let step = 0; step < from; step++) tf.dispose({ ...this.batches.next().value });
  }

  run(count: number): number {
    for (let done = 0; done < count; done++) {
      const next = this.batches?.next();
      if (!next || next.done) return done;
      try {
        runEagerly(this.task, next.value);
      } finally {
        tf.dispose({ ...next.value });
      }
    }
    return count;
  }

  dispose(): void {
    this.batches?.return?.();
    this.batches = undefined;
  }
}
