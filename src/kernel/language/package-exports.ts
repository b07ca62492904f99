/** What the packages of a folder export, read from their declarations without a type check. */
import ts from "typescript";
import { dirname, files, join } from "./platform";

const MOST_FILES = 300;

/** The names that a package exports, each with whether it is only a type. */
export type Exports = ReadonlyMap<string, { readonly isType: boolean }>;

/** Finds the file to which a specifier leads from another file. */
export type LookUp = (specifier: string, from: string) => string | undefined;

/** The packages on which the nearest package.json at or above a folder depends, those for development included. */
export function dependenciesOf(folder: string): string[] {
  const text = files.readFile(join(folder, "package.json"));
  const above = dirname(folder);
  if (text === undefined) return above === folder ? [] : dependenciesOf(above);
  try {
    const parts = JSON.parse(text) as Partial<Record<string, Record<string, string>>>;
    const names = Object.keys({ ...parts["dependencies"], ...parts["devDependencies"] });
    return names.filter((name) => !name.startsWith("@types/"));
  } catch {
    return [];
  }
}

/** The exports of the module in a file, those that it passes on from other files included. */
export function exportsOf(file: string, lookUp: LookUp): Exports {
  const found = new Map<string, { isType: boolean }>();
  const seen = new Set<string>();
  const waiting = [file];
  for (let path = waiting.pop(); path !== undefined && seen.size < MOST_FILES; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = files.readFile(path);
    if (text === undefined) continue;
    for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.ESNext).statements) {
      for (const [name, isType] of namesOf(statement)) if (!found.has(name)) found.set(name, { isType });
      const passedOn = wholeModule(statement);
      const target = passedOn === undefined ? undefined : lookUp(passedOn, path);
      if (target !== undefined) waiting.push(target);
    }
  }
  found.delete("default");
  return found;
}

/** The module of `export * from "…"`. */
function wholeModule(statement: ts.Statement): string | undefined {
  if (!ts.isExportDeclaration(statement) || statement.exportClause || !statement.moduleSpecifier) return undefined;
  return ts.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : undefined;
}

/** The names that one statement exports, and whether they are only types. */
function namesOf(statement: ts.Statement): (readonly [string, boolean])[] {
  if (ts.isExportDeclaration(statement) && statement.exportClause) {
    const { exportClause, isTypeOnly } = statement;
    if (ts.isNamespaceExport(exportClause)) return [[exportClause.name.text, isTypeOnly]];
    return exportClause.elements.map((one) => [one.name.text, isTypeOnly || one.isTypeOnly]);
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  const has = (modifier: ts.SyntaxKind): boolean => modifiers?.some(({ kind }) => kind === modifier) ?? false;
  if (!has(ts.SyntaxKind.ExportKeyword) || has(ts.SyntaxKind.DefaultKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) => name);
    return names.filter(ts.isIdentifier).map((name) => [name.text, false]);
  }
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  const { name } = statement as ts.Statement & { name?: ts.Node };
  return name && ts.isIdentifier(name) ? [[name.text, isType]] : [];
}
