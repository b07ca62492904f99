/** Before a plan is trusted: one replayed step must give what the step gives when it runs by itself. */
import { tf } from "../tf";
import type { Examples } from "./examples";
import type { LoopRunner } from "./loop-runner";
import type { Plan } from "./plan";
import { runStep, type StepFunction } from "./record";
import { withStateRestored } from "./state";
import { UnsupportedStep } from "./unsupported";

/**
 * Largest relative difference (of the Euclidean norms, over all tensors together). Rounding alone decides single
 * elements: whose argmax of equal outputs is taken, the sign of an Adam step with a gradient near 0.
 */
const TOLERANCE = 0.1;
/** Share of a variable's size that its change may differ by: the change may be smaller than rounding. */
const ROUNDING = 1e-5;

interface Outcome {
  readonly outputs: readonly tf.Tensor[];
  readonly variables: readonly tf.Tensor[];
}

export interface Replay {
  readonly runner: LoopRunner;
  readonly step: StepFunction;
  readonly examples: Examples;
  readonly variables: readonly tf.Variable[];
}

/**
 * Runs one step both ways from the present state, which is put back. Throws an {@link UnsupportedStep} when the plan
 * cannot run the step or gives clearly other numbers.
 */
export function checkReplay({ runner, step, examples, variables }: Replay, plan: Plan): void {
  tf.tidy(() => {
    const start = variables.map((variable) => variable.clone());
    const outcome = (run: () => Record<string, tf.Tensor>): Outcome =>
      withStateRestored(() => ({ outputs: Object.values(run()), variables: variables.map((one) => one.clone()) }));
    const eager = outcome(() => runStep(step, examples.tensors(0), tf.scalar(0, "int32")));
    const replayed = outcome(() => replayOnce(runner, plan, examples));
    const outputs = distance(replayed.outputs, eager.outputs) / norm(eager.outputs);
    const slack = ROUNDING * norm(start);
    const changes = (distance(replayed.variables, eager.variables) - slack) / distance(eager.variables, start);
    // Numbers that are no numbers are the step's own affair, if both ways give them.
    const wrong = [outputs, changes].find((difference) => difference > TOLERANCE);
    if (wrong === undefined && hasNaN(replayed) === hasNaN(eager)) return;
    const percent = wrong === undefined ? "NaN" : `${Math.round(wrong * 100)} %`;
    throw new UnsupportedStep(
      "plan-fails",
      `replaying it under plan '${plan}' gives other numbers (difference ${percent})`,
    );
  });
}

function replayOnce(runner: LoopRunner, plan: Plan, examples: Examples): Record<string, tf.Tensor> {
  try {
    return runner.run(plan, { steps: 1, firstStep: 0, inputs: examples.stacked(1) });
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new UnsupportedStep("plan-fails", `TensorFlow cannot run it under plan '${plan}' (${reason})`);
  }
}

function norm(tensors: readonly tf.Tensor[]): number {
  const squares = tensors.map((tensor) => tf.sum(tf.square(tf.cast(tensor, "float32"))).dataSync()[0]);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

function distance(a: readonly tf.Tensor[], b: readonly tf.Tensor[]): number {
  return norm(
    a.map((tensor, i) => tf.sub(tf.cast(tensor, "float32"), tf.reshape(tf.cast(b[i], "float32"), tensor.shape))),
  );
}

function hasNaN({ outputs, variables }: Outcome): boolean {
  return Number.isNaN(norm(outputs) + norm(variables));
}
