/** What it means for a monitored metric to improve, as Keras' callbacks understand it. */
import { checkNumber, checkOneOf } from "dnn-lab-core/check";

/** `min`: smaller is better; `max`: larger is better; `auto`: known from the metric's name. */
export type MonitorMode = "auto" | "min" | "max";

/** Which metric is followed, and which direction is better. */
export interface MonitorOptions {
  /** Name of the metric in the logs (default `val_loss`). */
  monitor?: string;
  /** Which direction is better (default `auto`; a metric of your own needs `min` or `max`). */
  mode?: MonitorMode;
}

/** Keras' metrics by direction; without `val_`, underscores and capitals. Those of counts have none in Keras either. */
const LARGER_IS_BETTER =
  /^(acc|\w*accuracy|auc|precision|recall|(precision|recall|sensitivity|specificity)at\w+|f1score|fbetascore|\w*iou|r2score|cosinesimilarity|(concordance|pearson)correlation)$/;
const SMALLER_IS_BETTER =
  /^(loss|\w*crossentropy|mse|mae|mape|msle|mean\w+error|rootmeansquarederror|logcosh|\w*hinge|kldivergence|poisson)$/;

/** The direction that `mode` and the metric's name mean; throws when a name does not tell. */
export function monitorDirection(owner: string, monitor: string, mode: MonitorMode): "min" | "max" {
  checkOneOf(owner, "mode", mode, ["auto", "min", "max"]);
  if (mode !== "auto") return mode;
  const name = monitor.replace(/^val_/, "").replaceAll("_", "").toLowerCase();
  if (LARGER_IS_BETTER.test(name)) return "max";
  if (SMALLER_IS_BETTER.test(name)) return "min";
  const fix = "Pass mode: 'max' if larger is better, mode: 'min' if smaller is.";
  throw new TypeError(`${owner}: the name '${monitor}' does not tell whether larger or smaller is better. ${fix}`);
}

/** Whether `value` is better than `reference`. */
export type Improves = (value: number, reference: number | undefined) => boolean;

/**
 * The comparison for a direction: better by more than `minDelta`, or anything but NaN when there is no reference yet.
 *
 * Numbers are compared in float32, as Keras does, so that 0.8 → 0.7 with a `minDelta` of 0.1 is no improvement whatever
 * the rounding. Unlike in Keras a NaN is never the first best, since nothing would improve on it.
 */
export function improvement(owner: string, direction: "min" | "max", minDelta: number): Improves {
  checkNumber(owner, "minDelta", minDelta, { min: 0 });
  return (value, reference) => {
    if (Number.isNaN(value)) return false;
    if (reference === undefined) return true;
    return direction === "min"
      ? Math.fround(value + minDelta) < Math.fround(reference)
      : Math.fround(value - minDelta) > Math.fround(reference);
  };
}
