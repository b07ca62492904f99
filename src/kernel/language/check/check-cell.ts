/** A cell's type errors, in the cell's own words and places. */
import ts from "typescript";
import type { Diagnostic } from "../language-api";
import { isValue, usedNames, type Declaration } from "../declarations";
import { toDiagnostic, withHint } from "../diagnostics";
import { parseCell, type ParsedText } from "../parse-cell";
import type { EarlierCells } from "../earlier-cells";
import type { Checker } from "./checker";
import { beginningOf, exportsOf, importsOf, inCellTerms } from "./module-text";
import { endsOf, looseNames } from "./narrowing";

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

function nameAssigned(diagnostic: Diagnostic, earlier: EarlierCells): Diagnostic {
  const name = /'(.*?)'/.exec(diagnostic.message)?.[1] ?? "";
  const kind = earlier.names.get(name)?.value?.declarations.get(name)?.findLast(isValue)?.kind;
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

/** The names that a cell refers to. */
export function namesIn(cell: ParsedText): Set<string> {
  return new Set([...usedNames(cell.sourceFile), ...jsxNames(cell)]);
}

/** A cell as a module. */
export interface ModuleText {
  text: string;
  /** Where something stands in the text that is not in the cell, and how long it is. */
  inserted: { at: number; length: number };
}

/** The cell as a module: its own text, then what it imports and exports. `followed` are variables to be known at its end. */
export function moduleText(
  cell: ParsedText,
  earlier: EarlierCells,
  declarations: readonly Declaration[],
  followed: readonly string[],
): ModuleText {
  // What namespaces of the cell add to is part of the module.
  const added = declarations.filter(({ isEarlier }) => isEarlier).map(({ text }) => text);
  const names = new Set([...namesIn(cell), ...added.flatMap((text) => [...namesIn(parseCell(text))])]);
  const beginning = beginningOf(names, earlier, declarations, looseNames(cell.sourceFile));
  // Behind the comments that speak to the compiler, which have to come first.
  const at = cell.sourceFile.statements[0]?.getStart() ?? 0;
  const own = cell.text.slice(0, at) + beginning + cell.text.slice(at);
  const imports = importsOf(names, earlier, declarations) + added.map((text) => `${text}\n`).join("");
  const text = `${own}\n;${imports}${exportsOf(declarations)}${endsOf(followed)}`;
  return { text, inserted: { at, length: beginning.length } };
}

export interface CheckedCell {
  diagnostics: Diagnostic[];
  /** What the checker calls the cell. */
  path: string;
}

/** Checks a cell against the cells before it. */
export function checkCell(
  checker: Checker,
  earlier: EarlierCells,
  cell: ParsedText,
  { text, inserted }: ModuleText,
): CheckedCell {
  const path = checker.place({ text, jsx: cell.jsx });
  const isInserted = (start: number): boolean => start >= inserted.at && start < inserted.at + inserted.length;
  const inCell = (start: number): number => (start >= inserted.at ? start - inserted.length : start);
  const found = checker.check(path);
  const hints = new Map(found.map((diagnostic) => [diagnostic, checker.hint(path, diagnostic)]));
  const diagnostics = found
    .filter(({ start = 0, category }) => {
      const isOwn = !isInserted(start) && inCell(start) <= cell.text.length;
      return isOwn && category !== ts.DiagnosticCategory.Suggestion;
    })
    .map((diagnostic) => {
      const start = inCell(diagnostic.start ?? 0);
      return withHint(toDiagnostic({ ...diagnostic, start }, cell.text), hints.get(diagnostic));
    })
    .map((diagnostic) => (diagnostic.code === ASSIGNED_IMPORT ? nameAssigned(diagnostic, earlier) : diagnostic))
    .map((diagnostic) => ({ ...diagnostic, message: inCellTerms(diagnostic.message, earlier) }));
  return { diagnostics: [...diagnostics, ...checker.problemsInImports(path)], path };
}
