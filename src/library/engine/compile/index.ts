/** Compiled steps: record once, replay many times. */
export { batchNormTraining, type NormalizedBatch } from "./batch-norm";
export { CompiledStep, type RunOptions, type StepExplanation } from "./compiled-step";
export { deviceData, deviceRing, deviceView, gatherRows, type DeviceData, type DeviceRing } from "./device-data";
export type { StackedInput } from "./loop-runner";
export type { DataId } from "./native";
export { PLANS, type Plan } from "./plan";
export type { StepFunction, StepInputs } from "./record";
export { recordStep, recordStepInParts, type RecordOptions } from "./record-step";
export { softmaxCrossentropy, sparseSoftmaxCrossentropy } from "./softmax-crossentropy";
export { UnsupportedStep, type UnsupportedReason } from "./unsupported";
