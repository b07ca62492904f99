import { Array, Math, Number, String } from "../../intrinsics";
import { escapeHtml, limitText } from "./inspect-text";

const MOST_ROWS = 20;
const MOST_COLUMNS = 30;
const MOST_CELL_CHARS = 200;

/** A DataFrame or Series of danfo.js, known by its shape alone. */
export interface DataFrameLike {
  readonly columns: readonly unknown[];
  readonly index: readonly unknown[];
  readonly values: readonly unknown[];
  readonly shape: readonly number[];
}

/** Whether a value is a table with columns, an index and rows. */
export function isDataFrame(value: object): value is DataFrameLike {
  const frame = value as Partial<DataFrameLike>;
  return (
    [frame.columns, frame.index, frame.values, frame.shape].every((part) => Array.isArray(part)) &&
    "$dataIncolumnFormat" in value
  );
}

/** The table as HTML and as text; the middle of a long one is left out, as pandas does. */
export function dataFrameBundle(frame: DataFrameLike): Record<string, string> {
  const rows = rowsOf(frame);
  const columns = frame.columns.map(String);
  const shownColumns = columns.slice(0, MOST_COLUMNS);
  const picked = pickRows(frame.index.length).map((row) =>
    row === undefined
      ? ["…", ...shownColumns.map(() => "…")]
      : [cellText(frame.index[row]), ...shownColumns.map((_, column) => cellText(rows[row]?.[column]))],
  );
  const note = `${frame.index.length} rows × ${columns.length} columns`;
  return { "text/html": html(shownColumns, picked, note), "text/plain": limitText(text(shownColumns, picked, note)) };
}

/** A Series has one value a row. */
function rowsOf({ values }: DataFrameLike): readonly (readonly unknown[])[] {
  return values.map((row) => (Array.isArray(row) ? row : [row]));
}

/** All rows, or the first and last ones with `undefined` for the gap. */
function pickRows(count: number): (number | undefined)[] {
  const all = Array.from({ length: count }, (_, row) => row);
  if (count <= MOST_ROWS) return all;
  return [...all.slice(0, MOST_ROWS / 2), undefined, ...all.slice(-MOST_ROWS / 2)];
}

function cellText(value: unknown): string {
  const shown =
    typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : String(value);
  return shown.length > MOST_CELL_CHARS ? `${shown.slice(0, MOST_CELL_CHARS)}…` : shown;
}

function html(columns: readonly string[], rows: readonly (readonly string[])[], note: string): string {
  const head = ["", ...columns].map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const body = rows.map(
    ([index, ...cells]) =>
      `<tr><th>${escapeHtml(index as string)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  return `<table border="1" class="dataframe"><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table><p>${note}</p>`;
}

function text(columns: readonly string[], rows: readonly (readonly string[])[], note: string): string {
  const all = [["", ...columns], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length))) ?? [];
  const lines = all.map((row) => row.map((cell, column) => cell.padStart(widths[column] as number)).join("  "));
  return [...lines, "", note].join("\n");
}
