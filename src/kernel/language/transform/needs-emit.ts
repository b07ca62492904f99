/** Which cells cannot be run by blanking their types, because TypeScript (or Node 20) has to make code for them. */
import ts from "typescript";
import { hasModifier, modifiersOf } from "../parse-cell";

/** True when a namespace holds values, so that it exists at run time. */
export function isInstantiated(node: ts.ModuleDeclaration): boolean {
  const { body } = node;
  if (!body || hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return false;
  if (ts.isModuleDeclaration(body)) return isInstantiated(body);
  if (!ts.isModuleBlock(body)) return true;
  return body.statements.some((statement) => {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return false;
    return !ts.isModuleDeclaration(statement) || isInstantiated(statement);
  });
}

function isUsing(node: ts.Node): boolean {
  return ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) !== 0;
}

function isAlias(node: ts.Node): boolean {
  return ts.isImportEqualsDeclaration(node) && !ts.isExternalModuleReference(node.moduleReference) && !node.isTypeOnly;
}

function makesCode(node: ts.Node): boolean {
  if (ts.isEnumDeclaration(node)) return !hasModifier(node, ts.SyntaxKind.DeclareKeyword);
  if (ts.isModuleDeclaration(node)) return isInstantiated(node);
  if (ts.isParameter(node)) return modifiersOf(node).length > 0 || hasDecorators(node);
  return (
    ts.isJsxOpeningLikeElement(node) || ts.isJsxFragment(node) || isUsing(node) || isAlias(node) || isDecorated(node)
  );
}

function hasDecorators(node: ts.Node): boolean {
  return ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0;
}

/** Decorators and `accessor` fields, which no Node knows yet. */
function isDecorated(node: ts.Node): boolean {
  return hasDecorators(node) || hasModifier(node, ts.SyntaxKind.AccessorKeyword);
}

/** Enums, namespaces, parameter properties, decorators, `accessor`, `using`, JSX and import aliases need an emit. */
export function needsEmit(node: ts.Node): boolean {
  return makesCode(node) || (ts.forEachChild(node, needsEmit) ?? false);
}
