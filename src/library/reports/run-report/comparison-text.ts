/** The comparison with published figures as text for a terminal. */
import { process } from "../../platform";
import { checkOptions } from "dnn-lab-core/check";
import type { ComparisonRow } from "../compare";
import { textTable } from "../tables/text-table";

export interface ComparisonTextOptions {
  /** Whether the verdicts are coloured; default: when stdout is a terminal and NO_COLOR is not set. */
  readonly colour?: boolean;
}

const green = "\u001b[32m";
const red = "\u001b[31m";
const yellow = "\u001b[33m";
const reset = "\u001b[0m";

/** The comparison as an aligned table of text, its verdict column last. */
export function comparisonText(rows: readonly ComparisonRow[], options: ComparisonTextOptions = {}): string {
  checkOptions("comparisonText", options, { colour: true });
  const colour = options.colour ?? (process.stdout.isTTY === true && !process.env.NO_COLOR);
  const header = ["Section", "Figure", "Published", "Ours", "Difference", "Verdict"];
  const cells = rows.map((row) => [
    row.section,
    row.figure,
    row.published.toFixed(4),
    row.ours.toFixed(4),
    signed(row.difference),
    row.note,
  ]);
  const paint = (text: string, row: number, column: number) =>
    column === header.length - 1 ? `${shade(rows[row])}${text.trimEnd()}${reset}` : text;
  return textTable(header, cells, colour ? paint : undefined);
}

/** `+0.0012`, `-0.0012`, `0.0000`. */
export function signed(difference: number): string {
  const text = difference.toFixed(4);
  if (Number(text) === 0) return "0.0000";
  return difference > 0 ? `+${text}` : text;
}

function shade({ passed, verdict }: ComparisonRow): string {
  if (!passed) return red;
  return verdict === "within" ? green : yellow;
}
