/** Aligned tables of plain text. */

/** Columns whose cells all look like numbers (or are empty) are aligned to the right. */
const numeric = /^[-+−]?[\d.,]+(e[-+]?\d+)?%?$|^(NaN|Infinity|-Infinity|…|)$/i;

/**
 * Text with a header, a rule and aligned columns, without trailing spaces.
 *
 * `paint` may colour a padded cell; it must not change the visible width.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (text: string, row: number, column: number) => string = (text) => text,
): string {
  const widths = header.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column])].map(width)));
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => numeric.test(row[column])));
  const pad = (text: string, column: number) => {
    const space = " ".repeat(widths[column] - width(text));
    return right[column] ? space + text : text + space;
  };
  const line = (cells: readonly string[], row: number) =>
    cells
      .map((text, column) => (row < 0 ? pad(text, column) : paint(pad(text, column), row, column)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((size) => "─".repeat(size)).join("  ");
  return [line(header, -1), rule, ...rows.map(line)].join("\n");
}

/** Characters as a reader counts them. */
function width(text: string): number {
  return [...text].length;
}
