/** Type errors in the user's own files that a cell imports: they do not stop the cell, but they are shown as warnings. */
import ts from "typescript";
import { relative } from "../platform";
import type { Diagnostic } from "../language-api";
import { toDiagnostic } from "../diagnostics";

/** Files that are looked at for one cell, those that it imports itself first. */
const MOST_FILES = 20;
/** Messages that are shown for one cell. */
const MOST_PROBLEMS = 5;

/** The modules that a file names; not in TypeScript's public types. */
interface FileWithImports extends ts.SourceFile {
  imports?: readonly ts.StringLiteralLike[];
}

function isOwnSource(file: ts.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes("/node_modules/") && /\.[cm]?tsx?$/.test(file.fileName);
}

/** What `paths` leads to is another part of a project, which has checks of its own. */
function importedBy(file: ts.SourceFile, program: ts.Program): ts.SourceFile[] {
  const checker = program.getTypeChecker();
  return ((file as FileWithImports).imports ?? []).flatMap((literal) => {
    if (!literal.text.startsWith(".")) return [];
    const declaration = checker.getSymbolAtLocation(literal)?.declarations?.find(ts.isSourceFile);
    return declaration && isOwnSource(declaration) ? [declaration] : [];
  });
}

/** The user's files that the file at `path` imports, directly or through others; the nearest first. */
function importedFiles(path: string, program: ts.Program): ts.SourceFile[] {
  const start = program.getSourceFile(path);
  const found = new Set<ts.SourceFile>();
  const waiting = start ? importedBy(start, program) : [];
  for (let file = waiting.shift(); file && found.size < MOST_FILES; file = waiting.shift()) {
    if (found.has(file)) continue;
    found.add(file);
    waiting.push(...importedBy(file, program));
  }
  return [...found];
}

/** What is wrong in the files that the text at `path` imports, as warnings. */
export function problemsInImports(path: string, program: ts.Program, cwd: string): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const file of importedFiles(path, program)) {
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    for (const diagnostic of found) {
      if (diagnostic.category !== ts.DiagnosticCategory.Error) continue;
      if (problems.length >= MOST_PROBLEMS) return problems;
      const source = { name: relative(cwd, file.fileName), text: file.text };
      problems.push({ ...toDiagnostic(diagnostic, file.text), category: "warning", source });
    }
  }
  return problems;
}
