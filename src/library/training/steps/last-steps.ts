/** How a model's steps were run last, for `explain`. */
import type { tf } from "../../engine/tf";
import type { TaskName } from "./batch-task";
import type { StepsReport } from "./runner";

const reports = new WeakMap<tf.LayersModel, Map<TaskName, StepsReport>>();

/** Keeps the report, which goes on counting, until the model's next run of that kind. */
export function rememberSteps(model: tf.LayersModel, task: TaskName, report: StepsReport): void {
  const known = reports.get(model) ?? new Map<TaskName, StepsReport>();
  reports.set(model, known.set(task, report));
}

/** What is known of the model's last training and its last evaluation. */
export function lastSteps(model: tf.LayersModel): ReadonlyMap<TaskName, StepsReport> {
  return reports.get(model) ?? new Map();
}
