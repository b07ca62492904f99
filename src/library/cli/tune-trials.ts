/** Does trainings of a search for `training/tuning/trial-workers.ts`, one after another; ends when its parent does. */
import { messageOf } from "dnn-lab-core/errors";
import { loadFunction } from "../training/tuning/module-function";
import { runTrial, type TrialFunctions } from "../training/tuning/run-trial";
import type { WorkerAnswer, WorkerOrder } from "../training/tuning/trial-workers";

let known: { readonly key: string; readonly functions: TrialFunctions } | undefined;

/** Loaded once: a module may load its data when it is imported. */
async function functionsOf({ build, data }: WorkerOrder): Promise<TrialFunctions> {
  const key = JSON.stringify([build, data]);
  if (known?.key !== key)
    known = { key, functions: { build: await loadFunction("tune", build), data: await loadFunction("tune", data) } };
  return known.functions;
}

async function answerTo(order: WorkerOrder): Promise<WorkerAnswer> {
  try {
    await runTrial(order.job, order.spec, await functionsOf(order));
    return { done: true };
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

process.on("message", (order: WorkerOrder) => void answerTo(order).then((answer) => process.send?.(answer)));
process.on("disconnect", () => process.exit(0));
