/** Adam with decoupled weight decay. Source: Loshchilov and Hutter, 2017, arXiv:1711.05101. */
import { checkBoolean, checkOptions } from "dnn-lab-core/check";
import { adamRule, checkMoments, type AdamOptions } from "./adam";
import { Optimizer, SHARED_OPTIONS } from "./optimizer";

/** Options of {@link adamw}; weightDecay is 0.004 by default. */
export type AdamWOptions = AdamOptions;

/**
 * AdamW: w ← w (1 − η λ), then Adam's step, so that the decay is not divided by √v'.
 *
 * Default learning rate 0.001. Update rule and defaults are Keras' `AdamW`; the exclusion is its
 * `exclude_from_weight_decay(var_names=…)`.
 *
 * @example adamw({ learningRate: 0.001, weightDecay: 0.01, excludeFromWeightDecay: ["bias"] })
 */
export function adamw(options: AdamWOptions = {}): Optimizer {
  checkOptions("adamw", options, { beta1: true, beta2: true, epsilon: true, amsgrad: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, weightDecay = 0.004, beta1, beta2, epsilon, amsgrad = false, ...shared } = options;
  const { excludeFromWeightDecay = [] } = shared;
  const hyper = {
    ...checkMoments("adamw", { beta1, beta2, epsilon }),
    amsgrad: checkBoolean("adamw", "amsgrad", amsgrad),
  };
  const rule = adamRule("adamw", hyper);
  return new Optimizer(rule, { ...hyper, ...shared, weightDecay, excludeFromWeightDecay, learningRate });
}
