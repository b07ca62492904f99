/** Which plan runs a recorded step: the one asked for, the one remembered, or the fastest that works. */
import { tf } from "../tf";
import { measurePlans, type Plan, type PlanChoice, type PlanMemory } from "./plan";
import { checkReplay, type Replay } from "./self-check";
import type { Tape } from "./tape";
import { UnsupportedStep } from "./unsupported";

export interface PlanWish {
  readonly plan: "auto" | Plan;
  readonly expectedSteps: number;
  readonly planMemory: PlanMemory;
}

/** Every plan is checked against the step itself before it is trusted; throws an {@link UnsupportedStep} when none works. */
export function choosePlan(replay: Replay, tape: Tape, { plan, expectedSteps, planMemory }: PlanWish): PlanChoice {
  const { fingerprint } = replay.runner;
  const known = plan === "auto" ? planMemory.get(fingerprint) : plan;
  if (known) {
    checkReplay(replay, known);
    return { plan: known, reason: plan === "auto" ? "remembered" : "forced", stepMs: {} };
  }
  const problems: UnsupportedStep[] = [];
  const choice = measurePlans({
    candidates: candidatesFor(tape),
    expectedSteps,
    works: (candidate) => works(replay, candidate, problems),
    measure: (candidate, steps) => measure(replay, candidate, steps),
  });
  if (!choice) throw problems[0];
  planMemory.set(fingerprint, choice.plan);
  return choice;
}

/** Plans worth a trial, the likeliest first. XLA's convolutions are some fifty times slower on a CPU. */
function candidatesFor({ operations }: Tape): readonly Plan[] {
  return operations.some(({ name }) => /Conv|Pool/.test(name)) ? ["lowered", "graph"] : ["graph", "xla", "lowered"];
}

function works(replay: Replay, plan: Plan, problems: UnsupportedStep[]): boolean {
  try {
    checkReplay(replay, plan);
    return true;
  } catch (error) {
    if (!(error instanceof UnsupportedStep)) throw error;
    problems.push(error);
    return false;
  }
}

/** Milliseconds for `steps` steps that leave the variables as they are. */
function measure({ runner, examples }: Replay, plan: Plan, steps: number): number {
  const inputs = examples.stacked(steps);
  const started = performance.now();
  tf.dispose(runner.run(plan, { steps, firstStep: 0, inputs }, false));
  return performance.now() - started;
}
