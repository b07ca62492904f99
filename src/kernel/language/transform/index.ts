/** From a cell's TypeScript to the JavaScript that V8's REPL mode evaluates. */
import ts from "typescript";
import { declarationsOf } from "../declarations";
import { parseCell, type ParsedText } from "../parse";
import { applyEdits } from "./edits";
import { emitCell, type EmitOptions } from "./emit";
import { eraseTypes } from "./erase";
import { rewriteDeclaration, type Family, type FamilyContext } from "./families";
import { rewriteImports } from "./imports";
import { needsEmit } from "./needs-emit";
import { composeMaps, type SegmentLines } from "./source-map";

export interface Transformed {
  code: string;
  /** Where lines and columns came from; absent when they are the cell's own. */
  map?: SegmentLines;
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

/** JavaScript modules to REPL scripts: declarations may be repeated, imports become calls. */
function toScript(javaScript: string, context: FamilyContext): Transformed {
  const { statements } = parseCell(javaScript).sourceFile;
  const declarations = statements.flatMap((statement) => rewriteDeclaration(statement, javaScript, context));
  if (!declarations.some(({ movedFrom }) => movedFrom !== undefined)) {
    const imports = statements.flatMap((statement) => rewriteImports(statement, context));
    const { code, moved } = applyEdits(javaScript, [...declarations, ...imports]);
    return { code, map: moved };
  }
  // Text that moves is searched for imports at its new place.
  const redeclared = applyEdits(javaScript, declarations);
  const { sourceFile } = parseCell(redeclared.code);
  const imports = sourceFile.statements.flatMap((statement) => rewriteImports(statement, context));
  const { code, moved } = applyEdits(redeclared.code, imports);
  return { code, map: composeMaps(redeclared.moved, moved) };
}

/**
 * Transforms a cell without syntax errors. `families` says how earlier cells declared the names there are.
 *
 * In V8 the value of a script is that of the last statement that has one, even in a loop; in a notebook only a last
 * expression shows its value.
 */
export function transformCell(
  parsed: ParsedText,
  families: ReadonlyMap<string, Family>,
  emitOptions: EmitOptions,
): Transformed {
  const declarations = declarationsOf(parsed.sourceFile);
  const userVars = new Set(declarations.filter(({ kind }) => kind === "var").map(({ name }) => name));
  const javaScript = toJavaScript(parsed, emitOptions);
  const script = toScript(javaScript.code, { families, userVars });
  const ending = endsInExpression(parsed.sourceFile) ? "" : "\n;void 0";
  return { code: script.code + ending, map: composeMaps(javaScript.map, script.map) };
}
