/** Who carries out the steps of a pass over a data set: one by one, or many replayed in one call. */
import { process } from "../../platform";
import { list } from "dnn-lab-core/check";
import { isNative } from "../../engine/compile/native";
import { PLANS, type Plan, UnsupportedStep } from "../../engine/compile";
import type { tf } from "../../engine/tf";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import type { LabelCheck } from "../../data/stream/stream-feed";
import type { BatchTask } from "./batch-task";
import { type BatchRows, type RowPlaces, StoredRows } from "./batch-rows";
import { CompiledSteps } from "./compiled-steps";
import { EagerSteps } from "./eager-steps";
import { checkOutsideWrites, hasOwnFunctions } from "./outside-writes";
import { KeptSteps } from "./kept-steps";
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
  /** Whether the recording may stay with the model: all that the step depends on are the model and the data. */
  keep?: boolean;
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
  const kept =
    options.keep && isNative()
      ? KeptSteps.of<CompiledSteps>(model, task.name, data, data.batchSize as number)
      : undefined;
  const steps = await WatchedSteps.start({
    ...decide(options, kept),
    compiled: async (plan) => {
      const known = kept?.take(plan);
      if (known) return takenUp(known, task, options);
      const rows = await rowsOf(options);
      const made = await CompiledSteps.record({ model, task, data, rows, plan }, pause);
      kept?.keep(made, plan);
      return made;
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
async function rowsOf(options: RunnerOptions, places?: RowPlaces): Promise<() => BatchRows> {
  const { model, data, checkLabels = () => undefined, firstPass = 0 } = options;
  if (!(data instanceof StreamDataset)) return () => new StoredRows(data, places);
  checkOutsideWrites(model);
  const rows = await StreamRows.open(data, checkLabels, firstPass, places);
  return () => rows;
}

/** A recording of before, on these data. */
async function takenUp(steps: CompiledSteps, task: BatchTask, options: RunnerOptions): Promise<CompiledSteps> {
  let rows: () => BatchRows;
  try {
    rows = await rowsOf(options, steps.places);
  } catch (error) {
    steps.putAway?.();
    throw error;
  }
  steps.takeUp(task, rows());
  return steps;
}

function decide(options: RunnerOptions, kept: KeptSteps<CompiledSteps> | undefined): PlanDecision {
  const { model, network = model, data, compile, expectedSteps, before } = options;
  const batchSize = data.batchSize as number;
  const obstacle = data.size !== undefined && data.size < batchSize && `no batch of ${batchSize} is full`;
  // What may be kept has no functions of the user's.
  const allowsXla = !(data instanceof StreamDataset) && (kept !== undefined || !hasOwnFunctions(model));
  const recorded = kept?.plans() ?? [];
  const stepsBefore = kept?.expect(expectedSteps) ?? 0;
  return decidePlan({
    ...{ model: network, compile, expectedSteps, stepsBefore, recorded, batchSize, obstacle, allowsXla, before },
  });
}

export interface PlanQuestion extends Pick<RunnerOptions, "compile" | "expectedSteps" | "before"> {
  readonly model: Network;
  readonly batchSize: number;
  /** Steps that were expected in earlier calls of the same form. */
  readonly stepsBefore?: number;
  /** Plans under which such steps have been recorded already. */
  readonly recorded?: readonly Plan[];
  /** See {@link RunSize}. */
  readonly allowsXla: boolean;
  /** Why replaying is out of the question. */
  readonly obstacle: string | false;
}

export function decidePlan(question: PlanQuestion): PlanDecision {
  const { model, compile, expectedSteps, batchSize, obstacle, allowsXla, before } = question;
  const { stepsBefore = 0, recorded = [] } = question;
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
  const few = expectedSteps + stepsBefore < WORTHWHILE_STEPS && !forced;
  if (few && recorded.length === 0) return eager(`recording does not pay for fewer than ${WORTHWHILE_STEPS} steps`);
  const decision = planFor(model, { batchSize, steps: expectedSteps, allowsXla });
  if (forced || recorded.length === 0 || recorded.includes(decision.plan as Plan)) return decision;
  // To compile pays for a long run; any other goes on with what is there.
  return decision.plan === "xla" ? decision : { plan: recorded[0], reason: "the step has been recorded so before" };
}
