/** How much each column of a table matters to a model, as bars. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { PermutationImportance } from "../../training/diagnostics/permutation-importance";
import { Figure } from "./figure";
import { axisStyle, layoutStyle, palette } from "./style";

/** Options of {@link importanceFigure}. */
export interface ImportanceFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Columns that are drawn at most, the most important ones (default 20). */
  readonly top?: number;
}

const owner = "importanceFigure";
const BAR_HEIGHT = 26;

/**
 * Draws what `permutationImportance` has found: a bar for each column, the most important above, with the standard
 * deviation over the repeats as a whisker. A bar that ends left of 0 is chance: the model does not need the column.
 *
 * @example
 * const data = { x: [[1, 2, 3, 4], [4, 3, 2, 1], [2, 2, 2, 2]], y: [0, 1, 2] };
 * await display(importanceFigure(await permutationImportance(head, data, { metric: "accuracy" })));
 */
export function importanceFigure(importance: PermutationImportance, options: ImportanceFigureOptions = {}): Figure {
  const { title, top = 20 } = checkOptions(owner, options, { title: true, top: true });
  checkNumber(owner, "top", top, { integer: true, min: 1 });
  if (!Array.isArray(importance?.columns) || importance.columns.length === 0) {
    throw new TypeError(`${owner}: expected what permutationImportance gives, received ${show(importance)}.`);
  }
  // Plotly draws the first bar at the bottom.
  const shown = importance.columns.slice(0, top).reverse();
  const trace = {
    ...{ type: "bar", orientation: "h", marker: { color: palette.blue } },
    x: shown.map(({ mean }) => mean),
    y: shown.map(({ column }) => column),
    error_x: { type: "data", array: shown.map(({ standardDeviation }) => standardDeviation), color: palette.grey },
  };
  const layout = {
    ...layoutStyle(title),
    ...{ height: 110 + BAR_HEIGHT * shown.length, showlegend: false, hovermode: "closest" },
    xaxis: axisStyle(`How much worse ${importance.metric} gets when the column is shuffled`),
    yaxis: { ...axisStyle(""), type: "category" },
  };
  const words = [...shown].reverse().map(({ column, mean }) => `${column} ${Number(mean.toPrecision(3))}`);
  return new Figure(
    [trace],
    layout,
    `Importance for ${importance.metric}${title ? ` “${title}”` : ""}: ${words.join(", ")}`,
  );
}
