/** Metrics by the names that `compile` takes. */
import { type Aliases, byName } from "../names";
import * as losses from "../losses";
import { LOSS_SHORT_NAMES } from "../losses/names";
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./accuracy";
import { auc } from "./auc";
import { falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } from "./confusion";
import { crossentropy } from "./crossentropy";
import { f1Score, fBetaScore } from "./f-score";
import { binaryIoU, meanIoU } from "./iou";
import type { Metric, MetricOptions } from "./metric";
import * as regression from "./regression";

const { lossAsMetric, ...byLoss } = regression;

export const METRICS: Readonly<Record<string, (options?: MetricOptions) => Metric>> = {
  accuracy,
  crossentropy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  precision,
  recall,
  auc,
  f1Score,
  fBetaScore,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  meanIoU,
  binaryIoU,
  ...byLoss,
  huber: (options) => lossAsMetric("huber", losses.huber(), options),
  cosineProximity: (options) => lossAsMetric("cosine_proximity", losses.cosineSimilarity(), options),
};

/** Keras' short names, and TensorFlow.js' name of the negative cosine. */
const METRIC_ALIASES: Aliases = {
  ...LOSS_SHORT_NAMES,
  acc: "accuracy",
  rmse: "rootMeanSquaredError",
  logCosh: "logCoshError",
  cosine: "cosineProximity",
};

/** The metric that a name stands for; it keeps the name as it was written. Throws for an unknown name. */
export function metricByName(name: string): Metric {
  return byName("metric", name, METRICS, METRIC_ALIASES)({ name });
}
