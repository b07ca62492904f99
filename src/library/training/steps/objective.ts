/**
 * What a compiled model is trained for: the loss and the metrics of its outputs as functions of one batch, and the
 * regularization terms of its weights.
 */
import type { tf } from "../../engine/tf";
import { penaltyOf } from "../../models/layers/penalties";
import { targetsOf } from "../objective/compile";
import { type LoggedMetric, loggedMetrics, logColumns } from "../objective/log-columns";
import type { OutputTarget } from "../objective/compile-arguments";
import type { LogColumn } from "./running-means";

/** One output of the model. */
export interface OutputObjective extends OutputTarget {
  readonly logged: readonly LoggedMetric[];
}

export interface Objective {
  /** In the order of the model's outputs. */
  readonly outputs: readonly OutputObjective[];
  /** What a step's row holds: the loss, those of the outputs, the metrics. */
  readonly columns: readonly LogColumn[];
  /** Sum of the regularization terms, rank 0; undefined when there are none. */
  penalty(): tf.Scalar | undefined;
}

/** Reads the objective of a compiled model; says what to do when it was not compiled. */
export function objectiveOf(owner: string, model: tf.LayersModel): Objective {
  const targets = targetsOf(model);
  if (!targets) {
    const { optimizer } = model as { optimizer?: unknown };
    const state = optimizer ? "was compiled without a loss" : "is not compiled";
    throw new Error(`${owner}: the model ${state}. Call model.compile({ optimizer, loss, metrics }) first.`);
  }
  const metrics = loggedMetrics(model, targets);
  return {
    outputs: targets.map((target, i) => ({ ...target, logged: metrics[i] })),
    columns: logColumns(targets, metrics),
    penalty: () => penaltyOf(model),
  };
}
