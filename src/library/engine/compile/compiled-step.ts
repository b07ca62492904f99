/** A recorded step, ready to be run many times in one call. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import type { tf } from "../tf";
import type { Examples } from "./examples";
import { type LoopRunner, type StackedInput, XLA_ROWS } from "./loop-runner";
import type { Plan } from "./plan";
import type { StepFunction } from "./record";
import { checkSameStep, differsWithoutComputing } from "./same-step";
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
export interface StepExplanation {
  /** How the step is run. */
  readonly plan: Plan;
  /** Operations of TensorFlow.js in one step. */
  readonly recordedOperations: number;
  /** What is left of them. */
  readonly operations: number;
  /** Operation → how often it occurs. */
  readonly operationCounts: Readonly<Record<string, number>>;
  /** Names of the variables that the step assigns. */
  readonly assigns: readonly string[];
  /** Names of the inputs. */
  readonly inputs: readonly string[];
  /** Bytes of the variables. */
  readonly variableBytes: number;
  /** Bytes of other tensors (data) that the step reads. */
  readonly captureBytes: number;
  /** Milliseconds spent on recording. */
  readonly recordMs: number;
  /** Milliseconds spent on loading and checking. */
  readonly prepareMs: number;
  /** Names the form of the step: equal for two models of one architecture. */
  readonly fingerprint: string;
}

export interface CompiledStepParts {
  readonly step: StepFunction;
  /** The tape as recorded, for {@link CompiledStep.recheck}, and as it is run. */
  readonly recorded: Tape;
  readonly optimized: Tape;
  readonly runner: LoopRunner;
  readonly examples: Examples;
  readonly plan: Plan;
  readonly recordMs: number;
  readonly prepareMs: number;
}

/** Made by {@link recordStep}. */
export class CompiledStep {
  private explanation: StepExplanation | undefined;

  /** @internal */
  constructor(private readonly parts: CompiledStepParts) {}

  /**
   * Runs `steps` steps in one call, which blocks: cut long runs where progress and interrupts are wanted. Variables
   * have their new values afterwards. Returns each output of the step as `[steps, ...shape]`; the caller disposes.
   */
  run(options: RunOptions): Record<string, tf.Tensor> {
    checkOptions("CompiledStep.run", options, { steps: true, firstStep: true, inputs: true });
    const steps = checkNumber("CompiledStep.run", "steps", options.steps, { integer: true, min: 1 });
    const firstStep = checkNumber("CompiledStep.run", "firstStep", options.firstStep ?? 0, {
      integer: true,
      min: 0,
      below: 2 ** 31,
    });
    const { runner, plan } = this.parts;
    return runner.run(plan, { steps, firstStep, inputs: options.inputs ?? {} });
  }

  /**
   * Runs the step once more without computing, and throws an {@link UnsupportedStep} when it does something else by
   * now, for instance because a number of its closure has changed. Takes some milliseconds; nothing changes.
   */
  recheck(step = 2): void {
    const { runner, recorded, step: body, examples } = this.parts;
    runner.checkAlive();
    const inputs = () => examples.tensors(0);
    // In earnest when it differs, to be sure and to name numbers and line.
    if (differsWithoutComputing(recorded, body, inputs, step)) checkSameStep(recorded, body, inputs, step);
  }

  /** Whether it can be run again: neither it nor a variable of it has been disposed. */
  get isAlive(): boolean {
    return this.parts.runner.isAlive;
  }

  /** Steps that one call should run at most. */
  get mostSteps(): number {
    return this.parts.plan === "xla" ? XLA_ROWS : Infinity;
  }

  explain(): StepExplanation {
    return (this.explanation ??= this.describe());
  }

  private describe(): StepExplanation {
    const { recorded, optimized, runner, plan, examples, recordMs, prepareMs } = this.parts;
    const operationCounts: Record<string, number> = {};
    for (const { name } of optimized.operations) operationCounts[name] = (operationCounts[name] ?? 0) + 1;
    return Object.freeze({
      plan,
      recordedOperations: recorded.operations.length,
      operations: optimized.operations.length,
      operationCounts,
      assigns: [...optimized.updates.keys()].map(({ name }) => name),
      inputs: examples.names,
      ...runner.memory(),
      recordMs,
      prepareMs,
      fingerprint: runner.fingerprint,
    });
  }

  /** Gives the graphs back; the variables stay as they are. */
  dispose(): void {
    this.parts.runner.dispose();
  }
}
