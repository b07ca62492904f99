/** What the callbacks that follow a metric share. */
import { guess, list, show } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";
import type { Callback, TrainingContext } from "./callback";

/** 0: silent; 1: a line whenever the callback acts. */
export type Verbose = 0 | 1;

/** A callback whose memory can be saved, so that a later run goes on where this one ended (`resume` of `fit`). */
export interface ResumableCallback<State> extends Callback {
  /** Name that its state is kept under. */
  readonly name: string;
  /** The memory as plain data. */
  exportState(): State;
  /** Takes over what `exportState` gave; the next training starts from it instead of anew. */
  importState(state: State): void;
}

/**
 * The value of the metric `monitor` at an epoch's end; undefined for one of the validation in an epoch without
 * (`validationFreq`). Throws an error that lists the existing metrics when it is not one of them.
 */
export function monitored(owner: string, monitor: string, logs: Logs, context: TrainingContext): number | undefined {
  const value = logs[monitor];
  if (typeof value === "number") return value;
  const isOfOtherEpochs = monitor.startsWith("val_") && context.metricNames.includes(monitor);
  if (isOfOtherEpochs && !Object.keys(logs).some((name) => name.startsWith("val_"))) return undefined;
  throw missingMetric(owner, monitor, Object.keys(logs));
}

/** The error for a metric that does not exist; it lists those that do. */
export function missingMetric(owner: string, monitor: string, names: readonly string[]): Error {
  const hint = monitor.startsWith("val_") && !names.some((name) => name.startsWith("val_"));
  const fix = hint ? " Pass validationData to fit." : guess(monitor, names);
  return new Error(`${owner}: there is no metric '${monitor}' to monitor; there are ${list(names) || "none"}.${fix}`);
}

/** Shows a line when `verbose` is 1; refuses values other than 0 and 1. */
export function speaker(owner: string, verbose: Verbose = 0): (context: TrainingContext, line: string) => void {
  if (verbose !== 0 && verbose !== 1)
    throw new TypeError(`${owner}: verbose must be 0 or 1, received ${show(verbose)}.`);
  return (context, line) => {
    if (verbose === 1) context.notify(line);
  };
}
