import { StreamFeed, type LabelCheck } from "../../data/stream/stream-feed";
import type { StreamDataset } from "../../data/stream/stream-dataset";
import { tf } from "../../engine/tf";
import type { BatchTask } from "./batch-task";
import { runEagerly } from "./eager-steps";
import type { StepRunner } from "./runner";

/** Runs each step on a stream's batches op by op. */
export class StreamEagerSteps implements StepRunner {
  private readonly feed: StreamFeed;

  constructor(
    private readonly task: BatchTask,
    private readonly data: StreamDataset,
    check: LabelCheck,
  ) {
    this.feed = new StreamFeed(data, check);
  }

  begin(pass: number, from = 0): void {
    this.feed.begin(pass, from);
  }

  ready(count: number): Promise<void> | undefined {
    return this.feed.ready(count);
  }

  run(count: number): number {
    const batches = this.feed.peek().slice(0, count);
    for (const samples of batches) {
      const batch = this.data.asBatch(samples);
      try {
        runEagerly(this.task, batch);
      } finally {
        tf.dispose({ ...batch });
      }
      this.feed.drop(1);
    }
    return batches.length;
  }

  dispose(): void {
    this.feed.close();
  }
}
