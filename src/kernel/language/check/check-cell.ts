/** A cell's type errors, in the cell's own words and places. */
import ts from "typescript";
import type { Diagnostic } from "../api";
import { isValue, usedNames, type Declaration } from "../declarations";
import { toDiagnostic } from "../diagnostics";
import { parseCell, type ParsedText } from "../parse";
import type { Session } from "../session";
import type { Checker } from "./checker";
import { exportsOf, importsOf, inCellTerms } from "./module-text";

/** Cannot assign to 'x' because it is an import. */
const ASSIGNED_IMPORT = 2632;

/** What TypeScript says of an assignment to each kind of name that it takes for an import here. */
const ASSIGNED: Partial<Record<Declaration["kind"], { code: number; what: string }>> = {
  const: { code: 2588, what: "a constant" },
  using: { code: 2588, what: "a constant" },
  function: { code: 2630, what: "a function" },
  class: { code: 2629, what: "a class" },
  enum: { code: 2628, what: "an enum" },
  namespace: { code: 2631, what: "a namespace" },
};

function nameAssigned(diagnostic: Diagnostic, session: Session): Diagnostic {
  const name = /'(.*?)'/.exec(diagnostic.message)?.[1] ?? "";
  const declarations = session.names.get(name)?.value?.declarations ?? [];
  const kind = declarations.findLast((declaration) => declaration.name === name && isValue(declaration))?.kind;
  const truth = kind && ASSIGNED[kind];
  return truth
    ? { ...diagnostic, code: truth.code, message: diagnostic.message.replace("an import", truth.what) }
    : diagnostic;
}

/** Names the code refers to without naming them: what JSX is compiled to. */
function jsxNames({ text, jsx }: ParsedText): string[] {
  const factories = [...text.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g)].map(([, name]) => name);
  return jsx ? ["React", ...factories] : [];
}

/** The cell as a module: its own text first, so that every position stays, then what it imports and exports. */
export function moduleText(cell: ParsedText, session: Session, declarations: readonly Declaration[]): string {
  // What namespaces of the cell add to is part of the module.
  const earlier = declarations.filter(({ isEarlier }) => isEarlier).map(({ text }) => text);
  const read = [cell.sourceFile, ...earlier.map((text) => parseCell(text).sourceFile)];
  const names = new Set([...read.flatMap((file) => [...usedNames(file)]), ...jsxNames(cell)]);
  const imports = importsOf(names, session, declarations);
  return `${cell.text}\n;${imports}${earlier.map((text) => `${text}\n`).join("")}${exportsOf(declarations)}`;
}

/** Checks a cell against the cells before it. */
export function checkCell(
  checker: Checker,
  session: Session,
  cell: ParsedText,
  declarations: readonly Declaration[],
): Diagnostic[] {
  const found = checker.check({ text: moduleText(cell, session, declarations), jsx: cell.jsx });
  return found
    .filter(({ start, category }) => (start ?? 0) <= cell.text.length && category !== ts.DiagnosticCategory.Suggestion)
    .map((diagnostic) => toDiagnostic(diagnostic, cell.text))
    .map((diagnostic) => (diagnostic.code === ASSIGNED_IMPORT ? nameAssigned(diagnostic, session) : diagnostic))
    .map((diagnostic) => ({ ...diagnostic, message: inCellTerms(diagnostic.message, session) }));
}
