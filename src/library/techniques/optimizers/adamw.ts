/** Adam with decoupled weight decay. Source: Loshchilov and Hutter, 2017, arXiv:1711.05101. */
import { checkBoolean, checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { CLIPPING_OPTIONS } from "../clipping";
import { adamRule, checkMoments, type AdamOptions } from "./adam";
import { Optimizer } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link adamw}. */
export interface AdamWOptions extends AdamOptions {
  /** λ, the share of η by which each weight shrinks at each step (default 0.004); at least 0. */
  weightDecay?: number;
  /** Weights whose name contains one of these do not decay, for instance `["bias", "gamma", "beta"]` (default none). */
  excludeFromWeightDecay?: readonly string[];
}

/**
 * AdamW: w ← w (1 − η λ), then Adam's step, so that the decay is not divided by √v'.
 *
 * Default learning rate 0.001. Update rule and defaults are Keras' `AdamW`; the exclusion is its
 * `exclude_from_weight_decay(var_names=…)`.
 *
 * @example adamw({ learningRate: 0.001, weightDecay: 0.01, excludeFromWeightDecay: ["bias"] })
 */
export function adamw(options: AdamWOptions = {}): Optimizer {
  const known = ["learningRate", "weightDecay", "excludeFromWeightDecay", "beta1", "beta2", "epsilon", "amsgrad"];
  checkOptions("adamw", options, [...known, ...CLIPPING_OPTIONS]);
  const { learningRate = 0.001, weightDecay = 0.004, excludeFromWeightDecay = [], amsgrad = false } = options;
  const { beta1, beta2, epsilon, clipvalue, clipnorm, globalClipnorm } = options;
  checkNumber("adamw", "weightDecay", weightDecay, { min: 0 });
  checkNames("adamw", "excludeFromWeightDecay", excludeFromWeightDecay);
  const hyper = {
    ...checkMoments("adamw", { beta1, beta2, epsilon }),
    amsgrad: checkBoolean("adamw", "amsgrad", amsgrad),
  };
  const rule = withWeightDecay(adamRule("adamw", hyper), weightDecay, excludeFromWeightDecay);
  const decay = { weightDecay, excludeFromWeightDecay };
  return new Optimizer(rule, { ...hyper, ...decay, clipvalue, clipnorm, globalClipnorm, learningRate });
}

function checkNames(owner: string, name: string, value: readonly string[]): void {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) return;
  throw new TypeError(`${owner}: ${name} must be an array of parts of weight names, received ${show(value)}.`);
}

/** The rule, with each weight that is not excluded multiplied by 1 − η λ before it. */
function withWeightDecay(rule: UpdateRule, weightDecay: number, excluded: readonly string[]): UpdateRule {
  return {
    ...rule,
    scalars: (step, learningRate) => [1 - learningRate * weightDecay, ...rule.scalars(step, learningRate)],
    update(weight, gradient, slots, [keep, ...scalars], variable) {
      const decays = !excluded.some((part) => variable.includes(part));
      return rule.update(decays ? tf.mul(weight, keep) : weight, gradient, slots, scalars, variable);
    },
  };
}
