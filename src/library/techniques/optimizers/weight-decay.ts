/** Decoupled weight decay, for every optimizer. Source: Loshchilov and Hutter, 2017, arXiv:1711.05101. */
import { checkNumber, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { UpdateRule } from "./update-rule";

/** Options of weight decay. */
export interface WeightDecayOptions {
  /** λ, the share of η by which each weight shrinks at each update, before its step (default none); at least 0. */
  weightDecay?: number;
  /** Weights whose name contains one of these do not decay, for instance `["bias", "gamma", "beta"]` (default none). */
  excludeFromWeightDecay?: readonly string[];
}

export const WEIGHT_DECAY_OPTIONS: OptionNames<WeightDecayOptions> = {
  weightDecay: true,
  excludeFromWeightDecay: true,
};

/** The rule, with each weight that is not excluded multiplied by 1 − η λ before it; the rule itself without a λ. */
export function withWeightDecay(rule: UpdateRule, options: WeightDecayOptions): UpdateRule {
  const { weightDecay, excludeFromWeightDecay: excluded = [] } = options;
  checkNames(rule.name, excluded);
  if (weightDecay === undefined) {
    if (excluded.length === 0) return rule;
    throw new TypeError(`${rule.name}: excludeFromWeightDecay needs a weightDecay, for instance weightDecay: 0.004.`);
  }
  checkNumber(rule.name, "weightDecay", weightDecay, { min: 0 });
  return {
    ...rule,
    scalars: (step, learningRate) => [1 - learningRate * weightDecay, ...rule.scalars(step, learningRate)],
    update(weight, gradient, slots, [keep, ...scalars], variable) {
      const decays = !excluded.some((part) => variable.includes(part));
      return rule.update(decays ? tf.mul(weight, keep) : weight, gradient, slots, scalars, variable);
    },
  };
}

function checkNames(owner: string, value: readonly string[]): void {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) return;
  throw new TypeError(
    `${owner}: excludeFromWeightDecay must be an array of parts of weight names, received ${show(value)}.`,
  );
}
