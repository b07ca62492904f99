/** A confusion matrix as a shaded table. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import type { ConfusionMatrix } from "../confusion-matrix";
import { Figure } from "./figure";
import { axisStyle, ink, layoutStyle, palette } from "./style";

/** Options of {@link confusionFigure}. */
export interface ConfusionFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Whether cells show shares of their true class (default) or numbers of samples. */
  readonly normalize?: boolean;
  /** In CSS pixels; default 520. */
  readonly height?: number;
}

/** Shares from which on a cell is dark enough to need light text. */
const darkFrom = 0.45;

/**
 * Draws a confusion matrix: a row for each true class, a column for each predicted one, shaded by the share of the row.
 *
 * @example confusionFigure(confusionMatrix(labels, predicted, { classNames }))
 */
export function confusionFigure(matrix: ConfusionMatrix, options: ConfusionFigureOptions = {}): Figure {
  const owner = "confusionFigure";
  const {
    title,
    normalize = true,
    height = 520,
  } = checkOptions(owner, options, { title: true, normalize: true, height: true });
  checkBoolean(owner, "normalize", normalize);
  checkNumber(owner, "height", height, { above: 0 });
  const { classNames, counts } = matrix;
  const shares = counts.map((row) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (total ? count / total : 0));
  });
  const text = (i: number, j: number) => (normalize ? shares[i][j].toFixed(2) : String(counts[i][j]));
  const annotations = shares.flatMap((row, i) =>
    row.flatMap((share, j) =>
      counts[i][j] === 0
        ? []
        : [{ x: j, y: i, text: text(i, j), showarrow: false, font: { color: share >= darkFrom ? "#ffffff" : ink } }],
    ),
  );
  const positions = classNames.map((_, i) => i);
  const axis = { tickmode: "array", tickvals: positions, ticktext: classNames, showgrid: false };
  const heatmap = {
    type: "heatmap",
    x: positions,
    y: positions,
    z: shares,
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, `${palette.blue}00`],
      [1, palette.blue],
    ],
    xgap: 1,
    ygap: 1,
    colorbar: {
      title: { text: "Share of the true class", side: "right", font: { size: 13 } },
      thickness: 14,
      outlinewidth: 0,
    },
    customdata: counts,
    hovertemplate: "true class %{y}, predicted as %{x}: %{customdata} samples (%{z:.3f})<extra></extra>",
  };
  const layout = {
    ...layoutStyle(title),
    height,
    hovermode: "closest",
    xaxis: { ...axisStyle("Predicted class"), ...axis },
    yaxis: { ...axisStyle("True class"), ...axis, autorange: "reversed" },
    annotations,
  };
  const name = title ? `Confusion matrix “${title}”` : "Confusion matrix";
  return new Figure([heatmap], layout, `${name}: accuracy ${matrix.accuracy.toFixed(4)}`);
}
