/** The reliability diagram: how often a classifier is right, by how sure it is. */
import { checkOptions, show } from "dnn-lab-core/check";
import type { Calibration } from "../calibration";
import type { Figure } from "./figure";
import { lineFigure, type LineSeries } from "./line-figure";
import { palette } from "./style";

/** Options of {@link reliabilityFigure}. */
export interface ReliabilityFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

const owner = "reliabilityFigure";

/**
 * Draws accuracy against confidence for each calibration, beside the diagonal of perfect calibration, and the share of
 * samples in each bin. Below the diagonal a model trusts itself too much.
 *
 * @example reliabilityFigure({ "one prediction": calibration(p, labels), "MC dropout": calibration(mc, labels) })
 */
export function reliabilityFigure(
  calibrations: Readonly<Record<string, Calibration>>,
  options: ReliabilityFigureOptions = {},
): Figure {
  const { title, height } = checkOptions(owner, options, { title: true, height: true });
  const entries = Object.entries(calibrations ?? {});
  if (entries.length === 0) {
    throw new TypeError(`${owner}: expected calibrations by name, received ${show(calibrations)}.`);
  }
  const perfect = { name: "perfectly calibrated", x: [0, 1], y: [0, 1], colour: palette.grey, dash: "dot" as const };
  return lineFigure({
    title,
    height,
    panels: [
      {
        xTitle: "Confidence (largest probability)",
        yTitle: "Accuracy (fraction correct)",
        yRange: [0, 1.02],
        series: [...entries.map(([name, { bins }]) => accuracyLine(name, bins)), { ...perfect, markers: false }],
      },
      {
        xTitle: "Confidence (largest probability)",
        yTitle: "Share of samples",
        series: entries.map(([name, { bins }]) => shareLine(name, bins)),
      },
    ],
    description: entries
      .map(([name, { expectedCalibrationError: error }]) => `${name}: expected calibration error ${error.toFixed(4)}`)
      .join("; "),
  });
}

function accuracyLine(name: string, bins: Calibration["bins"]): LineSeries {
  const filled = bins.filter(({ count }) => count > 0);
  return { name, x: filled.map(({ confidence }) => confidence), y: filled.map(({ accuracy }) => accuracy) };
}

function shareLine(name: string, bins: Calibration["bins"]): LineSeries {
  const samples = bins.reduce((sum, { count }) => sum + count, 0);
  return { name, x: bins.map(({ low, high }) => (low + high) / 2), y: bins.map(({ count }) => count / samples) };
}
