/** All that a run of `fit` consists of between two steps; what a checkpoint holds. */
import type { Logs } from "dnn-lab-core/types";
import type { RandomState } from "dnn-lab-core/random";
import type { RecorderState } from "../history";
import type { RunPlan } from "../steps/plan";
import type { MeansState } from "../steps/running-means";
import type { StoredTensor } from "./tensors";

/** Between two steps of an epoch, or (step 0) before the epoch has begun. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
}

/** Number and name → value, in the order of `model.weights`. */
export type WeightsState = Readonly<Record<string, StoredTensor>>;

export interface OptimizerState {
  /** Batches whose gradients it got. */
  readonly iterations: number;
  /** The present rate, which callbacks may have changed; undefined when a schedule gives it. */
  readonly learningRate?: number;
  readonly slots: WeightsState;
}

export interface RunState {
  readonly position: Position;
  /** Number of the run's first step among the passes over the data: a second `fit` goes on with their orders. */
  readonly start: number;
  /** Of a stream: at which step of the run each pass began; `start` is then the number of the first one. */
  readonly passStarts?: readonly number[];
  /** Of the last epoch that has ended. */
  readonly logs: Logs;
  /** Loss and metrics of the running epoch; undefined when none is. */
  readonly means?: MeansState;
  readonly history: RecorderState;
  /** Why training ends. */
  readonly stopReason?: string;
  /** Of the callbacks with a memory, in their order. */
  readonly callbacks: readonly unknown[];
  readonly weights: WeightsState;
  /** Seed of each layer; null for those that are not random. */
  readonly seeds: readonly (number | null)[];
  readonly optimizer: OptimizerState;
  /** The global stream of seeds. */
  readonly random: RandomState;
  /** How steps were run, and by which engine; both decide about rounding. */
  readonly plans: Plans;
  readonly engine: string;
}

export interface Plans {
  readonly training: RunPlan;
  readonly validation?: RunPlan;
}

/** Whether nothing is left to do but what follows after the last epoch. */
export function isComplete({ position, stopReason }: RunState, epochs: number): boolean {
  return position.step === 0 && (position.epoch >= epochs || stopReason !== undefined);
}
