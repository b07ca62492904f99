/** Who carries out the steps of a pass over a data set: one by one, or many replayed in one call. */
import { process } from "../../platform";
import { list } from "dnn-lab-core/check";
import { isNative } from "../../engine/compile/native";
import { PLANS, type Plan, UnsupportedStep } from "../../engine/compile";
import type { tf } from "../../engine/tf";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import type { LabelCheck } from "../../data/stream/stream-feed";
import type { BatchTask } from "./batch-task";
import { type BatchRows, StoredRows } from "./batch-rows";
import { CompiledSteps } from "./compiled-steps";
import { EagerSteps } from "./eager-steps";
import { checkOutsideWrites, hasOwnFunctions } from "./outside-writes";
import { rememberSteps } from "./last-steps";
import { type Network, planFor, type PlanDecision, type RunPlan } from "./plan";
import { StreamEagerSteps } from "./stream-eager-steps";
import { StreamRows } from "./stream-rows";
import { transformedTask } from "./transformed-task";
import { turn } from "./turn";
import { WatchedSteps } from "./watched-steps";

/**
 * How steps are run: `"auto"` replays them as a graph where that pays and is possible; `false` runs them op by op;
 * a plan's name forces it (an error then says why it cannot be).
 */
export type CompileOption = "auto" | false | Plan;

/** With fewer steps than this, recording would cost more than it saves. */
const WORTHWHILE_STEPS = 40;

export interface RunnerOptions {
  model: tf.LayersModel;
  /** The part of the model that runs in a step (default all). */
  network?: Network;
  task: BatchTask;
  data: AnyDataset;
  /** Looks at the labels of a stream's samples when they come. */
  checkLabels?: LabelCheck;
  /** Number of the first pass (default 0). */
  firstPass?: number;
  compile: CompileOption;
  /** Steps that will be run in all passes. */
  expectedSteps: number;
  /** How the steps were run before a checkpoint from which they go on now: they are run so again. */
  before?: RunPlan;
  /** Called between the parts of a recording (default: waits for a turn of the event loop). */
  pause?: () => Promise<void>;
  /** Is told why steps are not compiled although they could have been. */
  notice: (line: string) => void;
}

export function checkCompile(owner: string, compile: CompileOption): CompileOption {
  if (compile === false || compile === "auto" || PLANS.includes(compile)) return compile;
  throw new TypeError(
    `${owner}: compile must be false or one of ${list(["auto", ...PLANS])}, received ${String(compile)}.`,
  );
}

/** The fastest way to run the steps that gives the same results. Recording lets the event loop have its turns. */
export async function stepRunner(options: RunnerOptions): Promise<WatchedSteps> {
  const { model, data, compile, notice, pause = turn, checkLabels = () => undefined } = options;
  const task = transformedTask(options.task, data);
  const steps = await WatchedSteps.start({
    ...decide(options),
    compiled: async (plan) => {
      const rows = await rowsOf(options);
      return CompiledSteps.record({ model, task, data, rows, plan }, pause);
    },
    eager: () =>
      data instanceof StreamDataset ? new StreamEagerSteps(task, data, checkLabels) : new EagerSteps(task, data),
    onUnsupported: (error) => {
      if (compile !== "auto") throw error;
      notice(`Not compiled, so slower: ${error.message}.`);
    },
  });
  rememberSteps(model, task.name, steps.report);
  return steps;
}

/** A stream's first batches are waited for before anything is recorded. */
async function rowsOf({
  model,
  data,
  checkLabels = () => undefined,
  firstPass = 0,
}: RunnerOptions): Promise<() => BatchRows> {
  if (!(data instanceof StreamDataset)) return () => new StoredRows(data);
  checkOutsideWrites(model);
  const rows = await StreamRows.open(data, checkLabels, firstPass);
  return () => rows;
}

function decide({ model, network = model, data, compile, expectedSteps, before }: RunnerOptions): PlanDecision {
  const batchSize = data.batchSize as number;
  const obstacle = data.size !== undefined && data.size < batchSize && `no batch of ${batchSize} is full`;
  const allowsXla = !(data instanceof StreamDataset) && !hasOwnFunctions(model);
  return decidePlan({ model: network, compile, expectedSteps, batchSize, obstacle, allowsXla, before });
}

export interface PlanQuestion extends Pick<RunnerOptions, "compile" | "expectedSteps" | "before"> {
  readonly model: Network;
  readonly batchSize: number;
  /** See {@link RunSize}. */
  readonly allowsXla: boolean;
  /** Why replaying is out of the question. */
  readonly obstacle: string | false;
}

export function decidePlan(question: PlanQuestion): PlanDecision {
  const { model, compile, expectedSteps, batchSize, obstacle, allowsXla, before } = question;
  const eager = (reason: string): PlanDecision => ({ plan: "eager", reason });
  if (compile === false) return eager("compile: false asks for it");
  if (!isNative()) {
    if (compile === "auto") return eager("the engine in use runs no graphs");
    throw new UnsupportedStep(
      "other-engine",
      `compile: '${compile}' needs the native engine; leave it out on this one`,
    );
  }
  if (compile !== "auto") return { plan: compile, reason: `compile: "${compile}" asks for it` };
  if (obstacle !== false) return eager(obstacle);
  const { DNN_LAB_PLAN: forced } = process.env;
  if (before && !forced) return { plan: before, reason: `the run was going on as '${before}' at its checkpoint` };
  const few = expectedSteps < WORTHWHILE_STEPS && !forced;
  if (few) return eager(`recording does not pay for fewer than ${WORTHWHILE_STEPS} steps`);
  return planFor(model, { batchSize, steps: expectedSteps, allowsXla });
}
