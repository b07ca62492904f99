/**
 * Enums whose members are computed from names of earlier cells. TypeScript's emit sees one cell, so it cannot count on from
 * such a value, and takes it for a number: it would make `E["text"] = "a"` of a string.
 */
import ts from "typescript";
import { hasModifier } from "../parse-cell";
import type { Edit } from "./edits";

/** Whether a value can only be known when the cell runs. */
function isComputed(node: ts.Node): boolean {
  return ts.isIdentifier(node) || ts.isCallExpression(node) || (ts.forEachChild(node, isComputed) ?? false);
}

function textOf({ name }: ts.EnumMember): string {
  return JSON.stringify(ts.isComputedPropertyName(name) ? "" : name.text);
}

/** `enum E { a = Other.x, b }` as `enum E { a = Other.x, b= E["a"]+1 }`. */
function countOn(node: ts.EnumDeclaration, name: string): Edit[] {
  let isUnknown = false;
  return node.members.flatMap((member, index) => {
    if (member.initializer) isUnknown = isComputed(member.initializer);
    else if (isUnknown) {
      const text = `=${name}[${textOf(node.members[index - 1])}]+1`;
      return [{ start: member.end, end: member.end, text }];
    }
    return [];
  });
}

function editsOf(node: ts.EnumDeclaration, names: ReadonlyMap<string, string>): Edit[] {
  const name = (ts.isSourceFile(node.parent) && names.get(node.name.text)) || node.name.text;
  if (!node.members.some(({ initializer }) => initializer && isComputed(initializer))) return [];
  const members = node.members.map(textOf).join(",");
  const mend = { start: node.end, end: node.end, text: `;__dnn_mendEnum(${name},[${members}]);` };
  return [...countOn(node, name), mend];
}

/** The edits for all enums of a cell; `names` says what its top-level names are called in the code that runs. */
export function mendEnums(node: ts.Node, names: ReadonlyMap<string, string>): Edit[] {
  if (ts.isEnumDeclaration(node)) return hasModifier(node, ts.SyntaxKind.DeclareKeyword) ? [] : editsOf(node, names);
  const edits: Edit[] = [];
  ts.forEachChild(node, (child) => void edits.push(...mendEnums(child, names)));
  return edits;
}
