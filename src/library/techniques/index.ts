/** Training techniques: small parts that know nothing of models, data or loops. */
export { BestValueRule } from "./best-value";
export type { BestValueRuleOptions, BestValueState } from "./best-value";
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from "./clipping";
export type { ClippingOptions, NamedGradients } from "./clipping";
export { EarlyStoppingRule } from "./early-stopping";
export type { EarlyStoppingDecision, EarlyStoppingRuleOptions, EarlyStoppingState } from "./early-stopping";
export * from "./losses";
export * from "./metrics";
export type { MonitorMode, MonitorOptions } from "./monitor";
export { PlateauRule } from "./plateau";
export type { PlateauRuleOptions, PlateauState } from "./plateau";
export * from "./optimizers";
export * from "./schedules";
