/** A cell that is one object literal, which TypeScript by itself takes for a block: `{ a: 1, b: 2 }`. */
import ts from "typescript";
import type { Diagnostic } from "./language-api";
import { parseCell, type ParsedText } from "./parse-cell";
import { applyEdits, lineStarts, positionAt } from "./transform/edits";
import type { SegmentLines } from "./transform/source-map";

/** A cell's text as it is read. */
export interface ReadCell {
  parsed: ParsedText;
  /** Where things come from when the text was put into brackets. */
  moved?: SegmentLines;
  /** The place in the cell's own text of something found in the text that was read. */
  place(diagnostic: Diagnostic): Diagnostic;
}

const SPACE = /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/;

/** Reads a cell: as an object literal when all of it is one, else as statements. */
export function readCell(text: string): ReadCell {
  // The first line of a script for the shell is a comment.
  const parsed = parseCell(text.replace(/^#!/, "//"));
  return bracketed(parsed) ?? { parsed, place: (diagnostic) => diagnostic };
}

function bracketed(plain: ParsedText): ReadCell | undefined {
  const { text } = plain;
  const start = SPACE.exec(text)![0].length;
  const end = plain.sourceFile.statements.at(-1)?.end ?? 0;
  // A semicolon at the end makes it a block, as in Node's own prompt.
  if (text.charAt(start) !== "{" || text.charAt(end - 1) !== "}" || isBlockOfStatements(plain)) return undefined;
  const brackets = [
    { start, end: start, text: "(" },
    { start: end, end, text: ")" },
  ];
  const { code, moved } = applyEdits(text, brackets);
  const parsed = parseCell(code);
  if (parsed.syntaxErrors.length > 0 || !isObjectLiteral(parsed)) return undefined;
  return { parsed, moved, place: (diagnostic) => withoutBracket(diagnostic, positionAt(lineStarts(text), start)) };
}

/** True when the text makes sense as a block, and is more than `{ a: 1 }` or `{ a, b }` would be as one. */
function isBlockOfStatements({ syntaxErrors, sourceFile }: ParsedText): boolean {
  const [block] = sourceFile.statements;
  if (syntaxErrors.length > 0 || !block || !ts.isBlock(block)) return false;
  return !block.statements.every((statement) =>
    ts.isExpressionStatement(ts.isLabeledStatement(statement) ? statement.statement : statement),
  );
}

function isObjectLiteral({ sourceFile: { statements } }: ParsedText): boolean {
  const [only] = statements;
  if (statements.length !== 1 || !only || !ts.isExpressionStatement(only)) return false;
  return ts.isParenthesizedExpression(only.expression) && ts.isObjectLiteralExpression(only.expression.expression);
}

function withoutBracket(diagnostic: Diagnostic, { line, column }: { line: number; column: number }): Diagnostic {
  const shift = (onLine: number, at: number): number => (onLine === line && at > column ? at - 1 : at);
  return {
    ...diagnostic,
    column: shift(diagnostic.line, diagnostic.column),
    endColumn: shift(diagnostic.endLine, diagnostic.endColumn),
  };
}
