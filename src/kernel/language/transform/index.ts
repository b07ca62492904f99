/** From a cell's TypeScript to the JavaScript that V8's REPL mode evaluates. */
import ts from "typescript";
import { isValue, type Declaration } from "../declarations";
import { parseCell, type ParsedText } from "../parse-cell";
import { applyEdits } from "./edits";
import { emitCell, type EmitOptions } from "./emit";
import { mendEnums } from "./enums";
import { eraseTypes } from "./erase";
import { rewriteDeclaration, type FamilyContext } from "./families";
import { rewriteImports, type ImportContext } from "./imports";
import { needsEmit } from "./needs-emit";
import { renameOwn } from "./rename";
import { variablesOf, type CellNames, type Scope } from "./scope";
import { composeMaps, type SegmentLines } from "./source-map";
import { replaceTopLevelThis } from "./this";

export interface Transformed {
  code: string;
  /** Where lines and columns came from; absent when they are the cell's own. */
  map?: SegmentLines;
}

export interface TransformedCell extends Transformed {
  /** The variables that the code declares. */
  variables: readonly string[];
}

/** TypeScript to JavaScript. */
function toJavaScript(parsed: ParsedText, emitOptions: EmitOptions): Transformed {
  if (needsEmit(parsed.sourceFile)) return emitCell(parsed, emitOptions);
  const { code, moved } = applyEdits(parsed.text, eraseTypes(parsed.sourceFile));
  return { code, map: moved };
}

/** True when the cell's value is that of its last statement. */
function endsInExpression(sourceFile: ts.SourceFile): boolean {
  const last = sourceFile.statements.findLast((statement) => !ts.isEmptyStatement(statement));
  return last !== undefined && ts.isExpressionStatement(last);
}

/** JavaScript modules to REPL scripts: imports become calls, declarations may be repeated. */
function toScript(javaScript: string, context: FamilyContext & ImportContext): Transformed {
  const imports = rewriteImports(parseCell(javaScript).sourceFile, context);
  const imported = applyEdits(javaScript, imports);
  const { statements } = parseCell(imported.code).sourceFile;
  const declarations = statements.flatMap((statement) => rewriteDeclaration(statement, imported.code, context));
  const { code, moved } = applyEdits(imported.code, declarations);
  return { code, map: composeMaps(imported.moved, moved) };
}

/** What TypeScript does not make of a cell: the names that it has in the notebook, `this`, enums over several cells. */
function toNotebook({ text, sourceFile }: ParsedText, names: ReadonlyMap<string, string>): Transformed {
  const edits = [...renameOwn(sourceFile, names), ...replaceTopLevelThis(sourceFile), ...mendEnums(sourceFile, names)];
  const { code, moved } = applyEdits(text, edits);
  return { code, map: moved };
}

/** Namespaces that add to what an earlier cell declared. */
function mergedNames(declarations: readonly Declaration[], scope: Scope): string[] {
  const others = new Set(
    declarations.filter((one) => isValue(one) && one.kind !== "namespace").map(({ name }) => name),
  );
  const namespaces = declarations.filter(({ kind, ambient }) => kind === "namespace" && !ambient);
  return namespaces.map(({ name }) => name).filter((name) => !others.has(name) && scope.isOpen(name));
}

function familyContext(declarations: readonly Declaration[], scope: Scope, { own }: CellNames): FamilyContext {
  const called = (names: readonly string[]): Set<string> => new Set(names.map((name) => own.get(name) ?? name));
  const vars = declarations.filter(({ kind }) => kind === "var").map(({ name }) => name);
  return { families: scope.families, userVars: called(vars), merged: called(mergedNames(declarations, scope)) };
}

/**
 * Transforms a cell without syntax errors. `all` are its declarations (names that it imports and that are only types are
 * `ambient`), `scope` says what earlier cells declared.
 *
 * In V8 the value of a script is that of the last statement that has one, even in a loop; in a notebook only a last
 * expression shows its value.
 */
export function transformCell(
  parsed: ParsedText,
  all: readonly Declaration[],
  scope: Scope,
  emitOptions: EmitOptions,
): TransformedCell {
  const declarations = all.filter(({ isEarlier }) => !isEarlier);
  const names = scope.within(declarations);
  const notebook = toNotebook(parsed, names.own);
  const javaScript = toJavaScript(notebook.code === parsed.text ? parsed : parseCell(notebook.code), emitOptions);
  const typeOnly = new Set(declarations.filter(({ ambient }) => ambient).map(({ name }) => name));
  const context = { ...familyContext(declarations, scope, names), imported: names.imported, typeOnly };
  const script = toScript(javaScript.code, context);
  const ending = endsInExpression(parsed.sourceFile) ? "" : "\n;void 0";
  return {
    code: script.code + ending,
    map: composeMaps(composeMaps(notebook.map, javaScript.map), script.map),
    variables: variablesOf(declarations, names),
  };
}
