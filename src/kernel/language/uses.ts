/** Which names of the notebook a cell uses, and which it declares or assigns: for `%stale`. */
import ts from "typescript";
import { declarationsOf } from "./declarations";
import type { CellUses } from "./language-api";
import { parseCell } from "./parse-cell";
import { assignedIn } from "./check/narrowing";
import { referencesTo } from "./transform/name-references";

/** The names of the top level that a cell uses and changes, those of globals included. */
export function usesOf(code: string): CellUses {
  const { sourceFile } = parseCell(code);
  const declared = new Set(declarationsOf(sourceFile).map(({ name }) => name));
  const references = referencesTo({ has: () => true, size: 1 }, sourceFile);
  const foreign = references.filter(({ text, parent }) => !declared.has(text) && !isOnlyWritten(parent, text));
  const isOwnCall = (name: ts.Identifier): boolean =>
    declared.has(name.text) &&
    !isInDefinition(name) &&
    (ts.isCallExpression(name.parent) || ts.isNewExpression(name.parent));
  const namesOf = (found: readonly ts.Identifier[]): string[] => [...new Set(found.map(({ text }) => text))];
  return {
    // A cell that also calls what it defines uses what that uses.
    used: namesOf(references.some(isOwnCall) ? foreign : foreign.filter((name) => !isInDefinition(name))),
    later: namesOf(foreign.filter(isInDefinition)),
    changed: [...new Set([...declared, ...namesOf(references.filter(isAssigned))])],
  };
}

/** The left side of a plain `a = …`. */
function isOnlyWritten(parent: ts.Node, name: string): boolean {
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(parent.left) &&
    parent.left.text === name
  );
}

/** Whether it stands in a function or class that the cell only defines: `function f() {…}`, `const f = () => …`, `class A {…}`. */
function isInDefinition(name: ts.Identifier): boolean {
  for (let node: ts.Node = name; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return true;
    const isExpression = ts.isArrowFunction(node) || ts.isFunctionExpression(node);
    if (isExpression && ts.isVariableDeclaration(node.parent)) return true;
  }
  return false;
}

/** Whether a name gets a value when the cell runs; what a function assigns, it assigns when it is called. */
function isAssigned(name: ts.Identifier): boolean {
  let isTarget = false;
  for (let node: ts.Node = name; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isFunctionLike(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      return false;
    isTarget ||= assignedIn(node.parent) === node;
  }
  return isTarget;
}
