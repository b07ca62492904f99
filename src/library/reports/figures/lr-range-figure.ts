/** A learning rate range test as a figure. */
import { checkOptions } from "dnn-lab-core/check";
import type { LrRangeTest } from "../../training/diagnostics/lr-range-test";
import type { Figure } from "./figure";
import { lineFigure } from "./line-figure";
import { palette } from "./style";

/** Options of {@link lrRangeFigure}. */
export interface LrRangeFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

/**
 * Draws the losses of a {@link LrRangeTest} against the learning rate, and where its suggestion lies.
 *
 * The axis ends a little above the first loss, so that the explosion does not flatten the rest.
 * @example lrRangeFigure(await lrRangeTest(model, train))
 */
export function lrRangeFigure(test: LrRangeTest, options: LrRangeFigureOptions = {}): Figure {
  const { title, height } = checkOptions("lrRangeFigure", options, { title: true, height: true });
  const { learningRates, losses, smoothedLosses, suggestion } = test;
  const low = 0.9 * Math.min(...smoothedLosses);
  const high = 1.2 * smoothedLosses[0];
  return lineFigure({
    title,
    height,
    panels: [
      {
        xTitle: "Learning rate",
        yTitle: "Loss of the batch",
        xScale: "log",
        yRange: [low, high],
        series: [
          { name: "loss", x: learningRates, y: losses, colour: palette.grey, width: 1, markers: false },
          { name: "smoothed", x: learningRates, y: smoothedLosses, colour: palette.blue, width: 3, markers: false },
          {
            name: `suggestion: ${suggestion.toPrecision(2)}`,
            x: [suggestion, suggestion],
            y: [low, high],
            colour: palette.vermillion,
            dash: "dash",
            markers: false,
          },
        ],
      },
    ],
    description: `Learning rate range test: the smoothed loss is least at ${test.minimum.toPrecision(2)}, suggestion ${suggestion.toPrecision(2)}`,
  });
}
