/** Learning rate schedules drawn by the step. */
import { checkFunction, checkNumber, checkOneOf, checkOptions, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import type { Figure } from "./figure";
import { lineFigure, type LineSeries } from "./line-figure";

/** Options of {@link scheduleFigure}. */
export interface ScheduleFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Optimizer steps of an epoch; given, the horizontal axis counts epochs. */
  readonly stepsPerEpoch?: number;
  /** Scale of the learning rate axis; default `'linear'`. */
  readonly scale?: "linear" | "log";
  /** Number of steps that are drawn, evenly spread; default 500. */
  readonly points?: number;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

const owner = "scheduleFigure";

/**
 * Draws each schedule's learning rate at steps 0 … `steps`.
 *
 * @example
 * const exponential = exponentialSchedule({ initialLearningRate: 0.01, decaySteps: 52_500 });
 * scheduleFigure({ constant: constantSchedule({ learningRate: 0.01 }), exponential }, 26_250, { scale: "log" });
 * @throws TypeError when there is no schedule, or one gives what is no finite number.
 */
export function scheduleFigure(
  schedules: Readonly<Record<string, Schedule>>,
  steps: number,
  options: ScheduleFigureOptions = {},
): Figure {
  checkOptions(owner, options, { title: true, stepsPerEpoch: true, scale: true, points: true, height: true });
  const { title, stepsPerEpoch, scale = "linear", points = 500, height } = options;
  checkNumber(owner, "steps", steps, { integer: true, min: 1 });
  checkNumber(owner, "points", points, { integer: true, min: 2 });
  checkOneOf(owner, "scale", scale, ["linear", "log"]);
  if (stepsPerEpoch !== undefined) checkNumber(owner, "stepsPerEpoch", stepsPerEpoch, { above: 0 });
  const series = Object.entries(schedules).map(([name, schedule]) =>
    rates(name, schedule, drawnSteps(steps, points), stepsPerEpoch),
  );
  if (series.length === 0) throw new TypeError(`${owner}: schedules must name at least one schedule, received none.`);
  const xTitle = stepsPerEpoch === undefined ? "Step (optimizer updates)" : "Epoch";
  return lineFigure({ title, height, panels: [{ xTitle, yTitle: "Learning rate", yScale: scale, series }] });
}

/** First, last and evenly spread whole steps between, without repetition. */
function drawnSteps(steps: number, points: number): number[] {
  const count = Math.min(points, steps + 1);
  return Array.from({ length: count }, (_, index) => Math.round((index * steps) / (count - 1)));
}

function rates(name: string, schedule: Schedule, steps: number[], stepsPerEpoch?: number): LineSeries {
  checkFunction(owner, `schedule ${show(name)}`, schedule);
  const y = steps.map((step) => {
    const rate = schedule(step);
    if (Number.isFinite(rate)) return rate;
    throw new TypeError(
      `${owner}: schedule ${show(name)} gives ${show(rate)} at step ${step}; expected a finite number.`,
    );
  });
  return {
    name,
    x: stepsPerEpoch === undefined ? steps : steps.map((step) => step / stepsPerEpoch),
    y,
    markers: false,
  };
}
