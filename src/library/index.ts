/**
 * dnn-lab: the training techniques of the slides "Training Deep Neural Networks" on TensorFlow.js.
 *
 * The only door of the library, in the order in which data flow through it.
 *
 * @module dnn-lab
 */

// Plain layers of TensorFlow.js draw from this library's random streams from here on.
import "./models/initialization/seeded";

// The engine, and TensorFlow.js on it
export { tf } from "./engine/tf";
export { engineReport, useEngine, type EngineReport } from "./engine/engine";
export type { Rejection } from "./engine/load";
export { statelessNormal, statelessUniform, type Step } from "./engine/stateless-random";

// Randomness
export { nextSeed, RandomStream, setRandomSeed, type RandomState } from "dnn-lab-core/random";

// Data
export { Dataset, type Batch, type BatchOptions, type ColumnMap, type ShuffleOptions } from "./data/dataset";
export type { ColumnTransforms } from "./data/column-transforms";
export type { SampleWeights, SampleWeightValues } from "./data/sample-weights";
export type { DataOrigin, DatasetInfo } from "./data/dataset-info";
export type { SourceChoice, SourceName } from "./data/source-chain";
export type { ColumnValues } from "./data/columns";
export type { Frame } from "./data/frame";
export type { Column, ColumnLayout, FeatureValues, LabelValues } from "./data/storage";
export * from "./data/augment";
export { cifar10, type Cifar10LoadOptions } from "./data/cifar10";
export {
  imageFolder,
  type ImageFolder,
  type ImageFolderOptions,
  type ImagePreprocessing,
} from "./data/images/image-folder";
export { imageFolderStream, type ImageFolderStream, type ImageFolderStreamOptions } from "./data/images/image-stream";
export { saveImageFolder } from "./data/images/save-image-folder";
export type { ColorMode, PictureForm } from "./data/images/decode-picture";
export { csvDataset, type CsvDataset, type CsvDatasetOptions } from "./data/table/csv-dataset";
export type { Cell, ColumnType } from "./data/table/table-cells";
export type { Categories, MissingPolicy } from "./data/table/fit-columns";
export type { TableSource } from "./data/table/rows";
export type { ColumnEncoding, TablePreprocessing } from "./data/table/table-preprocessing";
export type { ColumnSummary, TableSummary } from "./data/table/table-summary";
export { type NumpyArray, readNpy, readNpz } from "./data/numpy-files";
export {
  datasetFromGenerator,
  type GeneratorOptions,
  interleave,
  type InterleaveOptions,
} from "./data/stream/from-generator";
export { type AnyDataset, StreamDataset } from "./data/stream/stream-dataset";
export type { GivenSample, StreamValues } from "./data/stream/stream-sample";
export type { SampleGenerator, StreamPass } from "./data/stream/stream-source";
export { onlyClasses, takePerClass } from "./data/class-subsets";
export { fashionMnist, type LoadOptions } from "./data/fashion-mnist";
export {
  datasetFromArrays,
  datasetFromTensors,
  type ArraysOptions,
  type DescriptionOptions,
  type NamedValues,
  type TensorsOptions,
} from "./data/from-arrays";

// Models
export * as activations from "./models/layers/activations";
export * as initializers from "./models/initialization/initializers";
export {
  BatchNormalization,
  batchNormalization,
  type BatchNormalizationOptions,
} from "./models/layers/batch-normalization";
export { maxNorm, type MaxNormOptions } from "./models/layers/constraints";
export { layerNormalization, type LayerNormalizationOptions } from "./models/layers/layer-normalization";
export { convnet, type ConvnetOptions } from "./models/architectures/convnet";
export { alphaDropout, dropout, type AlphaDropoutOptions, type DropoutOptions } from "./models/layers/dropout";
export type { ImageModelOptions, Pooling } from "./models/architectures/image-model";
export { loadKerasWeights, saveKerasWeights, type LoadKerasWeightsOptions } from "./models/weights/keras-file";
export type { LoadReport } from "./models/weights/keras-report";
export { mobileNetV2, type MobileNetV2Options } from "./models/architectures/mobilenet-v2";
export {
  monteCarloPredict,
  type MonteCarloEntropies,
  type MonteCarloOptions,
  type MonteCarloPrediction,
} from "./models/monte-carlo";
export {
  MultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./models/layers/multi-head-attention";
export { exportModel, type ExportFormat, type ExportOptions } from "./models/export/export-model";
export { gru, lstm, simpleRNN, type GruOptions, type LstmOptions, type SimpleRNNOptions } from "./models/recurrent";
export { WeightsUnavailableError } from "./models/architectures/pretrained";
export { resNet50 } from "./models/architectures/resnet50";
export { summary, type ModelSummary, type SummaryRow } from "./models/summary";
export * from "./models/transfer";
export { loadWeights, saveWeights } from "./models/weights/weights-file";

// Techniques
export type { Schedule } from "dnn-lab-core/types";
export * from "./techniques";
export * as losses from "./techniques/losses";
export * as metrics from "./techniques/metrics/all";

// Training
export type { Logs } from "dnn-lab-core/types";
export type { Callback, TrainingContext, WeightValues } from "./training/callbacks/callback";
export * from "./training/callbacks";
export { evaluate, type EvaluateOptions } from "./training/fit/evaluate";
export { explain, type ModelExplanation, type StepsExplanation } from "./training/diagnostics/explain";
export type { GivenValues, SamplesAndLabels, TrainingData } from "./training/fit/given-data";
export { fit, type FitOptions } from "./training/fit/fit";
export {
  featureMaps,
  type FeatureMaps,
  type FeatureMapsOptions,
  filtersOf,
  type LayerMaps,
} from "./training/diagnostics/feature-maps";
export { gradCam, type GradCam, type GradCamOptions } from "./training/diagnostics/grad-cam";
export {
  gradientFlow,
  type GradientFlow,
  type GradientFlowOptions,
  type LayerFlow,
} from "./training/diagnostics/gradient-flow";
export type { History, HistoryParams } from "./training/history";
export { lrRangeTest, type LrRangeTest, type LrRangeTestOptions } from "./training/diagnostics/lr-range-test";
export {
  type ColumnImportance,
  permutationImportance,
  type PermutationImportance,
  type PermutationImportanceOptions,
} from "./training/diagnostics/permutation-importance";
export { predict, type PredictData, type PredictOptions } from "./training/fit/predict";
export { recalibrateBatchNormalization, type RecalibrateOptions } from "./training/fit/recalibrate-batch-normalization";
export {
  compileStep,
  type CompileStepOptions,
  type CompiledStepFunction,
  type CompiledStepReport,
  type GivenInputs,
} from "./training/steps/compile-step";
export { type StepExplanation, type StepInputs, UnsupportedStep, type UnsupportedReason } from "./engine/compile";
export { tune } from "./training/tuning/tune";
export * as hp from "./training/tuning/domains";
export type { Domain, HyperValue, IntOptions, UniformOptions } from "./training/tuning/domain";
export type { SearchSpace, Settings } from "./training/tuning/search-space";
export type {
  BuildTrial,
  BuiltTrial,
  Objective,
  TrialContext,
  TrialDataFunction,
  TrialExecution,
  TrialFitOptions,
  TuneData,
} from "./training/tuning/trial";
export type { HalvingOptions, ObjectiveOptions, TuneOptions, TuneStrategy } from "./training/tuning/tune-options";
export type { TrialRecord, TuneResult } from "./training/tuning/tune-result";
export type { RunPlan } from "./training/steps/plan";
export type { ResumeOptions } from "./training/resume";
export type { ByOutput, CompileArguments } from "./training/objective/compile-arguments";
export type { ClassWeight } from "./training/steps/step";
export type { CompileOption } from "./training/steps/step-runner";
export * from "./training/whole-model";
export { selfPretrainedBase, type SelfPretrainedBaseOptions } from "./training/fit/self-pretrained-base";

// Reports
export type { DisplayOptions, MimeBundle } from "dnn-lab-core/notebook-host";
export * from "./reports";
export { provenance } from "./reports/provenance";

// Assignments
export { check } from "dnn-lab-core/checks/notebook-check";
export type { CheckTools, Definition as CheckDefinition } from "dnn-lab-core/checks/tests";
