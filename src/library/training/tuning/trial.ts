/** A trial of a search, and what came of it. */
import type { History } from "../history";
import type { FitOptions } from "../fit/fit";
import type { TrainingData } from "../fit/given-data";
import type { tf } from "../../engine/tf";
import type { SearchSpace, Settings } from "./search-space";

/** What `build` and `data` are told of the trial beside its settings. */
export interface TrialContext {
  /** Number of the trial, from 0. */
  readonly trial: number;
  /** Epochs of a trial that is not stopped: for schedules that must know the end. */
  readonly epochs: number;
  /** The seed that was set before the call; of the second execution of a trial another one, the same for all trials. */
  readonly seed: number;
}

/** What trials are trained and judged on. */
export interface TuneData {
  /** As for `fit`. */
  readonly train: TrainingData;
  /** As for `fit`'s `validationData`. */
  readonly validation?: TrainingData;
}

/** Options of `fit` that a trial may choose for itself. */
export type TrialFitOptions = Omit<FitOptions, "epochs" | "initialEpoch" | "resume" | "validationData" | "verbose">;

/** A compiled model alone, or with options of `fit`. */
export type BuiltTrial = tf.LayersModel | ({ readonly model: tf.LayersModel } & TrialFitOptions);

/** Makes the model of a trial. */
export type BuildTrial<Space extends SearchSpace = SearchSpace> = (
  settings: Settings<Space>,
  context: TrialContext,
) => BuiltTrial | Promise<BuiltTrial>;

/** Makes the data of a trial. */
export type TrialDataFunction<Space extends SearchSpace = SearchSpace> = (
  settings: Settings<Space>,
  context: TrialContext,
) => TuneData | Promise<TuneData>;

/** What a trial is judged by. */
export interface Objective {
  /** Name of a metric in the history, such as `val_accuracy`. */
  readonly metric: string;
  /** Which direction is better. */
  readonly direction: "min" | "max";
  /** Which epoch's value counts: the best one's or the last one's. */
  readonly epoch: "best" | "last";
}

/** One training of a trial with one seed. */
export interface TrialExecution {
  /** The seed that was set before it. */
  readonly seed: number;
  /** The objective. */
  readonly value: number;
  /** As `fit` returns it. */
  readonly history: History;
}

/** What a training of a trial up to an epoch came to. */
export interface TrialResult {
  readonly trial: number;
  readonly epochs: number;
  /** Mean of the executions. */
  readonly value: number;
  readonly executions: readonly TrialExecution[];
  /** Of which engine the numbers are. */
  readonly engine: string;
}

/** What all trials of a search have in common; plain data. */
export interface SearchSpec {
  readonly folder: string;
  readonly objective: Objective;
  readonly epochs: number;
  readonly seed: number;
  readonly executionsPerTrial: number;
}

/** The value that the objective takes from a history. */
export function objectiveValue({ metric, direction, epoch }: Objective, { history }: Pick<History, "history">): number {
  const values = history[metric] as readonly number[] | undefined;
  if (values === undefined) {
    const fix = metric.startsWith("val_") && !("val_loss" in history) ? " Give validation data." : "";
    throw new TypeError(
      `tune: the objective '${metric}' is not among the metrics: ${Object.keys(history).join(", ")}.${fix}`,
    );
  }
  if (epoch === "last") return values.at(-1) ?? NaN;
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? NaN : direction === "min" ? Math.min(...finite) : Math.max(...finite);
}
