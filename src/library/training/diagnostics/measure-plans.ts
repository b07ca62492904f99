/** Measures a model's training step under every plan. */
import type { Dataset } from "../../data/dataset";
import { PLANS, UnsupportedStep } from "../../engine/compile";
import { withStateRestored } from "../../engine/compile/state";
import type { tf } from "../../engine/tf";
import { type BatchTask, trainingTask } from "../steps/batch-task";
import { StoredRows } from "../steps/batch-rows";
import { CompiledSteps } from "../steps/compiled-steps";
import { EagerSteps } from "../steps/eager-steps";
import { objectiveOf } from "../steps/objective";
import { hasConvolution, type RunPlan } from "../steps/plan";
import { RunningMeans } from "../steps/running-means";
import type { StepRunner } from "../steps/runner";
import { transformedTask } from "../steps/transformed-task";

const ROUNDS = 5;
/** A round lasts about this long, but one step at least. */
const ROUND_MS = 50;

/** Plan → milliseconds a step (the least of several rounds in turn), or why it cannot run. */
export function measurePlans(model: tf.LayersModel, data: Dataset): Partial<Record<RunPlan, number | string>> {
  const objective = objectiveOf("explain", model);
  const means = new RunningMeans(objective.columns);
  const optimizer = model.optimizer as { steps?: number };
  const { steps } = optimizer;
  try {
    return withStateRestored(() =>
      measure(model, transformedTask(trainingTask({ model, objective }, means), data), data),
    );
  } finally {
    if (steps !== undefined) optimizer.steps = steps;
    means.dispose();
  }
}

function measure(model: tf.LayersModel, task: BatchTask, data: Dataset): Partial<Record<RunPlan, number | string>> {
  const results: Partial<Record<RunPlan, number | string>> = {};
  const runners = new Map<RunPlan, StepRunner>([["eager", new EagerSteps(task, data)]]);
  // XLA's convolutions are some fifty times slower on a CPU.
  const convolves = hasConvolution(model);
  try {
    for (const plan of PLANS) {
      if (plan === "xla" && convolves) continue;
      try {
        runners.set(plan, CompiledSteps.recordAtOnce({ model, task, data, rows: () => new StoredRows(data), plan }));
      } catch (error) {
        if (!(error instanceof UnsupportedStep)) throw error;
        results[plan] = error.message;
      }
    }
    for (const [plan, runner] of runners) results[plan] = timed(runner, 1);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [plan, runner] of runners) {
        const least = results[plan] as number;
        results[plan] = Math.min(least, timed(runner, Math.max(1, Math.floor(ROUND_MS / least))));
      }
    }
    return results;
  } finally {
    for (const runner of runners.values()) runner.dispose();
  }
}

/** Milliseconds a step, over at most `count` steps of a pass. */
function timed(runner: StepRunner, count: number): number {
  runner.begin(0);
  const started = performance.now();
  const ran = runner.run(count);
  return (performance.now() - started) / ran;
}
