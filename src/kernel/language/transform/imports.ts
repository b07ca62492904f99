/** `import` in all its forms as calls of the helpers that the kernel supplies; V8 evaluates scripts, not modules. */
import ts from "typescript";
import type { Declaration } from "../declarations";
import type { Edit } from "./edits";
import { referencesTo, replaceReference } from "./name-references";

/** One name an import binds: `key` of the module, or (without key) its namespace. */
interface Binding {
  local: string;
  key?: string;
}

/** The variable that holds the module of an imported name. */
export function holderOf(local: string): string {
  return `__dnn_of_${local}`;
}

function bindingsOf(clause: ts.ImportClause): Binding[] {
  const bindings: Binding[] = clause.name ? [{ local: clause.name.text, key: "default" }] : [];
  const named = clause.namedBindings;
  if (!named) return bindings;
  if (ts.isNamespaceImport(named)) return [...bindings, { local: named.name.text }];
  return [
    ...bindings,
    ...named.elements.map(({ name, propertyName }) => ({ local: name.text, key: (propertyName ?? name).text })),
  ];
}

/**
 * What stands for an imported name: a look into its module, so that it has the value that it has there now. The name itself
 * is not declared: a package or a global of that name is not touched.
 */
function importedName(local: string, key: string): string {
  return (
    holderOf(local) + (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)
  );
}

/** Which names come from modules by name, and what stands for them, within a cell that declares these values. */
export function importedWithin(
  earlier: ReadonlyMap<string, string>,
  declarations: readonly Declaration[],
): Map<string, string> {
  const names = new Map(earlier);
  for (const { name, key } of declarations) {
    if (key === undefined) names.delete(name);
    else names.set(name, importedName(name, key));
  }
  return names;
}

/** `let __dnn_of_a,b;[__dnn_of_a,b]=…`: holders of modules, and namespaces, which are variables like others. */
function declareBindings(bindings: readonly Binding[], load: string): string {
  const variables = bindings.map(({ local, key }) => (key === undefined ? local : holderOf(local))).join(",");
  const keys = bindings.map(({ key }) => (key === undefined ? "null" : JSON.stringify(key))).join(",");
  return `let ${variables};[${variables}]=await __dnn_load([${keys}],${load});`;
}

/** `import d, { a as b } from "m" with { … }` as code that loads the module and keeps hold of it. */
function importCode(node: ts.ImportDeclaration, typeOnly: ReadonlySet<string>): string {
  const { importClause, attributes, moduleSpecifier } = node;
  const options = attributes ? `,${attributes.getText().replace(/^\w+\s*/, "")}` : "";
  const load = moduleSpecifier.getText() + options;
  const all = importClause ? bindingsOf(importClause) : [];
  const bindings = all.filter(({ local }) => !typeOnly.has(local));
  if (all.length > 0 && bindings.length === 0) return "";
  return bindings.length > 0 ? declareBindings(bindings, load) : `await __dnn_load([],${load});`;
}

/** Imports are carried out before all other code: those behind code move to `front`, the others stay where they are. */
function rewriteImport(node: ts.ImportDeclaration, code: string, front: number | undefined): Edit[] {
  const start = node.getStart();
  const lineEnds = node.getText().replace(/[^\r\n\u2028\u2029]/g, "");
  if (front === undefined) return [{ start, end: node.end, text: code + lineEnds, standsFor: start }];
  return [
    { start: front, end: front, text: code, standsFor: start },
    { start, end: node.end, text: `;${lineEnds}` },
  ];
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

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The whole pattern that a part of it belongs to: `[a, { b: c }]` for `c`. */
function patternAround(node: ts.Node): ts.Node {
  const { parent } = node;
  const isPart =
    ts.isArrayLiteralExpression(parent) ||
    ts.isObjectLiteralExpression(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent) ||
    (ts.isPropertyAssignment(parent) && parent.initializer === node) ||
    (ts.isShorthandPropertyAssignment(parent) && parent.name === node);
  return isPart ? patternAround(parent) : node;
}

/** Whether a reference is assigned to, which no module allows. */
function isAssigned(reference: ts.Node): boolean {
  const node = patternAround(reference);
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return isAssignment(parent.operatorToken.kind) && parent.left === node;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  }
  return (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) && parent.initializer === node;
}

/** True where a bracket could be taken for arguments of the line above. */
function beginsStatement(node: ts.Node): boolean {
  let at = node;
  while (!ts.isExpressionStatement(at) && at.parent.getStart() === node.getStart()) at = at.parent;
  const list = at.parent;
  return ts.isExpressionStatement(at) && (ts.isSourceFile(list) || ts.isBlock(list) || ts.isCaseOrDefaultClause(list));
}

/** A reference to an imported name; called, it must not get its module as `this`. */
function rewriteReference(node: ts.Identifier, code: string): Edit {
  const { parent } = node;
  if (isAssigned(node)) return replaceReference(node, `__dnn_constant.${node.text}`);
  const isCall = ts.isCallExpression(parent) && parent.expression === node;
  if (!isCall && !(ts.isTaggedTemplateExpression(parent) && parent.tag === node)) return replaceReference(node, code);
  const edit = replaceReference(node, `${beginsStatement(node) ? ";" : ""}(0,${code})`);
  if (!isCall) return edit;
  // V8 places a failing call at its bracket, which so belongs to the name.
  const end = parent.arguments.pos;
  return { ...edit, end, text: edit.text + node.getSourceFile().text.slice(node.end, end) };
}

/** What is imported within a cell. */
export interface ImportContext {
  /** What stands for each name that is imported, by this cell or an earlier one. */
  imported: ReadonlyMap<string, string>;
  /** Imported names that are types alone. */
  typeOnly: ReadonlySet<string>;
}

/** The names of a cell, and those that only the emitted code imports: the functions that JSX is compiled to calls of. */
function withEmitted(file: ts.SourceFile, imported: ReadonlyMap<string, string>): Map<string, string> {
  const clauses = file.statements.flatMap((node) => (ts.isImportDeclaration(node) ? (node.importClause ?? []) : []));
  const all = new Map(imported);
  for (const { local, key } of clauses.flatMap(bindingsOf))
    if (key !== undefined && !all.has(local)) all.set(local, importedName(local, key));
  return all;
}

/** The edits that replace every import of a cell, and every use of what was imported. */
export function rewriteImports(file: ts.SourceFile, context: ImportContext): Edit[] {
  const { typeOnly } = context;
  const imported = withEmitted(file, context.imported);
  const edits = referencesTo(imported, file).map((node) => rewriteReference(node, imported.get(node.text)!));
  let front = 0;
  let isBehindCode = false;
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      edits.push(...rewriteImport(statement, importCode(statement, typeOnly), isBehindCode ? front : undefined));
      if (!isBehindCode) front = statement.end;
    } else {
      rewriteUses(statement, edits);
      isBehindCode ||= !ts.isEmptyStatement(statement);
    }
  }
  return edits;
}
