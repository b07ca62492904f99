/** What a table holds, for the reader: as text, and as tables in a notebook. */
import { escapeHtml } from "dnn-lab-core/html";
import type { Cell } from "./table-cells";
import type { RowSplit } from "./row-splits";
import type { Rows } from "./rows";
import type { Survey } from "./survey";
import type { ColumnEncoding } from "./table-preprocessing";

/** A column and how it was read. */
export interface ColumnSummary {
  /** Of the column; the label's is marked. */
  readonly name: string;
  /** How its cells were read. */
  readonly type: string;
  /** Gaps in the whole table. */
  readonly missing: number;
  /** Mean and deviation of the training part, or its words. */
  readonly values: string;
}

/** Shows itself in `console.log` and in a notebook. */
export interface TableSummary {
  /** How many rows each part has. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Lines that were left out because they have too many or too few fields. */
  readonly skipped: readonly number[];
  /** Features, then the label. */
  readonly columns: readonly ColumnSummary[];
  /** The first rows, as they are in the file. */
  readonly preview: { readonly header: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
  /** The same as text. */
  toString(): string;
}

interface Parts {
  readonly rows: Rows;
  readonly surveyed: Survey;
  readonly encodings: readonly ColumnEncoding[];
  readonly split: RowSplit;
  readonly classNames: readonly string[];
  readonly label: string;
  readonly preview: readonly (readonly Cell[])[];
}

export function tableSummary({ rows, surveyed, encodings, split, classNames, label, preview }: Parts): TableSummary {
  const columns = surveyed.columns.map(({ name, type, missing }) => {
    const encoding = encodings.find((one) => one.name === name);
    const values = name === label && classNames.length > 0 ? some(classNames) : valuesOf(encoding);
    return { name: name === label ? `${name} (label)` : name, type, missing, values };
  });
  const { train, validation, test } = split;
  const counts = { train: train.length, validation: validation.length, test: test.length };
  return new ShownTable(counts, surveyed.skipped, columns, { header: rows.header, rows: preview });
}

const MOST = 6;

function some(words: readonly string[]): string {
  return words.slice(0, MOST).join(", ") + (words.length > MOST ? ` … (${words.length})` : "");
}

function valuesOf(encoding: ColumnEncoding | undefined): string {
  if (!encoding) return "";
  const { vocabulary, mean, deviation } = encoding;
  if (vocabulary) return some(vocabulary);
  return mean === undefined ? "" : `${short(mean)} ± ${short(deviation ?? 1)}`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

class ShownTable implements TableSummary {
  constructor(
    readonly rows: TableSummary["rows"],
    readonly skipped: readonly number[],
    readonly columns: readonly ColumnSummary[],
    readonly preview: TableSummary["preview"],
  ) {}

  private get title(): string {
    const { train, validation, test } = this.rows;
    const { length } = this.skipped;
    const left = length > 0 ? `; ${length} ${length === 1 ? "line" : "lines"} left out` : "";
    return `${train + validation + test} rows: ${train} for training, ${validation} for validation, ${test} for a test${left}`;
  }

  toString(): string {
    const lines = this.columns.map(({ name, type, missing, values }) => {
      return `  ${name}: ${type}${missing > 0 ? `, ${missing} missing` : ""}${values ? `: ${values}` : ""}`;
    });
    return [this.title, ...lines].join("\n");
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const columns = this.columns.map(({ name, type, missing, values }) => [name, type, missing, values]);
    const html = [
      `<p>${escapeHtml(this.title)}</p>`,
      htmlTable(["column", "type", "missing", "values"], columns),
      htmlTable(this.preview.header, this.preview.rows),
    ].join("");
    return { "text/html": html, "text/plain": this.toString() };
  }
}

function htmlTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = (tag: string, row: readonly Cell[]) => {
    return `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell ?? ""))}</${tag}>`).join("")}</tr>`;
  };
  return `<table>${cells("th", header)}${rows.map((row) => cells("td", row)).join("")}</table>`;
}
