import { Math, String } from "../intrinsics";
import type { Diagnostic } from "../language/language-api";
import type { ErrorContent } from "./bridge";
import { columnsOf, excerpt } from "./text-columns";

const RED = "\x1b[31m";
const BOLD = "\x1b[1m";
const DIM = "\x1b[2m";
const PLAIN = "\x1b[0m";
const LINES_AROUND = 2;
const MOST_COLUMNS = 160;
const MOST_DIAGNOSTICS = 10;

/** A place in a cell; line and columns count from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** End of the marked part on the same line; one character when absent. */
  readonly endColumn?: number;
}

/** The lines around a place, numbered from 1, the place marked below its line. */
export function codeFrame(source: string, place: Place): string {
  const lines = source.split("\n");
  const first = Math.max(0, place.line - LINES_AROUND);
  const last = Math.min(lines.length - 1, place.line + LINES_AROUND);
  const width = String(last + 1).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const marked = number === place.line;
    const { text, column } = excerpt(lines[number] as string, marked ? place.column : 0, MOST_COLUMNS);
    rows.push(
      `${marked ? `${RED}>${PLAIN}` : " "} ${DIM}${String(number + 1).padStart(width)} |${PLAIN} ${text}`.trimEnd(),
    );
    if (marked) rows.push(marker(text, column, (place.endColumn ?? 0) - place.column, width));
  }
  return rows.join("\n");
}

/** Stands below the part of a line that begins at `column` and is `length` characters long. */
function marker(text: string, column: number, length: number, width: number): string {
  // Tabs are kept, so that the marker stands below its text for every width of tabs.
  const before = text
    .slice(0, column)
    .split("\t")
    .map((part) => " ".repeat(columnsOf(part)))
    .join("\t");
  const marks = "^".repeat(Math.max(1, columnsOf(text.slice(column, column + Math.max(0, length)))));
  return `  ${" ".repeat(width)} ${DIM}|${PLAIN} ${before}${RED}${marks}${PLAIN}`;
}

/** One diagnostic of TypeScript with its code frame. */
export function formatDiagnostic(cellName: string, cellText: string, diagnostic: Diagnostic): string {
  const { line, column, endLine, endColumn, code, message, category } = diagnostic;
  const { name, text } = diagnostic.source ?? { name: cellName, text: cellText };
  const place: Place = endLine === line ? { line, column, endColumn } : { line, column };
  const head = `${RED}${BOLD}${category === "error" ? "" : "warning "}TS${code}${PLAIN}: ${message}`;
  return `${head}\n${name}:${line + 1}:${column + 1}\n${codeFrame(text, place)}`;
}

/** The error of a cell that TypeScript refuses. */
export function typeError(
  name: string,
  source: string,
  diagnostics: readonly Diagnostic[],
  syntax: boolean,
): ErrorContent {
  const shown = diagnostics.slice(0, MOST_DIAGNOSTICS);
  const first = shown[0];
  const summary = first === undefined ? "the cell could not be compiled" : `TS${first.code}: ${first.message}`;
  const more = diagnostics.length - 1;
  const traceback = shown.map((diagnostic) => formatDiagnostic(name, source, diagnostic));
  if (diagnostics.length > shown.length) traceback.push(`and ${diagnostics.length - shown.length} more`);
  return {
    ename: syntax ? "SyntaxError" : "TypeScriptError",
    evalue: more > 0 ? `${summary} (and ${more} more)` : summary,
    traceback,
  };
}
