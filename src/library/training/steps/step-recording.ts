/** One recording of a user's step, for inputs of one form. */
import { type CompiledStep, type Plan, recordStep, type StepFunction, type StepInputs } from "../../engine/compile";
import { runStep } from "../../engine/compile/record";
import { withStateRestored } from "../../engine/compile/state";
import { tf } from "../../engine/tf";
import { ForeignOptimizers } from "./foreign-optimizers";
import { inputsOfStep } from "./given-inputs";
import { StepOptimizers } from "./step-optimizers";

/** Calls that run many steps are cut into parts of so many. */
const MOST_STEPS = 1000;

export class StepRecording {
  private readonly own = new StepOptimizers();
  private readonly foreign = new ForeignOptimizers();
  readonly compiled: CompiledStep;
  private calls = 0;

  /** Throws an `UnsupportedStep` when the step cannot be replayed; variables and optimizers stay as they were. */
  constructor(step: StepFunction, stacked: StepInputs, plan: Plan, firstStep: number) {
    this.compiled = this.record(step, stacked, plan, firstStep);
  }

  /** Whether the recording holds numbers of TensorFlow.js' optimizers that have changed. */
  get outdated(): boolean {
    return this.foreign.changed;
  }

  /** Runs the steps and counts them in their optimizers. */
  run(stacked: StepInputs, steps: number, firstStep: number): Record<string, tf.Tensor> {
    this.recheckSometimes();
    return tf.tidy(() => {
      const parts: Record<string, tf.Tensor>[] = [];
      const most = Math.min(this.compiled.mostSteps, MOST_STEPS);
      for (let from = 0; from < steps; from += most) {
        const count = Math.min(most, steps - from);
        const rows = Object.entries(stacked).map(([name, tensor]) => [
          name,
          count === steps ? tensor : tf.slice(tensor, from, count),
        ]);
        const inputs = { ...Object.fromEntries(rows), ...this.own.numbers(count) };
        parts.push(this.compiled.run({ steps: count, firstStep: firstStep + from, inputs }));
        this.own.advance(count);
        this.foreign.advance(count);
      }
      if (parts.length === 1) return parts[0];
      const names = Object.keys(parts[0]);
      return Object.fromEntries(names.map((name) => [name, tf.concat(parts.map((part) => part[name]))]));
    });
  }

  /** Throws an `UnsupportedStep` when the step does something else than when it was recorded. */
  recheck(): void {
    this.foreign.uncounted(() => this.compiled.recheck());
  }

  dispose(): void {
    this.compiled.dispose();
  }

  /** In calls 2, 4, 8, …: a check costs as much as many steps. */
  private recheckSometimes(): void {
    this.calls += 1;
    if (this.calls > 1 && Number.isInteger(Math.log2(this.calls))) this.recheck();
  }

  private record(step: StepFunction, stacked: StepInputs, plan: Plan, firstStep: number): CompiledStep {
    let compiled!: CompiledStep;
    tf.tidy(() => {
      const rows = Object.values(stacked)[0]?.shape[0] ?? 1;
      const at = (row: number) => inputsOfStep(stacked, Math.min(row, rows - 1));
      this.discover(step, at(0), firstStep);
      const examples = [0, 1].map((i) => ({ ...at(i), ...this.scalars(i) })) as [StepInputs, StepInputs];
      const fed: StepFunction = (inputs, number) => this.own.feed(inputs, () => step(inputs, number));
      compiled = this.foreign.uncounted(() => recordStep({ step: fed, examples, plan, settled: true }));
    });
    return compiled;
  }

  /** The first of all runs: layers and optimizers make their variables, and the optimizers are found. */
  private discover(step: StepFunction, inputs: StepInputs, firstStep: number): void {
    const number = tf.scalar(firstStep, "int32");
    withStateRestored(() =>
      this.own.discover(() => this.foreign.discover(() => tf.dispose(runStep(step, inputs, number)))),
    );
  }

  private scalars(ahead: number): StepInputs {
    const numbers = Object.entries(this.own.numbers(1, ahead));
    return Object.fromEntries(numbers.map(([name, [value]]) => [name, tf.scalar(value)]));
  }
}
