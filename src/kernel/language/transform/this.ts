/** `this` at the top level: undefined, as in modules; in a script it would be the global object. */
import ts from "typescript";
import type { Edit } from "./edits";

/** The parts of a node in which `this` is still that of the top level. */
function partsWithOuterThis(node: ts.Node): readonly ts.Node[] {
  if (ts.isClassLike(node)) {
    const names = node.members.map(({ name }) => name).filter((name) => name && ts.isComputedPropertyName(name));
    return [...(node.heritageClauses ?? []), ...(names as ts.Node[])];
  }
  const hasOwnThis = ts.isFunctionLike(node) && !ts.isArrowFunction(node);
  if (hasOwnThis || ts.isTypeNode(node)) return [];
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

/** The edits that make `this` undefined where it belongs to no function or class. */
export function replaceTopLevelThis(node: ts.Node): Edit[] {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return [{ start: node.getStart(), end: node.end, text: "undefined" }];
  return partsWithOuterThis(node).flatMap(replaceTopLevelThis);
}
