/** The comparison with published figures as a danfo table. */
import type { DataFrame } from "./data-frame";
import type { ComparisonRow } from "../compare";
import { dataFrame } from "./danfo";

/** A row for each figure: section, figure, published, ours, difference, verdict. */
export function comparisonTable(rows: readonly ComparisonRow[]): DataFrame {
  if (!Array.isArray(rows) || rows.length === 0) throw new TypeError("comparisonTable: there are no rows to show.");
  const rounded = (key: "published" | "ours" | "difference") => rows.map((row) => Number(row[key].toFixed(4)));
  return dataFrame({
    section: rows.map(({ section }) => section),
    figure: rows.map(({ figure }) => figure),
    published: rounded("published"),
    ours: rounded("ours"),
    difference: rounded("difference"),
    verdict: rows.map(({ verdict }) => verdict),
  });
}
