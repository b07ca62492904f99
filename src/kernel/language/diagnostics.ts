/** TypeScript's messages as plain data, at lines and columns of the cell. */
import ts from "typescript";
import type { Diagnostic } from "./language-api";
import { lineStarts, positionAt } from "./transform/edits";

/** Messages that do not stop a cell: what they find fault with runs. */
const WARNINGS = new Set([
  7016, // Could not find a declaration file for module 'x'.
  7005, // Variable 'x' implicitly has an 'any' type (where it is used before it has a value).
  7034, // Variable 'x' implicitly has type 'any' in some locations.
]);

/** A message with its chain of reasons, each indented below the one it explains. */
export function messageOf(diagnostic: Pick<ts.Diagnostic, "messageText">): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
}

/** Turns a message about the first `text.length` characters of a file into plain data. */
export function toDiagnostic(diagnostic: ts.DiagnosticWithLocation | ts.Diagnostic, text: string): Diagnostic {
  const starts = lineStarts(text);
  const start = Math.min(diagnostic.start ?? 0, text.length);
  const end = Math.min(start + (diagnostic.length ?? 0), text.length);
  const from = positionAt(starts, start);
  const to = positionAt(starts, end);
  const isError = diagnostic.category === ts.DiagnosticCategory.Error && !WARNINGS.has(diagnostic.code);
  return {
    code: diagnostic.code,
    category: isError ? "error" : "warning",
    message: messageOf(diagnostic),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
  };
}

/** The message with what to do about it, on a line of its own. */
export function withHint(diagnostic: Diagnostic, hint: string | undefined): Diagnostic {
  return hint === undefined ? diagnostic : { ...diagnostic, message: `${diagnostic.message}\n${hint}` };
}

const PRIMITIVE = String.raw`(?:string|number|boolean|bigint|null|undefined|true|false|-?[\d.]+n?|"[^"]*")`;
const MISMATCH = new RegExp(
  `^(?:Type|Argument of type) '${PRIMITIVE}' is not assignable to (?:type|parameter of type) '${PRIMITIVE}'\\.$`,
);

/** Assignments to constants and names declared twice. */
const DEFINITE = new Set([2588, 2451]);

/** True for errors that stay errors whatever other types are loaded. */
export function isDefinite({ code, message, category }: Diagnostic): boolean {
  return category === "error" && (DEFINITE.has(code) || MISMATCH.test(message));
}
