/** Who carries out the steps of a pass over a data set: one by one, or many replayed in one call. */
import { list } from "../core/check";
import { isNative } from "../engine/compile/native";
import { PLANS, type Plan, UnsupportedStep } from "../engine/compile";
import type { Dataset } from "../data/dataset";
import type { BatchTask } from "./batch-task";
import { CompiledSteps } from "./compiled-steps";
import { EagerSteps } from "./eager-steps";

export interface StepRunner {
  /** Starts pass number `pass` over the data. */
  begin(pass: number): void;
  /** Runs the next steps, at most `count`, and returns how many it ran: 0 only at the end of the pass. */
  run(count: number): number;
  dispose(): void;
}

/**
 * How steps are run: `"auto"` replays them as a graph where that pays and is possible; `false` runs them op by op;
 * a plan's name forces it (an error then says why it cannot be).
 */
export type CompileOption = "auto" | false | Plan;

/** With fewer steps than this, recording would cost more than it saves. */
const WORTHWHILE_STEPS = 40;

export interface RunnerOptions {
  task: BatchTask;
  data: Dataset;
  compile: CompileOption;
  /** Steps that will be run in all passes. */
  expectedSteps: number;
  /** Plan for `"auto"`. A fixed rule rather than a measurement, so that a seed gives the same bits in every run. */
  plan: Plan;
  /** Is told why steps are not compiled although they could have been. */
  notice: (line: string) => void;
}

export function checkCompile(owner: string, compile: CompileOption): CompileOption {
  if (compile === false || compile === "auto" || PLANS.includes(compile)) return compile;
  throw new TypeError(
    `${owner}: compile must be false or one of ${list(["auto", ...PLANS])}, received ${String(compile)}.`,
  );
}

/** The fastest way to run the steps that gives the same results. */
export function stepRunner(options: RunnerOptions): StepRunner {
  const { task, data, compile, expectedSteps, notice } = options;
  const possible = isNative() && data.size >= (data.batchSize as number);
  if (compile === false || (compile === "auto" && (!possible || expectedSteps < WORTHWHILE_STEPS))) {
    return new EagerSteps(task, data);
  }
  if (!isNative()) throw new Error(`fit: compile: '${compile}' needs the native engine; leave it out on this one.`);
  try {
    return new CompiledSteps(task, data, compile === "auto" ? options.plan : compile);
  } catch (error) {
    if (!(error instanceof UnsupportedStep) || compile !== "auto") throw error;
    notice(`Not compiled, so slower: ${error.message}.`);
    return new EagerSteps(task, data);
  }
}
