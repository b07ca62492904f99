/** RMSProp. Source: Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptimizerOptions {
  /** ρ, the share of the old running mean that is kept (default 0.9); at least 0 and less than 1. */
  rho?: number;
  /** μ, the share of the last move that is kept (default 0); at least 0 and less than 1. */
  momentum?: number;
  /** ε, added under the root (default 1e-7); greater than 0. */
  epsilon?: number;
  /** Whether to divide by the running standard deviation instead of the root mean square (default false). */
  centered?: boolean;
}

/**
 * RMSProp: v' = ρ v + (1 − ρ) g², w ← w − η g / √(v' + ε); when centered, v' − a'² stands for v', with the running
 * mean a' of g; with momentum the moves are summed as m' = μ m + η g / √(v' + ε), w ← w − m'.
 *
 * Default learning rate 0.001. Update rule, epsilon's place and defaults are Keras' `RMSprop`.
 *
 * @example rmsprop({ learningRate: 0.001, rho: 0.9 })
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  checkOptions("rmsprop", options, { rho: true, momentum: true, epsilon: true, centered: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false, ...shared } = options;
  checkNumber("rmsprop", "rho", rho, { min: 0, below: 1 });
  checkNumber("rmsprop", "momentum", momentum, { min: 0, below: 1 });
  checkNumber("rmsprop", "epsilon", epsilon, { above: 0 });
  checkBoolean("rmsprop", "centered", centered);
  const hyper = { rho, momentum, epsilon, centered };
  return new Optimizer(rmspropRule(hyper), { ...hyper, ...shared, learningRate });
}

type Hyper = Required<Omit<RmspropOptions, keyof OptimizerOptions>>;

function rmspropRule({ rho, momentum, epsilon, centered }: Hyper): UpdateRule {
  return {
    name: "rmsprop",
    slots: ["velocity", ...(centered ? ["averageGradient"] : []), ...(momentum > 0 ? ["momentum"] : [])],
    scalars: (_step, learningRate) => [learningRate, rho, 1 - rho, epsilon, momentum],
    update(weight, gradient, [velocity, ...others], [rate, keep, take, small, mu]) {
      const mix = (old: tf.Tensor, value: tf.Tensor) => tf.add(tf.mul(old, keep), tf.mul(value, take));
      const slots = [mix(velocity, tf.square(gradient))];
      let [variance] = slots;
      if (centered) {
        const mean = mix(others[0], gradient);
        slots.push(mean);
        variance = tf.sub(variance, tf.square(mean));
      }
      let move: tf.Tensor = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(variance, small)));
      if (momentum > 0) {
        move = tf.add(tf.mul(others[others.length - 1], mu), move);
        slots.push(move);
      }
      return { weight: tf.sub(weight, move), slots };
    },
  };
}
