/** Steps of a resumed run are run as before, since each way of running them rounds in its own way. */
import { tf } from "../../engine/tf";
import type { RunPlan } from "../steps/plan";
import type { WatchedSteps } from "../steps/watched-steps";
import type { RunCheckpoints } from "./run-checkpoints";
import type { Plans } from "./run-state";

/** How the steps of a run that goes on were run before; nothing of a run that begins, has ended, or was on another engine. */
export function plansBefore({ saved, isComplete }: RunCheckpoints): Partial<Plans> {
  return saved && !isComplete && saved.engine === tf.getBackend() ? saved.plans : {};
}

/** Reports when steps can only run in another way than before. */
export function comparePlans(
  checkpoints: RunCheckpoints,
  runners: { training: WatchedSteps; validation?: WatchedSteps },
  notify: (line: string) => void,
): void {
  const { saved, isComplete } = checkpoints;
  if (!saved) return;
  if (isComplete) {
    Object.assign(runners.training.report, { plan: saved.plans.training, reason: "the run was finished before" });
    return;
  }
  for (const [task, steps] of Object.entries(runners)) {
    const before = saved.plans[task as keyof typeof runners];
    if (!steps || before === undefined) continue;
    const now = described(steps.report.plan, tf.getBackend());
    const then = described(before, saved.engine);
    if (now !== then)
      notify(`The ${task} steps now run ${now}, before ${then}: from here on results differ by rounding.`);
  }
}

const described = (plan: RunPlan, engine: string) => `as '${plan}' on the engine '${engine}'`;
