/**
 * dnn-lab: the training techniques of the slides "Training Deep Neural Networks" on TensorFlow.js.
 *
 * The only door of the library, in the order in which data flow through it.
 */

// The engine, and TensorFlow.js on it
export { tf } from "./engine/tf";
export { engineReport, useEngine, type EngineReport } from "./engine/engine";
export type { Rejection } from "./engine/load";
export type { Step } from "./engine/stateless-random";

// Randomness
export { nextSeed, RandomStream, setRandomSeed, type RandomState } from "./core/random";

// Data
export { Dataset, type Batch, type BatchOptions, type ShuffleOptions } from "./data/dataset";
export type { DataOrigin, DatasetInfo } from "./data/dataset-info";
export type { SourceChoice, SourceName } from "./data/source-chain";
export type { Column, FeatureValues, LabelValues } from "./data/storage";
export * from "./data/augment";
export { cifar10, type Cifar10LoadOptions } from "./data/cifar10";
export { onlyClasses, takePerClass } from "./data/class-subsets";
export { fashionMnist, type LoadOptions } from "./data/fashion-mnist";
export {
  datasetFromArrays,
  datasetFromTensors,
  type ArraysOptions,
  type DescriptionOptions,
  type TensorsOptions,
} from "./data/from-arrays";

// Models
export * as activations from "./models/activations";
export * as initializers from "./models/initializers";
export { BatchNormalization, batchNormalization, type BatchNormalizationOptions } from "./models/batch-normalization";
export { maxNorm, type MaxNormOptions } from "./models/constraints";
export { convnet, type ConvnetOptions } from "./models/convnet";
export { alphaDropout, dropout, type AlphaDropoutOptions, type DropoutOptions } from "./models/dropout";
export type { ImageModelOptions, Pooling } from "./models/image-model";
export { loadKerasWeights, saveKerasWeights, type LoadKerasWeightsOptions } from "./models/keras-file";
export type { LoadReport } from "./models/keras-report";
export { mobileNetV2, type MobileNetV2Options } from "./models/mobilenet-v2";
export {
  monteCarloPredict,
  type MonteCarloEntropies,
  type MonteCarloOptions,
  type MonteCarloPrediction,
} from "./models/monte-carlo";
export { WeightsUnavailableError } from "./models/pretrained";
export { resNet50 } from "./models/resnet50";
export { seedPlainLayers } from "./models/seeded";
export { summary, type ModelSummary, type SummaryRow } from "./models/summary";
export * from "./models/transfer";
export { loadWeights, saveWeights } from "./models/weights-file";

// Techniques
export type { Schedule } from "./core/types";
export * from "./techniques";
export * as losses from "./techniques/losses";
export * as metrics from "./techniques/metrics/all";

// Training
export type { Logs } from "./core/types";
export type { Callback, TrainingContext } from "./training/callback";
export * from "./training/callbacks";
export { evaluate, type EvaluateOptions } from "./training/evaluate";
export { explain, type ModelExplanation, type StepsExplanation } from "./training/explain";
export { fit, type FitOptions } from "./training/fit";
export { gradientFlow, type GradientFlow, type GradientFlowOptions, type LayerFlow } from "./training/gradient-flow";
export type { History, HistoryParams } from "./training/history";
export { lrRangeTest, type LrRangeTest, type LrRangeTestOptions } from "./training/lr-range-test";
export { predict, type PredictOptions } from "./training/predict";
export { recalibrateBatchNormalization, type RecalibrateOptions } from "./training/recalibrate-batch-normalization";
export type { RunPlan } from "./training/plan";
export type { ResumeOptions } from "./training/resume";
export type { ClassWeight } from "./training/step";
export type { CompileOption } from "./training/step-runner";
export { selfPretrainedBase, type SelfPretrainedBaseOptions } from "./training/self-pretrained-base";

// Reports
export { calibration, type Calibration, type CalibrationBin, type CalibrationOptions } from "./reports/calibration";
export { checkClaim, type ClaimOptions } from "./reports/claim";
export {
  allPassed,
  compareWithPublished,
  toleranceReason,
  type ComparedRun,
  type CompareOptions,
  type ComparisonRow,
  type Verdict,
} from "./reports/compare";
export {
  compareRuns,
  type ComparedHistory,
  type CompareRunsOptions,
  type RunsComparison,
  type RunsSummary,
} from "./reports/compare-runs";
export {
  classOf,
  confusionMatrix,
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
} from "./reports/confusion-matrix";
export type { DisplayOptions, MimeBundle } from "./core/notebook-host";
export { display, html, markdown, type Displayable } from "./reports/display";
export { confusionFigure, type ConfusionFigureOptions } from "./reports/figures/confusion-figure";
export { Figure, type Layout, type PlotlyFigure, type Trace } from "./reports/figures/figure";
export {
  gradientFlowFigure,
  type FlowQuantity,
  type GradientFlowFigureOptions,
} from "./reports/figures/gradient-flow-figure";
export { learningCurve, type LearningCurveOptions, type MetricsByEpoch } from "./reports/figures/learning-curve";
export { lineFigure, type LineFigureOptions, type LinePanel, type LineSeries } from "./reports/figures/line-figure";
export { lrRangeFigure, type LrRangeFigureOptions } from "./reports/figures/lr-range-figure";
export { reliabilityFigure, type ReliabilityFigureOptions } from "./reports/figures/reliability-figure";
export { saveFigure } from "./reports/figures/save-figure";
export { scheduleFigure, type ScheduleFigureOptions } from "./reports/figures/schedule-figure";
export { figureImage, type ImageOptions } from "./reports/images/figure-image";
export { provenance } from "./reports/provenance";
export {
  publishedFor,
  publishedNotebooks,
  publishedRun,
  publishedRuns,
  type PublishedBest,
  type PublishedRuns,
  type PublishedSection,
  type PublishedTest,
} from "./reports/published";
export {
  readRecord,
  recordSection,
  saveRecord,
  startRecord,
  type DataRecord,
  type EpochMetrics,
  type ExpectedFigures,
  type Facts,
  type PartialRecord,
  type RunRecord,
  type SectionInput,
  type SectionRecord,
  type Variant,
} from "./reports/record";
export { writeReport, type ReportOptions, type WrittenReport } from "./reports/run-report/write-report";
export { comparisonTable } from "./reports/tables/comparison-table";
export { dataFrame } from "./reports/tables/danfo";
export { historyTable } from "./reports/tables/history-table";

// Assignments
export { check } from "./submissions/checks/notebook-check";
export type { CheckTools, Definition as CheckDefinition } from "./submissions/checks/tests";
