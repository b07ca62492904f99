/** The names in the logs, and what a step's row holds for each of them. */
import { show } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";
import { mayMask } from "../../models/layers/output-facts";
import { ratio, type Metric } from "../../techniques/metrics/metric";
import type { OutputTarget } from "./compile-arguments";
import type { LogColumn } from "../steps/running-means";

/** A metric of one output, and how its part of a row is made. */
export interface LoggedMetric {
  readonly metric: Metric;
  /** Sample weights count. */
  readonly isWeighted: boolean;
  /** A mean over positions of which some may not count: its row holds a sum and their number. */
  readonly isPartial: boolean;
  readonly column: LogColumn;
}

/** The metrics of each output, in Keras' order and with Keras' names. Throws for names that occur twice. */
export function loggedMetrics(model: tf.LayersModel, targets: readonly OutputTarget[]): LoggedMetric[][] {
  const masked = mayMask(model);
  const all = targets.map((target, i) => {
    const prefix = targets.length > 1 ? `${target.name}_` : "";
    const outputs = model.outputs[i].shape;
    const plain = target.metrics.map((metric) => ({
      metric,
      isWeighted: false,
      name: `${prefix}${metric.metricName}`,
    }));
    const taken = new Set(plain.map(({ name }) => name));
    const weighted = target.weightedMetrics.map((metric) => {
      const name = `${prefix}${metric.metricName}`;
      return { metric, isWeighted: true, name: taken.has(name) ? `${prefix}weighted_${metric.metricName}` : name };
    });
    return [...plain, ...weighted].map(({ metric, isWeighted, name }): LoggedMetric => {
      const isPartial = !("sums" in metric) && (masked || isWeighted);
      const column = columnOf(name, metric, isPartial, outputs);
      return { metric, isWeighted, isPartial, column };
    });
  });
  checkNames(all.flat().map(({ column }) => column.name));
  return all;
}

/** The columns of a row: the loss, those of the outputs where there are several, the metrics. */
export function logColumns(targets: readonly OutputTarget[], metrics: readonly LoggedMetric[][]): LogColumn[] {
  const trained = targets.filter(({ loss }) => loss);
  const byOutput = trained.length > 1 ? trained.map(({ name }) => ({ name: `${name}_loss` })) : [];
  return [{ name: "loss" }, ...byOutput, ...metrics.flat().map(({ column }) => column)];
}

/** Throws, when the model is compiled, for metrics that do not suit its outputs or share a name. */
export function checkTargets(model: tf.LayersModel, targets: readonly OutputTarget[]): void {
  logColumns(targets, loggedMetrics(model, targets));
}

function columnOf(name: string, metric: Metric, isPartial: boolean, outputs: readonly (number | null)[]): LogColumn {
  if ("sums" in metric) return { name, width: metric.width(outputs), result: metric.result };
  return isPartial ? { name, width: 2, result: ([sum, count]) => ratio(sum, count) } : { name };
}

function checkNames(names: readonly string[]): void {
  const wrong = names.find((name, i) => names.indexOf(name) < i);
  if (wrong !== undefined) {
    throw new TypeError(
      `compile: two metrics are named ${show(wrong)}, and a log holds one of each name. ` +
        `Give one another: precision({ thresholds: 0.8, name: "precision_80" }).`,
    );
  }
  const reserved = names.find((name) => name === "loss" || name.startsWith("val_"));
  if (reserved === undefined) return;
  throw new TypeError(`compile: a metric is named ${show(reserved)}, which stands for something else in the logs.`);
}
