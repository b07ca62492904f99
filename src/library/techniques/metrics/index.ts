/** Metrics with Keras' names, formulas and options. */
export {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
  type BinaryAccuracyOptions,
  type TopKOptions,
} from "./accuracy";
export { auc, type AucOptions } from "./auc";
export {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  trueNegatives,
  truePositives,
  type PrecisionOptions,
} from "./confusion";
export type { Curve, SummationMethod } from "./curves";
export { f1Score, fBetaScore, type F1ScoreOptions, type FBetaScoreOptions } from "./f-score";
export { binaryIoU, iou, meanIoU, type BinaryIoUOptions, type IoUOptions, type MeanIoUOptions } from "./iou";
export { meanMetricWrapper, type MeanMetric, type Metric, type MetricOptions, type SumsMetric } from "./metric";
export { r2Score, rootMeanSquaredError, type R2ScoreOptions } from "./regression";
