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

/** Multiplications of a run with all weight matrices from which on compiling by XLA, some half a second, pays. */
const LONG_RUN = 2e10;

/** Layers that XLA makes faster, and computes as the other plans do: those of dense networks. */
const DENSE_LAYERS = new Set([
  ...["InputLayer", "Flatten", "Reshape", "Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"],
  ...["ThresholdedReLU", "Dropout", "AlphaDropout", "GaussianNoise", "BatchNormalization", "LayerNormalization"],
  ...["Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Sequential", "Functional", "Model"],
]);

/** A run as a rule sees it. */
export interface RunSize {
  readonly batchSize: number;
  /** Steps in all epochs. */
  readonly steps: number;
  /**
   * Whether XLA may run it. Not with functions of the user's, which may look rows up: XLA does not tell numbers that are out
   * of range. Nor on streams, whose length need not be known.
   */
  readonly allowsXla: boolean;
}

/**
 * `lowered` for models with convolutions, which TensorFlow then fuses for oneDNN, and for large matrix products;
 * `xla` for long runs of dense networks, where compiling pays; `graph`, the way with the least overhead, for all
 * others. `DNN_LAB_PLAN` forces another.
 *
 * A rule and no measurement: plans differ in their rounding, and a seed shall give the same bits in every run, in
 * continuous integration and on a fresh machine too. What the rule was made from stands in docs/performance.md;
 * `explain(model, data)` measures all plans for a model.
 */
export function planFor(model: Network, run: RunSize, env: Environment = process.env): PlanDecision {
  const forced = env.DNN_LAB_PLAN;
  if (forced) {
    const plan = checkOneOf("DNN_LAB_PLAN", "value", forced, ["eager", ...PLANS] as const);
    return { plan, reason: "DNN_LAB_PLAN asks for it" };
  }
  if (hasConvolution(model)) {
    return { plan: "lowered", reason: "the model has convolutions, which TensorFlow fuses in a lowered loop" };
  }
  const matrices = matricesOf(model);
  const work = run.steps * run.batchSize * matrices.reduce((sum, size) => sum + size, 0);
  if (work >= LONG_RUN && run.allowsXla && isDense(model)) {
    return { plan: "xla", reason: "the run is long enough for compiling a dense network by XLA to pay" };
  }
  return run.batchSize * Math.max(0, ...matrices) >= LARGE_PRODUCT
    ? { plan: "lowered", reason: "its matrix products are large" }
    : { plan: "graph", reason: "the model is small, and this plan has the least overhead" };
}

/** Elements of each weight matrix. */
function matricesOf(model: Network): number[] {
  return model.weights.flatMap(({ shape }) => (shape.length === 2 ? [Number(shape[0]) * Number(shape[1])] : []));
}

function isDense(model: Network): boolean {
  return model.layers.every((layer) => {
    const inner = (layer as unknown as { layers?: unknown }).layers;
    const known = DENSE_LAYERS.has(layer.getClassName());
    return known && (!Array.isArray(inner) || isDense(layer as unknown as tf.LayersModel));
  });
}

export function hasConvolution(model: Network): boolean {
  return model.layers.some((layer) => {
    const inner = (layer as unknown as { layers?: unknown }).layers;
    return Array.isArray(inner)
      ? hasConvolution(layer as unknown as tf.LayersModel)
      : /Conv/.test(layer.getClassName());
  });
}
