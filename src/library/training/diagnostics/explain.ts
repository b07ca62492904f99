import { checkOptions } from "dnn-lab-core/check";
import type { Dataset } from "../../data/dataset";
import { isNative } from "../../engine/compile/native";
import { useEngine } from "../../engine/engine";
import type { tf } from "../../engine/tf";
import type { TaskName } from "../steps/batch-task";
import { checkBuilt } from "../../models/built";
import { explanationHtml, explanationText, type StepsExplanation } from "./explanation-text";

export type { StepsExplanation };
import { asBatched, checkSampleShape } from "../fit/inputs";
import { givenDataset } from "../fit/given-data";
import { lastSteps } from "../steps/last-steps";
import { measurePlans } from "./measure-plans";
import type { RunPlan } from "../steps/plan";
import type { StepsReport } from "../steps/runner";

/** Made by {@link explain}; shows itself in a notebook, and prints as text. */
export class ModelExplanation {
  constructor(
    /** Name of the model. */
    readonly model: string,
    /** One for each way in which it was run. */
    readonly runs: readonly StepsExplanation[],
    /** Plan → milliseconds a training step, or why it cannot run; only when data were given. */
    readonly measured?: Readonly<Partial<Record<RunPlan, number | string>>>,
  ) {}

  /** The same as readable lines. */
  toString(): string {
    return explanationText(this);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString(), "text/html": explanationHtml(this) };
  }
}

/**
 * Tells how the model's last `fit` and its last evaluation were run: the plan and why, operations before and after
 * optimizing, memory, time. With `data` it also measures a training step under every plan; model and optimizer are
 * left as they were.
 *
 * @throws Error when the model has been neither trained nor evaluated and no data are given.
 * @example
 * await fit(model, train);
 * console.log(await explain(model)); // of the last fit
 * @example await explain(model, train.batch(16)) // and every plan's time on these batches
 */
export async function explain(
  model: tf.LayersModel,
  data?: Dataset,
  options: { batchSize?: number } = {},
): Promise<ModelExplanation> {
  checkOptions("explain", options, { batchSize: true });
  checkBuilt("explain", model);
  await useEngine();
  const runs = [...lastSteps(model)].map(([task, report]) => explanationOf(task, report));
  if (data === undefined) {
    if (runs.length > 0) return new ModelExplanation(model.name, runs);
    throw new Error(
      "explain: the model has not been trained yet. Call fit first, or give data: explain(model, train).",
    );
  }
  const batched = asBatched("explain", givenDataset("explain", model, data), options.batchSize);
  checkSampleShape("explain", model, batched);
  if (!isNative()) throw new Error("explain: only the native engine has plans to measure; leave the data out.");
  return new ModelExplanation(model.name, runs, measurePlans(model, batched));
}

function explanationOf(task: TaskName, report: Readonly<StepsReport>): StepsExplanation {
  const { plan, reason, steps, elapsedMs, compiled } = report;
  const run = { task, plan, reason, steps, stepMs: steps === 0 ? 0 : elapsedMs / steps };
  if (!compiled) return run;
  const { recordedOperations, operations, operationCounts, variableBytes, captureBytes, recordMs, prepareMs } =
    compiled;
  const sorted = Object.fromEntries(Object.entries(operationCounts).sort(([, a], [, b]) => b - a));
  const recorded = { recordedOperations, operations, operationCounts: sorted, variableBytes, dataBytes: captureBytes };
  return { ...run, ...recorded, recordMs, prepareMs };
}
