/** "crossentropy", chosen by the shapes of labels and outputs. */
import { checkOptions } from "dnn-lab-core/check";
import { crossentropy as loss } from "../losses/by-shape";
import { METRIC_OPTIONS, type MeanMetric, type MetricOptions } from "./metric";
import { lossAsMetric } from "./regression";

/** The cross-entropy that fits labels and outputs; it is chosen as "accuracy" is. By name: `"crossentropy"`, `"ce"`. */
export function crossentropy(options: MetricOptions = {}): MeanMetric {
  return lossAsMetric("crossentropy", loss(), checkOptions("crossentropy", options, METRIC_OPTIONS));
}
