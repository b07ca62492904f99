/** "crossentropy", chosen by the shapes of labels and outputs. */
import { crossentropy as loss } from "../losses/by-shape";
import { checkMetricOptions, type MeanMetric, type MetricOptions } from "./metric";
import { lossAsMetric } from "./regression";

/** The cross-entropy that suits labels and outputs, as "accuracy" is chosen. By name: `"crossentropy"`, `"ce"`. */
export function crossentropy(options: MetricOptions = {}): MeanMetric {
  return lossAsMetric("crossentropy", loss(), checkMetricOptions("crossentropy", options));
}
