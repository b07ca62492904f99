/** `import` in all its forms as calls of the helpers that the kernel supplies; V8 evaluates scripts, not modules. */
import ts from "typescript";
import type { Edit } from "./edits";
import { importKeyword, type FamilyContext } from "./families";

/** One name an import binds: `key` of the module's namespace, or the namespace itself. */
interface Binding {
  local: string;
  key?: string;
}

function bindingsOf(clause: ts.ImportClause): Binding[] {
  const bindings: Binding[] = clause.name ? [{ local: clause.name.text, key: "default" }] : [];
  const named = clause.namedBindings;
  if (!named) return bindings;
  if (ts.isNamespaceImport(named)) return [...bindings, { local: named.name.text }];
  return [
    ...bindings,
    ...named.elements.map(({ name, propertyName }) => ({ local: name.text, key: (propertyName ?? name).getText() })),
  ];
}

function declareBindings(keyword: string, bindings: readonly Binding[], load: string): string {
  const keys = bindings.filter(({ key }) => key !== undefined);
  const pattern = `{${keys.map(({ local, key }) => (key === local ? local : `${key}:${local}`)).join(",")}}`;
  const whole = bindings.find(({ key }) => key === undefined);
  if (!whole) return `${keyword} ${pattern}=${load};`;
  return `${keyword} ${whole.local}=${load}${keys.length > 0 ? `,${pattern}=${whole.local}` : ""};`;
}

/** `import d, { a as b } from "m" with { … }` as `let {default:d,a:b}=await __dnn_import("m",{…});`, on as many lines. */
function rewriteImport(node: ts.ImportDeclaration, context: FamilyContext): Edit {
  const start = node.getStart();
  const { importClause, attributes } = node;
  const options = attributes ? `,${attributes.getText().replace(/^\w+\s*/, "")}` : "";
  const load = `await __dnn_import(${node.moduleSpecifier.getText()}${options})`;
  const bindings = importClause ? bindingsOf(importClause) : [];
  const groups = (["let", "var"] as const).map((keyword) => ({
    keyword,
    names: bindings.filter(({ local }) => importKeyword(local, context) === keyword),
  }));
  const declarations = groups
    .filter(({ names }) => names.length > 0)
    .map(({ keyword, names }) => declareBindings(keyword, names, load));
  const text = declarations.join("") || `void ${load};`;
  const lineEnds = (source: string): string => source.replace(/[^\r\n\u2028\u2029]/g, "");
  return { start, end: node.end, text: text + lineEnds(node.getText()).slice(lineEnds(text).length) };
}

function isImportMeta(node: ts.Node): node is ts.MetaProperty {
  return ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword;
}

/** `import(…)` and `import.meta` wherever they stand. */
function rewriteUses(node: ts.Node, edits: Edit[]): void {
  if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent)) {
    edits.push({ start: node.getStart(), end: node.end, text: "__dnn_import" });
  }
  if (isImportMeta(node))
    edits.push({ start: node.getStart(), end: node.end, text: "__dnn_meta".padEnd(node.getWidth()) });
  ts.forEachChild(node, (child) => rewriteUses(child, edits));
}

/** The edits that replace every import within a statement. */
export function rewriteImports(statement: ts.Statement, context: FamilyContext): Edit[] {
  if (ts.isImportDeclaration(statement)) return [rewriteImport(statement, context)];
  const edits: Edit[] = [];
  rewriteUses(statement, edits);
  return edits;
}
