/** Before a plan is trusted: one replayed step must give what the step gives when it runs by itself. */
import { tf } from "../tf";
import type { Examples } from "./examples";
import type { LoopRunner } from "./loop-runner";
import type { Plan } from "./plan";
import { keptCopy, withStateRestored } from "./state";
import type { Tape } from "./tape";
import { UnsupportedStep } from "./unsupported";

/**
 * Largest relative difference (of the Euclidean norms, over all tensors together). Rounding alone decides single
 * elements: whose argmax of equal outputs is taken, the sign of an Adam step with a gradient near 0.
 */
const TOLERANCE = 0.1;
/** Share of a variable's size that its change may differ by: the change may be smaller than rounding. */
const ROUNDING = 1e-5;

/** What came out of a step, and the values of the variables after it. */
interface Values {
  readonly outputs: readonly tf.Tensor[];
  readonly variables: readonly tf.Tensor[];
}

/** Of a step that ran by itself. */
export class Outcome {
  private readonly outputs: readonly tf.Tensor[];
  private readonly variables: ReadonlyMap<tf.Variable, tf.Tensor>;

  /** Copies the results and the values of the variables that the step has assigned. */
  constructor(tape: Tape, results: Readonly<Record<string, tf.Tensor>>) {
    this.outputs = Object.values(results).map(keptCopy);
    this.variables = new Map([...tape.updates.keys()].map((variable) => [variable, keptCopy(variable)]));
  }

  /** The copies, which stay its own. */
  values(variables: readonly tf.Variable[]): Values {
    return { outputs: this.outputs, variables: variables.map((one) => this.variables.get(one) as tf.Tensor) };
  }

  dispose(): void {
    tf.dispose([...this.outputs, ...this.variables.values()]);
  }
}

export interface Replay {
  readonly runner: LoopRunner;
  /** The first is what the step ran with. */
  readonly examples: Examples;
  /** Of the step as number 0. */
  readonly outcome: Outcome;
  /** Those that the step assigns; they have the values from before it. */
  readonly variables: readonly tf.Variable[];
}

/**
 * Replays the step that ran by itself, from the present state, which is put back. Throws an {@link UnsupportedStep} when
 * the plan cannot run it or gives clearly other numbers.
 */
export function checkReplay({ runner, examples, outcome, variables }: Replay, plan: Plan): void {
  tf.tidy(() => {
    const start = variables.map((variable) => variable.clone());
    const eager = outcome.values(variables);
    const replayed = withStateRestored(() => ({
      outputs: Object.values(replayOnce(runner, plan, examples)),
      variables: variables.map((one) => one.clone()),
    }));
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

function hasNaN({ outputs, variables }: Values): boolean {
  return Number.isNaN(norm(outputs) + norm(variables));
}
