/** Names of cells that are called otherwise in the code that runs (see `own-names.ts`), put in their places. */
import ts from "typescript";
import { boundNames } from "../declarations";
import type { Edit } from "./edits";
import { referencesTo, replaceReference } from "./name-references";

/** The names that a statement may give to functions and classes. */
function namesGivenBy(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

/** `f.name`, and with it what stacks and outputs show, stays what the user wrote. */
function keepNames(statement: ts.Statement, names: ReadonlyMap<string, string>): Edit[] {
  const renamed = namesGivenBy(statement).filter((name) => names.has(name));
  // Functions are there before the first line.
  const at = ts.isFunctionDeclaration(statement) ? 0 : statement.end;
  return renamed.map((name) => ({ start: at, end: at, text: `;__dnn_name(${names.get(name)},"${name}");` }));
}

/** The edits that call each name in `names` what it is called when the cell runs. */
export function renameOwn(file: ts.SourceFile, names: ReadonlyMap<string, string>): Edit[] {
  const references = referencesTo(names, file);
  if (references.length === 0) return [];
  const edits = references.map((node) => replaceReference(node, names.get(node.text)!));
  return [...edits, ...file.statements.flatMap((statement) => keepNames(statement, names))];
}
