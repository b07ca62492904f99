/** The hooks of a callback, with Keras' names and moments, and what a callback may ask of the running `fit`. */
import type { tf } from "../../engine/tf";
import type { Logs } from "dnn-lab-core/types";

/** The running `fit` as a callback sees it. */
export interface TrainingContext {
  /** The model in training. */
  readonly model: tf.LayersModel;
  /** Optimizer steps in an epoch. */
  readonly stepsPerEpoch: number;
  /** Planned number of epochs. */
  readonly epochs: number;
  /** Names in the logs of an epoch's end, in order; empty before the first epoch has ended. */
  readonly metricNames: readonly string[];
  /** The optimizer's present learning rate. */
  learningRate(): number;
  /** Sets the rate for the steps to come; throws when the optimizer follows a schedule. */
  setLearningRate(rate: number): void;
  /** Weights of the whole model, copied to plain memory in `model.weights` order. */
  getWeights(): Promise<Float32Array[]>;
  /** Puts copies made by `getWeights` back. */
  setWeights(weights: readonly Float32Array[]): void;
  /** Ends training after the running step (a batch hook) or epoch (an epoch hook). */
  stopTraining(reason?: string): void;
  /** One line for the user, shown with the progress of the run. */
  notify(line: string): void;
}

/**
 * A callback: any object with some of these hooks. Hooks may be async and may write into `logs` at an epoch's end
 * (as Keras' ReduceLROnPlateau adds `learning_rate`). Epochs and batches count from 0, as in Keras.
 */
export interface Callback {
  /** Name for messages. */
  readonly name?: string;
  /** Before the first epoch. */
  onTrainBegin?(context: TrainingContext): void | Promise<void>;
  /** After the last epoch, with its logs. */
  onTrainEnd?(logs: Logs, context: TrainingContext): void | Promise<void>;
  /** Before the first batch of an epoch. */
  onEpochBegin?(epoch: number, context: TrainingContext): void | Promise<void>;
  /** After an epoch and its validation. */
  onEpochEnd?(epoch: number, logs: Logs, context: TrainingContext): void | Promise<void>;
  /** Before a training step. */
  onTrainBatchBegin?(batch: number, context: TrainingContext): void | Promise<void>;
  /** After a training step, with the means of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, context: TrainingContext): void | Promise<void>;
  /**
   * What it remembers, for a checkpoint of `fit`'s `resume`: plain data (numbers, texts, arrays, objects, typed arrays).
   * A callback that remembers nothing needs neither this nor `importState`.
   */
  exportState?(): unknown;
  /** Takes over what `exportState` gave, before `onTrainBegin`; of a run resumed within an epoch, `onEpochBegin` was. */
  importState?(state: unknown): void;
}
