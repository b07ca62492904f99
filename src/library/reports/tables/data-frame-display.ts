/** danfo's DataFrames and Series as a notebook shows them. They are known by their shape, so danfo is not loaded. */
import type { MimeBundle } from "dnn-lab-core/notebook-host";
import { escapeHtml } from "dnn-lab-core/html";
import { textTable } from "./text-table";

/** The part of danfo's DataFrame and Series that is read. */
export interface DataFrameLike {
  readonly index: readonly (string | number)[];
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
  readonly shape: readonly number[];
  readonly $isSeries: boolean;
}

/** Rows shown at most: a longer table shows its first and last ones. */
const maxRows = 60;

/** Whether `value` is a danfo DataFrame or Series. */
export function isDataFrame(value: unknown): value is DataFrameLike {
  const frame = value as Partial<DataFrameLike> | null;
  return (
    typeof frame === "object" && frame !== null && typeof frame.$isSeries === "boolean" && Array.isArray(frame.index)
  );
}

/** HTML and text of a table. */
export function tableBundle(frame: DataFrameLike): MimeBundle {
  const rows = frame.values.map((row) => (frame.$isSeries ? [row] : (row as unknown[])));
  const labelled = rows.map((row, i) => [String(frame.index[i]), ...row.map(cellText)]);
  const shown = labelled.length <= maxRows ? labelled : shorten(labelled);
  const header = ["", ...frame.columns];
  const note = labelled.length <= maxRows ? "" : `${rows.length} rows × ${frame.columns.length} columns`;
  return {
    "text/html": htmlTable(header, shown, note),
    "text/plain": [textTable(header, shown), note].filter(Boolean).join("\n"),
  };
}

function shorten(rows: readonly string[][]): string[][] {
  const gap = rows[0].map(() => "…");
  return [...rows.slice(0, maxRows / 2), gap, ...rows.slice(-maxRows / 2)];
}

/** Six significant digits, so that columns line up. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
}

function htmlTable(header: readonly string[], rows: readonly string[][], note: string): string {
  const cells = (row: readonly string[], tag: string) =>
    row
      .map((text, column) => (column === 0 ? `<th>${escapeHtml(text)}</th>` : `<${tag}>${escapeHtml(text)}</${tag}>`))
      .join("");
  const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
  const caption = note ? `<p>${escapeHtml(note)}</p>` : "";
  return `<table class="dataframe"><thead><tr>${cells(header, "th")}</tr></thead><tbody>${body}</tbody></table>${caption}`;
}
