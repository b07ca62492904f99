/** Adam and AMSGrad. Sources: Kingma and Ba, 2014, arXiv:1412.6980; Reddi et al., ICLR 2018. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Numbers that Adam, AdamW and Nadam share. */
export interface MomentOptions {
  /** β1, the share of the old mean of gradients that is kept (default 0.9); at least 0 and less than 1. */
  beta1?: number;
  /** β2, the share of the old mean of squared gradients that is kept (default 0.999); at least 0 and less than 1. */
  beta2?: number;
  /** ε, added to the root (default 1e-7); greater than 0. */
  epsilon?: number;
}

/** Options of {@link adam}. */
export interface AdamOptions extends OptimizerOptions, MomentOptions {
  /** Whether to divide by the largest mean of squares so far instead of the present one (default false). */
  amsgrad?: boolean;
}

/**
 * Adam: m' = m + (1 − β1)(g − m), v' = v + (1 − β2)(g² − v), w ← w − α m' / (√v' + ε) with
 * α = η √(1 − β2^(t+1)) / (1 − β1^(t+1)) at step t (from 0).
 *
 * Default learning rate 0.001. Update rule, epsilon's place and defaults are Keras' `Adam`.
 *
 * @example adam({ learningRate: 0.001 })
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions("adam", options, { beta1: true, beta2: true, epsilon: true, amsgrad: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, beta1, beta2, epsilon, amsgrad = false, ...shared } = options;
  const hyper = {
    ...checkMoments("adam", { beta1, beta2, epsilon }),
    amsgrad: checkBoolean("adam", "amsgrad", amsgrad),
  };
  return new Optimizer(adamRule("adam", hyper), { ...hyper, ...shared, learningRate });
}

/** Fills in the defaults; throws for numbers out of range. */
export function checkMoments(owner: string, options: MomentOptions): Required<MomentOptions> {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  checkNumber(owner, "beta1", beta1, { min: 0, below: 1 });
  checkNumber(owner, "beta2", beta2, { min: 0, below: 1 });
  checkNumber(owner, "epsilon", epsilon, { above: 0 });
  return { beta1, beta2, epsilon };
}

/** old + (value − old) · share. */
export const approach = (old: tf.Tensor, value: tf.Tensor, share: tf.Tensor): tf.Tensor =>
  tf.add(old, tf.mul(tf.sub(value, old), share));

/** 1 − β^t as Keras computes it, in float32, where 1 − 0.999 is larger by a share of 5e-5. */
export const oneMinusPower = (beta: number, t: number): number => 1 - Math.fround(Math.fround(beta) ** t);

export function adamRule(name: string, hyper: Required<MomentOptions> & { amsgrad: boolean }): UpdateRule {
  const { beta1, beta2, epsilon, amsgrad } = hyper;
  return {
    name,
    slots: ["momentum", "velocity", ...(amsgrad ? ["velocityHat"] : [])],
    scalars(step, learningRate) {
      const alpha = (learningRate * Math.sqrt(oneMinusPower(beta2, step + 1))) / oneMinusPower(beta1, step + 1);
      return [alpha, 1 - beta1, 1 - beta2, epsilon];
    },
    update(weight, gradient, [momentum, velocity, largest], [alpha, share1, share2, small]) {
      const mean = approach(momentum, gradient, share1);
      const square = approach(velocity, tf.square(gradient), share2);
      const slots = [mean, square, ...(amsgrad ? [tf.maximum(largest, square)] : [])];
      const move = tf.div(tf.mul(mean, alpha), tf.add(tf.sqrt(slots[slots.length - 1]), small));
      return { weight: tf.sub(weight, move), slots };
    },
  };
}
