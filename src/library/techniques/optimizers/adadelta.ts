/** Adadelta. Source: Zeiler, 2012, arXiv:1212.5701. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** ρ, the share of the old running means that is kept (default 0.95); at least 0 and less than 1. */
  rho?: number;
  /** ε, added under the roots (default 1e-7); greater than 0. */
  epsilon?: number;
}

/**
 * Adadelta: v' = ρ v + (1 − ρ) g², d = g √(u + ε) / √(v' + ε), u' = ρ u + (1 − ρ) d², w ← w − η d; u is the running
 * mean of the squared moves.
 *
 * Default learning rate 0.001. Update rule and defaults are Keras' `Adadelta`.
 *
 * @example adadelta({ learningRate: 1 })
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  checkOptions("adadelta", options, { rho: true, epsilon: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, rho = 0.95, epsilon = 1e-7, ...shared } = options;
  checkNumber("adadelta", "rho", rho, { min: 0, below: 1 });
  checkNumber("adadelta", "epsilon", epsilon, { above: 0 });
  const rule: UpdateRule = {
    name: "adadelta",
    slots: ["accumulatedGradient", "accumulatedMove"],
    scalars: (_step, rate) => [rate, rho, 1 - rho, epsilon],
    update(weight, gradient, [squares, moves], [rate, keep, take, small]) {
      const root = (value: tf.Tensor) => tf.sqrt(tf.add(value, small));
      const mix = (old: tf.Tensor, value: tf.Tensor) => tf.add(tf.mul(old, keep), tf.mul(tf.square(value), take));
      const square = mix(squares, gradient);
      const move = tf.div(tf.mul(root(moves), gradient), root(square));
      return { weight: tf.sub(weight, tf.mul(move, rate)), slots: [square, mix(moves, move)] };
    },
  };
  return new Optimizer(rule, { rho, epsilon, ...shared, learningRate });
}
