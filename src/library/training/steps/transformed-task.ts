/** The one place where the transforms of a data set meet the steps, however these are run. */
import { isOwnTransform } from "../../data/augment/transform";
import type { AnyDataset } from "../../data/stream/stream-dataset";
import type { BatchTask } from "./batch-task";

/** The task on batches of stored samples: it does first what `Dataset.map` says, random transforms in training only. */
export function transformedTask(task: BatchTask, data: AnyDataset): BatchTask {
  if (!data.changesBatches) return task;
  return {
    ...task,
    // A transform of the user's may make something at its first call.
    settled: task.settled && data.transforms.every(isOwnTransform),
    compute: (batch, scalars, step) =>
      task.compute(data.transform(batch, task.name === "training" ? step : undefined), scalars, step),
  };
}
