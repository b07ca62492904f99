/** A cell is no module that others import: what `export` adds to a declaration is blanked, the declaration stays. */
import ts from "typescript";
import { applyEdits, blank, type Edit } from "./edits";
import { modifiersOf, parseCell, type ParsedText } from "../parse-cell";

function editsOf(statement: ts.Statement, text: string): Edit[] {
  if (ts.isExportDeclaration(statement)) return [blankedExport(statement, text)];
  if (ts.isNamespaceExportDeclaration(statement)) return [blank(statement.getStart(), statement.end, text)];
  if (ts.isExportAssignment(statement)) return asExpression(statement, text);
  const isAnonymous =
    (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name === undefined;
  const edits = modifiersOf(statement)
    .filter(({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword)
    .map((modifier) => blank(modifier.getStart(), modifier.end, text));
  // `export default class {}`: without a name it can only stand as an expression, and not as arguments of the line before.
  if (isAnonymous && edits[0]) {
    edits[0].text = `;(${edits[0].text.slice(2)}`;
    edits.push({ start: statement.end, end: statement.end, text: ")" });
  }
  return edits;
}

/** `export { a }` has no effect in a notebook; `export * from "m"` at least loads the module. */
function blankedExport(statement: ts.ExportDeclaration, text: string): Edit {
  const start = statement.getStart();
  const { moduleSpecifier } = statement;
  const edit = blank(start, statement.end, text);
  if (!moduleSpecifier || statement.isTypeOnly) return { ...edit, text: `;${edit.text.slice(1)}` };
  const lineEnds = edit.text.replace(/ /g, "");
  return { ...edit, text: `import ${moduleSpecifier.getText()};${lineEnds}` };
}

/** `export default value` and `export = value` become `;(value)`, whatever begins before or within. */
function asExpression(statement: ts.ExportAssignment, text: string): Edit[] {
  const { expression } = statement;
  const edit = blank(statement.getStart(), expression.getStart(), text);
  return [
    { ...edit, text: `;(${edit.text.slice(2)}` },
    { start: expression.end, end: expression.end, text: ")" },
  ];
}

/** The cell without `export`; the same object when there was none. */
export function withoutExports(parsed: ParsedText): ParsedText {
  const edits = parsed.sourceFile.statements.flatMap((statement) => editsOf(statement, parsed.text));
  return edits.length === 0 ? parsed : parseCell(applyEdits(parsed.text, edits).code);
}
