/** Where an optimizer's numbers (rate, bias corrections) come from in a step that is recorded: from the step's inputs. */
import type { tf } from "../../engine/tf";

/** What a step needs to know of an optimizer. */
export interface CountingOptimizer {
  /** Steps so far. */
  steps: number;
  /** The numbers that step `step` needs. */
  stepScalars(step: number): number[];
}

/** Gives the scalars of an optimizer's next update in this step. */
export type ScalarSource = (optimizer: CountingOptimizer) => readonly tf.Tensor[];

let source: ScalarSource | undefined;

/** Runs `body`, in which `applyGradients` takes its numbers from `given` and counts no steps. */
export function withScalarsFrom<T>(given: ScalarSource, body: () => T): T {
  const outer = source;
  source = given;
  try {
    return body();
  } finally {
    source = outer;
  }
}

/** The scalars of the optimizer's next update; undefined outside of {@link withScalarsFrom}. */
export function givenScalars(optimizer: CountingOptimizer): readonly tf.Tensor[] | undefined {
  return source?.(optimizer);
}
