/** How one weight moves: the part of an optimizer that is pure mathematics. */
import type { tf } from "../../engine/tf";

/** What a step makes of one weight. */
export interface Updated {
  /** The weight after the step. */
  weight: tf.Tensor;
  /** New slot values, in the order of `UpdateRule.slots`. */
  slots: tf.Tensor[];
}

/**
 * An update rule, pure in its arguments, so that a step can be recorded once and replayed with other numbers.
 *
 * Whatever changes from step to step comes in as `scalars`; constants are among them too, since a number handed to a
 * TensorFlow.js operation becomes a new tensor each time.
 */
export interface UpdateRule {
  /** Name of the factory that makes it: `sgd`, `adam` … */
  readonly name: string;
  /** Names of the tensors kept for each weight, each of the weight's shape. */
  readonly slots: readonly string[];
  /** What each slot is filled with at first (default 0). */
  readonly initialSlotValue?: number;
  /** Host numbers of step `step` (from 0) at learning rate `learningRate`; always as many, in the same order. */
  scalars(step: number, learningRate: number): number[];
  /**
   * The weight and slots after the step. `scalars` are rank-0 tensors; `variable` is the weight's name, for rules that
   * treat some weights differently. Runs inside a `tf.tidy`; new tensors belong to the caller.
   */
  update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: readonly tf.Tensor[],
    scalars: readonly tf.Tensor[],
    variable: string,
  ): Updated;
}
