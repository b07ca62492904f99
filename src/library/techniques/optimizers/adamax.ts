/** Adamax, Adam with the infinity norm. Source: Kingma and Ba, 2014, arXiv:1412.6980, section 7.1. */
import { checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { approach, checkMoments, type MomentOptions, oneMinusPower } from "./adam";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link adamax}. */
export interface AdamaxOptions extends OptimizerOptions, MomentOptions {}

/**
 * Adamax: m' = m + (1 − β1)(g − m), u' = max(β2 u, |g|), w ← w − η m' / ((1 − β1^(t+1)) (u' + ε)) at step t (from 0).
 *
 * Default learning rate 0.001. Update rule and defaults are Keras' `Adamax`.
 *
 * @example adamax({ learningRate: 0.002 })
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  checkOptions("adamax", options, { beta1: true, beta2: true, epsilon: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, beta1, beta2, epsilon, ...shared } = options;
  const hyper = checkMoments("adamax", { beta1, beta2, epsilon });
  const rule: UpdateRule = {
    name: "adamax",
    slots: ["momentum", "norm"],
    scalars: (step, rate) => [rate / oneMinusPower(hyper.beta1, step + 1), 1 - hyper.beta1, hyper.beta2, hyper.epsilon],
    update(weight, gradient, [momentum, norm], [rate, share, keep, small]) {
      const mean = approach(momentum, gradient, share);
      const largest = tf.maximum(tf.mul(norm, keep), tf.abs(gradient));
      return { weight: tf.sub(weight, tf.div(tf.mul(mean, rate), tf.add(largest, small))), slots: [mean, largest] };
    },
  };
  return new Optimizer(rule, { ...hyper, ...shared, learningRate });
}
