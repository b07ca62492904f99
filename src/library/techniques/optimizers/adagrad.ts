/** AdaGrad. Source: Duchi, Hazan and Singer, Journal of Machine Learning Research 12, 2011. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squares starts from (default 0.1); at least 0. */
  initialAccumulatorValue?: number;
  /** ε, added under the root (default 1e-7); greater than 0. */
  epsilon?: number;
}

/**
 * AdaGrad: a' = a + g², w ← w − η g / √(a' + ε); weights that moved much move less and less.
 *
 * Default learning rate 0.001. Update rule and defaults are Keras' `Adagrad`.
 *
 * @example adagrad({ learningRate: 0.01 })
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptions("adagrad", options, { initialAccumulatorValue: true, epsilon: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, initialAccumulatorValue = 0.1, epsilon = 1e-7, ...shared } = options;
  checkNumber("adagrad", "initialAccumulatorValue", initialAccumulatorValue, { min: 0 });
  checkNumber("adagrad", "epsilon", epsilon, { above: 0 });
  const rule: UpdateRule = {
    name: "adagrad",
    slots: ["accumulator"],
    initialSlotValue: initialAccumulatorValue,
    scalars: (_step, rate) => [rate, epsilon],
    update(weight, gradient, [accumulator], [rate, small]) {
      const sum = tf.add(accumulator, tf.square(gradient));
      const move = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(sum, small)));
      return { weight: tf.sub(weight, move), slots: [sum] };
    },
  };
  return new Optimizer(rule, { initialAccumulatorValue, epsilon, ...shared, learningRate });
}
