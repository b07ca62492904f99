/**
 * A cell that ran as declarations: what TypeScript's declaration emit made of it, with its references to other cells and to
 * local files written so that they hold wherever the text comes to stand.
 */
import ts from "typescript";
import { applyEdits, type Edit } from "../transform/edits";
import { cellSpecifier, FOLDER } from "./specifiers";

/** The specifier by which declaration emit names the module of an earlier cell. */
const CELL_FILE = /(?:^|\/)__cell_(\d+)(?:\.d)?(?:\.tsx?)?$/;

/** What a specifier is called within an ambient module, which may not have relative ones. */
function outerSpecifier(specifier: string): string {
  const cell = CELL_FILE.exec(specifier);
  if (cell) return cellSpecifier(Number(cell[1]));
  return /^\.\.?\//.test(specifier) ? FOLDER + specifier : specifier;
}

function specifierOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)
    ? node.argument.literal
    : undefined;
}

/** Makes a module of the declarations of a cell. The variables `undecided`, of which only `null` is known, may become anything. */
export function freeze(declarations: string, undecided: ReadonlySet<string>): string {
  const source = ts.createSourceFile("cell.d.ts", declarations, ts.ScriptTarget.ESNext, false);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteral(specifier)) {
      const text = outerSpecifier(specifier.text);
      if (text !== specifier.text)
        edits.push({ start: specifier.getStart(source), end: specifier.end, text: JSON.stringify(text) });
    }
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && undecided.has(node.name.text) && node.type)
      edits.push({ start: node.type.getStart(source), end: node.type.end, text: "any" });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return applyEdits(declarations, edits).code;
}
