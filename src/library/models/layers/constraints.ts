/** Constraints that a weight is put back into after each step, as Keras defines them; `fit` applies them. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";

/** Options of {@link maxNorm}. */
export interface MaxNormOptions {
  /** Largest L2 norm of the weights that lead into a unit; greater than 0 (default 2). */
  maxValue?: number;
  /**
   * Axis, or axes, over which the norm is taken (default 0: the inputs of a dense layer's unit `[inputs, units]`). For a
   * convolution's kernel `[rows, columns, channels, filters]` it is [0, 1, 2].
   */
  axis?: number | readonly number[];
}

type Constraint = ReturnType<typeof tf.constraints.maxNorm>;

/**
 * Max-norm regularization: w ← w · min(‖w‖, r) / ‖w‖ after each step, with r = `maxValue` and the norm of each unit's
 * incoming weights. Shorter ones stay as they are (up to Keras' epsilon of 1e-7 in the denominator).
 *
 * The same as Keras' `MaxNorm`. Source: Srivastava et al., "Dropout", 2014; Géron, Hands-On Machine Learning, ch. 11.
 * Slides' statements: max-norm, stretch-pants.
 * @example tf.layers.dense({ units: 50, activation: "relu", kernelConstraint: maxNorm({ maxValue: 1 }) })
 * @throws RangeError when maxValue is not greater than 0, or an axis is negative or no integer.
 */
export function maxNorm(options: MaxNormOptions = {}): Constraint {
  const owner = "maxNorm";
  const { maxValue = 2, axis = 0 } = checkOptions(owner, options, { maxValue: true, axis: true });
  checkNumber(owner, "maxValue", maxValue, { above: 0 });
  const axes = typeof axis === "number" ? [axis] : [...axis];
  if (axes.length === 0) throw new TypeError(`${owner}: axis must name at least one axis, received ${show(axis)}.`);
  for (const each of axes) checkNumber(owner, "axis", each, { integer: true, min: 0 });
  // TensorFlow.js' type knows a single axis only; what it computes takes several.
  return tf.constraints.maxNorm({ maxValue, axis: (typeof axis === "number" ? axis : axes) as number });
}
