/**
 * Namespaces over several cells. TypeScript merges a namespace with a namespace, class, function or enum of the same file, so
 * the declarations of earlier cells that a new one adds to are read along with its cell.
 */
import ts from "typescript";
import { boundNames, isValue, type Declaration } from "./declarations";
import { parseCell } from "./parse-cell";
import type { EarlierCells } from "./earlier-cells";
import { applyEdits, blank, type Edit } from "./transform/edits";

const OPEN = new Set(["namespace", "class", "function", "enum"]);

/** The names that a statement of a namespace declares. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const { name } = statement as ts.DeclarationStatement;
  return name && ts.isIdentifier(name) ? [name.text] : [];
}

function statementsOf({ body }: ts.ModuleDeclaration): readonly ts.Statement[] {
  if (!body) return [];
  if (ts.isModuleBlock(body)) return body.statements;
  return ts.isModuleDeclaration(body) ? [body] : [];
}

function namespacesOf(text: string): ts.ModuleDeclaration[] {
  return parseCell(text).sourceFile.statements.filter(ts.isModuleDeclaration);
}

/** The edits that take out of an old namespace what new ones declare as well; namespaces within are compared in turn. */
function replacedIn(old: ts.ModuleDeclaration, fresh: readonly ts.ModuleDeclaration[]): Edit[] {
  const added = fresh.flatMap(statementsOf);
  const names = new Set(added.flatMap(namesOf));
  return statementsOf(old).flatMap((statement) => {
    if (!namesOf(statement).some((name) => names.has(name))) return [];
    const { text } = statement.getSourceFile();
    if (!ts.isModuleDeclaration(statement)) return [blank(statement.getStart(), statement.end, text)];
    const within = added.filter(ts.isModuleDeclaration).filter(({ name }) => name.text === statement.name.text);
    return replacedIn(statement, within);
  });
}

function withoutReplaced(old: string, fresh: readonly string[]): string {
  const namespaces = fresh.flatMap(namespacesOf);
  return applyEdits(
    old,
    namespacesOf(old).flatMap((one) => replacedIn(one, namespaces)),
  ).code;
}

/** Only declared, because it stands behind the code that uses it and before which TypeScript wants it. */
function earlierText({ kind, text }: Declaration, fresh: readonly string[]): string {
  const rest = kind === "namespace" ? withoutReplaced(text, fresh) : text;
  return kind === "enum" || rest.startsWith("declare ") ? rest : `declare ${rest}`;
}

/** The declarations of earlier cells that the namespaces of a cell add to. */
export function addedTo(declarations: readonly Declaration[], earlier: EarlierCells): Declaration[] {
  const names = new Set(declarations.filter(({ kind }) => kind === "namespace").map(({ name }) => name));
  return [...names].flatMap((name) => {
    const mine = declarations.filter((one) => one.name === name && isValue(one));
    if (!mine.every(({ kind, ambient }) => kind === "namespace" && !ambient)) return [];
    const texts = mine.map(({ text }) => text);
    return earlier
      .valueOf(name)
      .filter(({ kind }) => OPEN.has(kind))
      .map((one) => ({ ...one, text: earlierText(one, texts), isEarlier: true }));
  });
}
