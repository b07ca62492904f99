/**
 * V8's REPL mode lets a cell redeclare names, but only within one of two families: `let` and `class` live in the script
 * scope, `var` and `function` on the global object. A name stays in the family in which it was first declared, and a cell
 * that redeclares it otherwise is rewritten. `const` becomes `let`, since V8 would never free it; that nothing
 * assigns to it is TypeScript's to check.
 */
import ts from "typescript";
import { blank, blanked, type Edit } from "./edits";
import { boundNames, type DeclarationKind } from "../declarations";

export type Family = "lexical" | "global";

export interface FamilyContext {
  /** The family of each name that cells have declared so far. */
  families: ReadonlyMap<string, Family>;
  /** Names that the cell itself declares with `var`; other ones in the emitted code are TypeScript's. */
  userVars: ReadonlySet<string>;
  /** Names of namespaces that add to what an earlier cell declared. */
  merged: ReadonlySet<string>;
}

/** The family a declaration falls into when the name is new. */
export function naturalFamily(kind: DeclarationKind): Family {
  return kind === "var" || kind === "function" ? "global" : "lexical";
}

const KEYWORD = { lexical: "let", global: "var" } as const;

function familyOf(name: string, natural: Family, { families }: FamilyContext): Family {
  return families.get(name) ?? natural;
}

/** The statements that bind `names`, for names that must not be bound by one declaration. */
function declareEach(names: readonly string[], natural: Family, context: FamilyContext): string {
  return names.map((name) => `${KEYWORD[familyOf(name, natural, context)]} ${name};`).join("");
}

/** `a, b = 1, {c} = o` as assignments. */
function asAssignments(list: ts.VariableDeclarationList, text: string): Edit[] {
  const start = list.getStart();
  const edits = [blank(start, list.declarations[0].getStart(), text)];
  if (ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent)) return edits;
  for (const declaration of list.declarations) {
    if (ts.isIdentifier(declaration.name)) continue;
    edits.push({ start: declaration.getStart(), end: declaration.getStart(), text: "(" });
    edits.push({ start: declaration.end, end: declaration.end, text: ")" });
  }
  return edits;
}

/** A declaration that stands at the top level by itself. */
function rewriteStatement(list: ts.VariableDeclarationList, text: string, context: FamilyContext): Edit[] {
  const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
  const names = list.declarations.flatMap(({ name }) => boundNames(name));
  if (isVar && names.every((name) => context.merged.has(name))) return [blank(list.getStart(), list.end, text)];
  const natural = isVar && names.some((name) => context.userVars.has(name)) ? "global" : "lexical";
  const families = new Set(names.map((name) => familyOf(name, natural, context)));
  const start = list.getStart();
  if (families.size > 1) {
    const declarations = { start, end: start, text: declareEach(names, natural, context) };
    return [declarations, ...asAssignments(list, text)];
  }
  const family = families.has("global") ? "global" : "lexical";
  const end = start + /^\w+/.exec(text.slice(start))![0].length;
  const edits = [{ start, end, text: KEYWORD[family].padEnd(end - start) }];
  return isVar && natural === "lexical" && family === "global" ? [...edits, ...emptied(list)] : edits;
}

/** `var A;` for an enum must not find what an older `function A` left there. */
function emptied(list: ts.VariableDeclarationList): Edit[] {
  return list.declarations
    .filter(({ initializer }) => !initializer)
    .map(({ end }) => ({ start: end, end, text: "=void 0" }));
}

/** `class A {}` for a name on the global object. */
function rewriteClass(node: ts.ClassDeclaration, context: FamilyContext): Edit[] {
  const name = node.name?.text;
  if (!name || familyOf(name, "lexical", context) === "lexical") return [];
  const start = node.getStart();
  return [
    { start, end: start, text: `var ${name}=` },
    { start: node.end, end: node.end, text: ";" },
  ];
}

/** `function f() {}` for a name in the script scope: moved to the top of the cell, where function declarations act. */
function rewriteFunction(node: ts.FunctionDeclaration, text: string, context: FamilyContext): Edit[] {
  const { name } = node;
  if (!name || familyOf(name.text, "global", context) === "global") return [];
  const start = node.getStart();
  const body = text.slice(start, node.end);
  const nameAt = name.getStart() - start;
  const anonymous = body.slice(0, nameAt) + blanked(name.text) + body.slice(nameAt + name.text.length);
  return [
    { start: 0, end: 0, text: `let ${name.text}=` },
    { start: 0, end: 0, text: anonymous, movedFrom: start },
    { start: 0, end: 0, text: ";" },
    { start, end: node.end, text: `;${blanked(body).slice(1)}` },
  ];
}

/** `var` inside blocks and loops. */
function rewriteHoisted(node: ts.Node, text: string, context: FamilyContext): Edit[] {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return [];
  const edits: Edit[] = [];
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
    const names = node.declarations.flatMap(({ name }) => boundNames(name));
    if (names.some((name) => familyOf(name, "global", context) === "lexical")) edits.push(...asAssignments(node, text));
  }
  ts.forEachChild(node, (child) => {
    edits.push(...rewriteHoisted(child, text, context));
  });
  return edits;
}

/** The edits that let a statement of the top level redeclare what is there. */
export function rewriteDeclaration(statement: ts.Statement, text: string, context: FamilyContext): Edit[] {
  if (ts.isVariableStatement(statement)) return rewriteStatement(statement.declarationList, text, context);
  if (ts.isClassDeclaration(statement)) return rewriteClass(statement, context);
  if (ts.isFunctionDeclaration(statement)) return rewriteFunction(statement, text, context);
  return rewriteHoisted(statement, text, context);
}
