/** A recorded step, ready to be run many times in one call. */
import { checkNumber, checkOptions } from "../../core/check";
import { tf } from "../tf";
import { checkSameTape } from "./compare";
import type { Examples } from "./examples";
import { LoopRunner, type StackedInput } from "./loop-runner";
import { measurePlans, type Plan, type PlanChoice, type PlanMemory } from "./plan";
import { recordTape, type StepFunction } from "./record";
import { withStateRestored } from "./state";
import type { Tape } from "./tape";

export interface RunOptions {
  /** Number of steps to run in this call. */
  steps: number;
  /** Number of the first of them, which the step function gets as `step` (default 0). */
  firstStep?: number;
  /** Input name → its values for all of these steps. */
  inputs?: Record<string, StackedInput>;
}

/** What a compiled step consists of and how it is run. */
export interface StepExplanation extends PlanChoice {
  /** Operations of TensorFlow.js in one step, and what is left of them. */
  readonly recordedOperations: number;
  readonly operations: number;
  /** Operation → how often it occurs. */
  readonly operationCounts: Readonly<Record<string, number>>;
  /** Names of the variables that the step assigns. */
  readonly assigns: readonly string[];
  readonly inputs: readonly string[];
  /** Bytes of the variables, and of other tensors (data) that the step reads. */
  readonly variableBytes: number;
  readonly captureBytes: number;
  /** Milliseconds spent on recording, and on loading and measuring. */
  readonly recordMs: number;
  readonly prepareMs: number;
  /** Names the form of the step: equal for two models of one architecture. */
  readonly fingerprint: string;
}

export interface CompiledStepParts {
  readonly step: StepFunction;
  /** The tape as recorded, for {@link CompiledStep.recheck}, and as it is run. */
  readonly recorded: Tape;
  readonly optimized: Tape;
  readonly examples: Examples;
  readonly plan: "auto" | Plan;
  readonly expectedSteps: number;
  readonly planMemory: PlanMemory;
  readonly recordMs: number;
}

/** Made by {@link recordStep}. */
export class CompiledStep {
  private readonly runner: LoopRunner;
  private choice: PlanChoice | undefined;
  private prepareMs = 0;

  /** @internal */
  constructor(private readonly parts: CompiledStepParts) {
    this.runner = new LoopRunner(parts.optimized);
  }

  /**
   * Runs `steps` steps in one call, which blocks: cut long runs where progress and interrupts are wanted. Variables
   * have their new values afterwards. Returns each output of the step as `[steps, ...shape]`; the caller disposes.
   */
  run(options: RunOptions): Record<string, tf.Tensor> {
    checkOptions("CompiledStep.run", options, ["steps", "firstStep", "inputs"]);
    const steps = checkNumber("CompiledStep.run", "steps", options.steps, { integer: true, min: 1 });
    const firstStep = checkNumber("CompiledStep.run", "firstStep", options.firstStep ?? 0, {
      integer: true,
      min: 0,
      below: 2 ** 31,
    });
    return this.runner.run(this.prepare().plan, { steps, firstStep, inputs: options.inputs ?? {} });
  }

  /** Chooses the plan and loads its graph now rather than in the first call of `run`. */
  prepare(): PlanChoice {
    if (this.choice) return this.choice;
    const started = performance.now();
    this.choice = this.choose();
    this.runner.load(this.choice.plan);
    this.prepareMs = performance.now() - started;
    return this.choice;
  }

  /**
   * Records the step once more and throws an {@link UnsupportedStep} when it does something else by now, for instance
   * because it counts its calls in JavaScript. Takes about as long as one eager step; variables are put back.
   */
  recheck(step = 2): void {
    withStateRestored(() => {
      const [inputs, number] = [this.parts.examples.tensors(0), tf.scalar(step, "int32")];
      try {
        checkSameTape(this.parts.recorded, recordTape(this.parts.step, inputs, number));
      } finally {
        tf.dispose([inputs, number]);
      }
    });
  }

  explain(): StepExplanation {
    const { recorded, optimized, recordMs } = this.parts;
    const operationCounts: Record<string, number> = {};
    for (const { name } of optimized.operations) operationCounts[name] = (operationCounts[name] ?? 0) + 1;
    return Object.freeze({
      ...this.prepare(),
      recordedOperations: recorded.operations.length,
      operations: optimized.operations.length,
      operationCounts,
      assigns: [...optimized.updates.keys()].map(({ name }) => name),
      inputs: this.parts.examples.names,
      ...this.runner.memory(),
      recordMs,
      prepareMs: this.prepareMs,
      fingerprint: this.runner.fingerprint,
    });
  }

  /** Gives the graphs back; the variables stay as they are. */
  dispose(): void {
    this.runner.dispose();
  }

  private choose(): PlanChoice {
    const { plan, planMemory, expectedSteps } = this.parts;
    if (plan !== "auto") return { plan, reason: "forced", stepMs: {} };
    const known = planMemory.get(this.runner.fingerprint);
    if (known) return { plan: known, reason: "remembered", stepMs: {} };
    const choice = measurePlans({
      candidates: candidatesFor(this.parts.optimized),
      expectedSteps,
      measure: (candidate, steps) => this.measure(candidate, steps),
    });
    planMemory.set(this.runner.fingerprint, choice.plan);
    return choice;
  }

  private measure(plan: Plan, steps: number): number {
    const inputs = this.parts.examples.stacked(steps);
    const started = performance.now();
    try {
      tf.dispose(this.runner.run(plan, { steps, firstStep: 0, inputs }, false));
    } catch (error) {
      // XLA does not know every operation.
      if (plan === "xla") return Infinity;
      throw error;
    }
    return performance.now() - started;
  }
}

/** Plans worth a trial, the likeliest first. XLA's convolutions are some fifty times slower on a CPU. */
function candidatesFor({ operations }: Tape): readonly Plan[] {
  return operations.some(({ name }) => /Conv|Pool/.test(name)) ? ["lowered", "graph"] : ["graph", "xla", "lowered"];
}
