/** Adam with Nesterov momentum. Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016. */
import { checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { approach, checkMoments, oneMinusPower, type MomentOptions } from "./adam";
import { Optimizer, type OptimizerOptions, SHARED_OPTIONS } from "./optimizer";
import type { UpdateRule } from "./update-rule";

/** Options of {@link nadam}. */
export interface NadamOptions extends OptimizerOptions, MomentOptions {}

/**
 * Nadam: m' and v' as in Adam; u_t = β1 (1 − 0.96^t / 2), P_t = u_1 ⋯ u_t;
 * m̂ = u_(t+1) m' / (1 − P_(t+1)) + (1 − u_t) g / (1 − P_t), v̂ = v' / (1 − β2^t), w ← w − η m̂ / (√v̂ + ε),
 * where t counts from 1.
 *
 * Default learning rate 0.001. Update rule, epsilon's place and defaults are Keras' `Nadam`.
 *
 * @example nadam({ learningRate: 5e-5 })
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  checkOptions("nadam", options, { beta1: true, beta2: true, epsilon: true, ...SHARED_OPTIONS });
  const { learningRate = 0.001, beta1, beta2, epsilon, ...shared } = options;
  const hyper = checkMoments("nadam", { beta1, beta2, epsilon });
  return new Optimizer(nadamRule(hyper), { ...hyper, ...shared, learningRate });
}

function nadamRule({ beta1, beta2, epsilon }: Required<MomentOptions>): UpdateRule {
  const momentumAt = (t: number) => beta1 * (1 - 0.5 * 0.96 ** t);
  const productAt = products(momentumAt);
  return {
    name: "nadam",
    slots: ["momentum", "velocity"],
    scalars(step, learningRate) {
      const t = step + 1;
      // √v̂ + ε = (√v' + ε root) / root, which saves dividing v'.
      const root = Math.sqrt(oneMinusPower(beta2, t));
      const ofMean = (learningRate * root * momentumAt(t + 1)) / (1 - productAt(t + 1));
      const ofGradient = (learningRate * root * (1 - momentumAt(t))) / (1 - productAt(t));
      return [ofMean, ofGradient, oneMinusPower(beta1, 1), oneMinusPower(beta2, 1), epsilon * root];
    },
    update(weight, gradient, [momentum, velocity], [ofMean, ofGradient, share1, share2, small]) {
      const mean = approach(momentum, gradient, share1);
      const square = approach(velocity, tf.square(gradient), share2);
      const ahead = tf.add(tf.mul(mean, ofMean), tf.mul(gradient, ofGradient));
      return { weight: tf.sub(weight, tf.div(ahead, tf.add(tf.sqrt(square), small))), slots: [mean, square] };
    },
  };
}

/** t → factor(1) · … · factor(t); what was computed is remembered, and a product below 1e-20 counts as 0. */
function products(factor: (t: number) => number): (t: number) => number {
  const known = [1];
  return (t) => {
    while (known.length <= t && known[known.length - 1] > 1e-20) {
      known.push(known[known.length - 1] * factor(known.length));
    }
    return known[t] ?? 0;
  };
}
