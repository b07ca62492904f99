/** Steps of a resumed run are run as before, since each way of running them rounds in its own way. */
import { tf } from "../../engine/tf";
import type { RunPlan } from "../steps/plan";
import type { CompileOption } from "../steps/step-runner";
import type { WatchedSteps } from "../steps/watched-steps";
import type { RunCheckpoints } from "./run-checkpoints";

/** Goes on op by op where the run had stopped replaying; reports when steps can only run in another way than before. */
export function keepPlans(
  checkpoints: RunCheckpoints,
  compile: CompileOption,
  runners: { training: WatchedSteps; validation?: WatchedSteps },
  notify: (line: string) => void,
): void {
  const { saved, isComplete } = checkpoints;
  if (!saved) return;
  if (isComplete) {
    Object.assign(runners.training.report, { plan: saved.plans.training, reason: "the run was finished before" });
    return;
  }
  const sameEngine = saved.engine === tf.getBackend();
  for (const [task, steps] of Object.entries(runners)) {
    const before = saved.plans[task as keyof typeof runners];
    if (!steps || before === undefined) continue;
    if (before === "eager" && compile === "auto" && sameEngine && steps.report.plan !== "eager") steps.giveUp(GIVEN_UP);
    const now = described(steps.report.plan, tf.getBackend());
    const then = described(before, saved.engine);
    if (now !== then)
      notify(`The ${task} steps now run ${now}, before ${then}: from here on results differ by rounding.`);
  }
}

const GIVEN_UP = "the run was going on op by op when its checkpoint was taken";

const described = (plan: RunPlan, engine: string) => `as '${plan}' on the engine '${engine}'`;
