/** Which way of running suits a model, by a rule that gives the same answer in every run and on every machine. */
import { process } from "../../platform";
import type { Environment } from "dnn-lab-core/types";
import { checkOneOf } from "dnn-lab-core/check";
import { PLANS, type Plan } from "../../engine/compile";
import type { tf } from "../../engine/tf";

/** A plan for replaying, or `eager`: op by op. */
export type RunPlan = "eager" | Plan;

export interface PlanDecision {
  readonly plan: RunPlan;
  /** Why, in a few words. */
  readonly reason: string;
}

/** What a rule looks at: the layers that run in a step, and their weights. */
export type Network = Pick<tf.LayersModel, "layers" | "weights">;

/** Multiplications of a batch with one weight matrix from which on `lowered` is faster than `graph`. */
const LARGE_PRODUCT = 2e6;

/**
 * `lowered` for models with convolutions, which TensorFlow then fuses for oneDNN, and for large matrix products;
 * `graph`, the way with the least overhead, for all others. `DNN_LAB_PLAN` forces another.
 *
 * A rule and no measurement: plans differ in their rounding, and a seed shall give the same bits in every run, in
 * continuous integration and on a fresh machine too. What the rule was made from stands in docs/performance.md;
 * `explain(model, data)` measures all plans for a model.
 */
export function planFor(model: Network, batchSize: number, env: Environment = process.env): PlanDecision {
  const forced = env.DNN_LAB_PLAN;
  if (forced) {
    const plan = checkOneOf("DNN_LAB_PLAN", "value", forced, ["eager", ...PLANS] as const);
    return { plan, reason: "DNN_LAB_PLAN asks for it" };
  }
  if (hasConvolution(model)) {
    return { plan: "lowered", reason: "the model has convolutions, which TensorFlow fuses in a lowered loop" };
  }
  return batchSize * largestMatrix(model) >= LARGE_PRODUCT
    ? { plan: "lowered", reason: "its matrix products are large" }
    : { plan: "graph", reason: "the model is small, and this plan has the least overhead" };
}

/** Elements of the largest weight matrix. */
function largestMatrix(model: Network): number {
  return Math.max(
    0,
    ...model.weights.map(({ shape }) => (shape.length === 2 ? Number(shape[0]) * Number(shape[1]) : 0)),
  );
}

export function hasConvolution(model: Network): boolean {
  return model.layers.some((layer) => {
    const inner = (layer as unknown as { layers?: unknown }).layers;
    return Array.isArray(inner)
      ? hasConvolution(layer as unknown as tf.LayersModel)
      : /Conv/.test(layer.getClassName());
  });
}
