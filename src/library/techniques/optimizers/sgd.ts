/** Stochastic gradient descent, plain or with momentum. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { legacyDecaySchedule } from "../schedules";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** μ, the share of the last move that is kept (default 0); from 0 to 1. */
  momentum?: number;
  /** Nesterov's look ahead: moves by μ · m' − η g instead of m' (default false); needs momentum. */
  nesterov?: boolean;
  /** Keras 2's decay: the rate of step t is `learningRate` / (1 + decay · t); needs a number as `learningRate`. */
  decay?: number;
}

/**
 * Gradient descent: w ← w − η g; with momentum μ: m' = μ m − η g, w ← w + m'.
 *
 * Default learning rate 0.01. Update rule and defaults are Keras' `SGD`. First used in In[18].
 * Throws at construction for unknown options, numbers out of range, more than one way of clipping.
 *
 * Slides' statements: eq-9.
 * @example sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true, clipvalue: 1 })
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions("sgd", options, { momentum: true, nesterov: true, decay: true, ...SHARED_OPTIONS });
  const { momentum = 0, nesterov = false, decay, ...rest } = options;
  checkNumber("sgd", "momentum", momentum, { min: 0, max: 1 });
  checkBoolean("sgd", "nesterov", nesterov);
  if (nesterov && momentum === 0) throw new TypeError("sgd: nesterov needs a momentum, for instance momentum: 0.9.");
  const learningRate = decay === undefined ? (options.learningRate ?? 0.01) : decaying(options.learningRate, decay);
  return new Optimizer(sgdRule(momentum, nesterov), { momentum, nesterov, ...rest, learningRate });
}

function decaying(learningRate: SgdOptions["learningRate"] = 0.01, decay: number) {
  if (typeof learningRate !== "number") {
    throw new TypeError("sgd: decay needs a number as learningRate; a schedule says all about the rate already.");
  }
  return legacyDecaySchedule({ initialLearningRate: learningRate, decay });
}

function sgdRule(momentum: number, nesterov: boolean): UpdateRule {
  if (momentum === 0) {
    return {
      name: "sgd",
      slots: [],
      scalars: (_step, learningRate) => [learningRate],
      update: (weight, gradient, _slots, [rate]) => ({
        weight: tf.sub(weight, tf.mul(gradient, rate)),
        slots: [],
      }),
    };
  }
  return {
    name: "sgd",
    slots: ["momentum"],
    scalars: (_step, learningRate) => [learningRate, momentum],
    update(weight, gradient, [lastMove], [rate, mu]) {
      const pull = tf.mul(gradient, rate);
      const move = tf.sub(tf.mul(lastMove, mu), pull);
      const reach = nesterov ? tf.sub(tf.mul(move, mu), pull) : move;
      return { weight: tf.add(weight, reach), slots: [move] };
    },
  };
}
