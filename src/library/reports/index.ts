/**
 * `dnn-lab/reports`: figures, tables and judgements of histories and predictions; plain numbers, no tensors.
 *
 * @module dnn-lab/reports
 */
export { calibration, type Calibration, type CalibrationBin, type CalibrationOptions } from "./calibration";
export { checkAnswer, type CheckAnswerOptions } from "./check-answer";
export { checkClaim, type ClaimOptions } from "./claim";
export {
  classificationReport,
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
} from "./classification-report";
export {
  compareRuns,
  type ComparedHistory,
  type CompareRunsOptions,
  type RunsComparison,
  type RunsSummary,
} from "./compare-runs";
export { classOf, confusionMatrix, type ConfusionMatrix, type ConfusionMatrixOptions } from "./confusion-matrix";
export { display, html, markdown, type Displayable } from "./display";
export { confusionFigure, type ConfusionFigureOptions } from "./figures/confusion-figure";
export { decisionFigure, type DecisionFigureOptions, gridPoints, type LabelledPoints } from "./figures/decision-figure";
export { flowChart, type FlowChartBox, type FlowChartOptions } from "./figures/flow-chart";
export { frameFigure, type FrameFigureOptions } from "./figures/frame-figure";
export { Figure, type Frame, type Layout, type PlotlyFigure, type Trace } from "./figures/figure";
export {
  featureMapsFigure,
  type FeatureMapsFigureOptions,
  type ShownFeatureMaps,
  type ShownLayerMaps,
} from "./figures/feature-maps-figure";
export { gradCamFigure, type GradCamFigureOptions, type ShownGradCam } from "./figures/grad-cam-figure";
export { gradientFlowFigure, type FlowQuantity, type GradientFlowFigureOptions } from "./figures/gradient-flow-figure";
export { importanceFigure, type ImportanceFigureOptions } from "./figures/importance-figure";
export { learningCurve, type LearningCurveOptions, type MetricsByEpoch } from "./figures/learning-curve";
export { lineFigure, type LineFigureOptions, type LinePanel, type LineSeries } from "./figures/line-figure";
export { lrRangeFigure, type LrRangeFigureOptions } from "./figures/lr-range-figure";
export { parallelCoordinatesFigure, type ParallelCoordinatesOptions } from "./figures/parallel-coordinates";
export { prFigure, type RankingFigureOptions, rocFigure } from "./figures/ranking-figures";
export { networkFigure, type NetworkFigureOptions } from "./figures/network-figure";
export { reliabilityFigure, type ReliabilityFigureOptions } from "./figures/reliability-figure";
export { saveFigure } from "./figures/save-figure";
export { scheduleFigure, type ScheduleFigureOptions } from "./figures/schedule-figure";
export { figureImage, type ImageOptions } from "./images/figure-image";
export { dataFrame } from "./tables/danfo";
export { historyTable } from "./tables/history-table";
export { trialsTable } from "./tables/trials-table";
export { liveLearningCurve, type LiveLearningCurveOptions } from "./live-learning-curve";
export { type PrecisionRecallCurve, precisionRecallCurve, type RocCurve, rocCurve } from "./ranking-curves";
export { type SampleLoss, topLosses, type TopLossesOptions } from "./top-losses";
