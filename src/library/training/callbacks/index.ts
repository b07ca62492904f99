/** Callbacks for `fit`, with Keras' names and decisions. */
export { csvLogger } from "./csv-logger";
export type { CsvLoggerOptions, CsvLoggerState } from "./csv-logger";
export { earlyStopping } from "./early-stopping";
export type { EarlyStoppingMemory, EarlyStoppingOptions } from "./early-stopping";
export { lambdaCallback } from "./lambda-callback";
export { learningRateScheduler } from "./learning-rate-scheduler";
export type { LearningRateSchedulerOptions } from "./learning-rate-scheduler";
export { modelCheckpoint } from "./model-checkpoint";
export type { ModelCheckpointOptions, ModelCheckpointState } from "./model-checkpoint";
export type { ResumableCallback, Verbose } from "./monitored";
export { reduceLROnPlateau } from "./reduce-lr-on-plateau";
export type { ReduceLROnPlateauOptions } from "./reduce-lr-on-plateau";
export { tensorBoard } from "./tensor-board";
export type { TensorBoardOptions } from "./tensor-board";
export { terminateOnNaN } from "./terminate-on-nan";
export type { TerminateOnNaNOptions } from "./terminate-on-nan";
