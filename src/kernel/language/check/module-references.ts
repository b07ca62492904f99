/** What a text refers to outside of itself, and the file that makes the program load it. */
import ts from "typescript";
import { cellNumber, fromFolder } from "./specifiers";

/** How a module is asked for; a package may have one form for `import` and another for `require`. */
export interface ModuleReference {
  readonly specifier: string;
  readonly line: string;
}

/** A node of the AST that names a module; the literals are what the checker looks up. */
export interface Found {
  readonly literals: readonly ts.StringLiteral[];
  readonly references: readonly ModuleReference[];
}

function reference(literal: ts.StringLiteral, isRequire: boolean, attributes?: ts.ImportAttributes): ModuleReference {
  const specifier = fromFolder(literal.text);
  const quoted = JSON.stringify(specifier);
  if (isRequire) return { specifier, line: `import required = require(${quoted});` };
  // Attributes say how a module is to be loaded; only `resolution-mode` changes which types it has.
  const mode = attributes?.getText().includes("resolution-mode") ? ` ${attributes.getText()}` : "";
  return { specifier, line: mode ? `import type {}  from ${quoted}${mode};` : `import ${quoted};` };
}

function literalOf(
  node: ts.Node,
): { literal: ts.Expression; isRequire: boolean; attributes?: ts.ImportAttributes } | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return { literal: node.moduleSpecifier, isRequire: false, attributes: node.attributes };
  if (ts.isExternalModuleReference(node)) return { literal: node.expression, isRequire: true };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { literal: node.argument.literal as ts.Expression, isRequire: false, attributes: node.attributes };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0])
    return { literal: node.arguments[0], isRequire: false };
  return undefined;
}

/** The modules that a source file names, those of other cells left out. */
export function modulesOf(sourceFile: ts.SourceFile): Found {
  const literals: ts.StringLiteral[] = [];
  const references: ModuleReference[] = [];
  const visit = (node: ts.Node): void => {
    const named = literalOf(node);
    if (named && ts.isStringLiteralLike(named.literal)) {
      const literal = named.literal as ts.StringLiteral;
      literals.push(literal);
      if (cellNumber(literal.text) === undefined)
        references.push(reference(literal, named.isRequire, named.attributes));
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return { literals, references };
}

/** The `/// <reference … />` lines of a source file. */
export function directivesOf(sourceFile: ts.SourceFile): string[] {
  const attribute = (name: string, files: readonly ts.FileReference[]): string[] =>
    files.map(({ fileName }) => `/// <reference ${name}=${JSON.stringify(fileName)} />`);
  return [
    ...attribute("path", sourceFile.referencedFiles),
    ...attribute("types", sourceFile.typeReferenceDirectives),
    ...attribute("lib", sourceFile.libReferenceDirectives),
  ];
}
