/** Checkpoints of a training from which it can be resumed to the bit: the option `resume` of `fit`. */
export { checkResume, type CheckedResume, type ResumeOptions } from "./options";
export { comparePlans, plansBefore } from "./plans";
export { RunCheckpoints, type LiveRun, type Start } from "./run-checkpoints";
export type { Plans } from "./run-state";
