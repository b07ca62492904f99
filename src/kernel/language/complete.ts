/** What may stand at the cursor. */
import ts from "typescript";
import type { Importables } from "./importable";
import type { Completion, CompletionType } from "./language-api";
import type { Checker } from "./check/checker";
import { placeScratch, type Scratch } from "./check/scratch-module";
import { toCodePoints, toOffset } from "./cursor";
import { isMagicCell } from "./without-magics";
import type { EarlierCells } from "./earlier-cells";

/** A proposal: `insert` replaces the text from `start` (a UTF-16 offset in the code) to the cursor. */
interface Proposal {
  entry: ts.CompletionEntry;
  insert: string;
  start: number;
}

const PREFERENCES: ts.GetCompletionsAtPositionOptions = {
  includeCompletionsForModuleExports: false,
  includeCompletionsWithInsertText: true,
  includeAutomaticOptionalChainCompletions: true,
  includeCompletionsForImportStatements: false,
};

/** The words of `_jupyter_types_experimental` for TypeScript's kinds. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  [ts.ScriptElementKind.functionElement]: "function",
  [ts.ScriptElementKind.localFunctionElement]: "function",
  [ts.ScriptElementKind.memberFunctionElement]: "method",
  [ts.ScriptElementKind.classElement]: "class",
  [ts.ScriptElementKind.interfaceElement]: "interface",
  [ts.ScriptElementKind.typeElement]: "type",
  [ts.ScriptElementKind.typeParameterElement]: "type",
  [ts.ScriptElementKind.enumElement]: "enum",
  [ts.ScriptElementKind.moduleElement]: "module",
  [ts.ScriptElementKind.externalModuleName]: "module",
  [ts.ScriptElementKind.directory]: "folder",
  [ts.ScriptElementKind.scriptElement]: "file",
  [ts.ScriptElementKind.keyword]: "keyword",
  [ts.ScriptElementKind.memberVariableElement]: "property",
  [ts.ScriptElementKind.memberGetAccessorElement]: "property",
  [ts.ScriptElementKind.memberSetAccessorElement]: "property",
  [ts.ScriptElementKind.string]: "value",
};

/** What names of earlier cells are; to TypeScript they are all imports. */
const DECLARED: Readonly<Record<string, string | undefined>> = {
  function: "function",
  class: "class",
  enum: "enum",
  namespace: "module",
  type: "type",
  typeImport: "type",
};

function kindOf({ kind, name }: ts.CompletionEntry, earlier: EarlierCells): string {
  const { value, type } = earlier.names.get(name) ?? {};
  const declaration = kind === ts.ScriptElementKind.alias ? (value ?? type)?.declarations.get(name)?.at(-1) : undefined;
  return (declaration ? DECLARED[declaration.kind] : KINDS[kind]) ?? "instance";
}

/** Where the word at the cursor begins. */
function wordStart(code: string, cursor: number): number {
  return cursor - /[\p{L}\p{N}\p{M}_$#]*$/u.exec(code.slice(0, cursor))![0].length;
}

/** The earlier names that may be proposed: those that begin with what was typed, none behind a dot. */
function namesAt(earlier: EarlierCells, code: string, offset: number): string[] {
  const start = wordStart(code, offset);
  if (/\.\s*$/.test(code.slice(0, start))) return [];
  const typed = code.slice(start, offset).toLowerCase();
  return [...earlier.names.keys()].filter((name) => name.toLowerCase().startsWith(typed));
}

function proposalsOf(found: ts.CompletionInfo, scratch: Scratch, code: string, cursor: number): Proposal[] {
  const word = wordStart(code, cursor);
  return found.entries.flatMap((entry) => {
    if (entry.kind === ts.ScriptElementKind.warning || /^(?:dnn\$|__dnn_)/.test(entry.name)) return [];
    const span = entry.replacementSpan ?? (found.isMemberCompletion ? undefined : found.optionalReplacementSpan);
    const start = span ? Math.min(span.start - scratch.shift, cursor) : word;
    const insert = entry.insertText ?? entry.name;
    const typed = code.slice(start, cursor);
    // A proposal that replaces the dot too (`a?.b`) is compared by what comes behind the dot.
    const compared = insert.startsWith("?.") || insert.startsWith("[") ? entry.name : insert;
    const prefix = compared === insert ? typed : code.slice(word, cursor);
    return compared.toLowerCase().startsWith(prefix.toLowerCase()) ? [{ entry, insert, start }] : [];
  });
}

/** Exact case first, then TypeScript's order, then the alphabet. */
function inOrder(proposals: readonly Proposal[], typed: string): Proposal[] {
  const rank = ({ entry }: Proposal): number => (entry.name.startsWith(typed) ? 0 : 1);
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...proposals].sort(
    (a, b) => rank(a) - rank(b) || compare(a.entry.sortText, b.entry.sortText) || compare(a.entry.name, b.entry.name),
  );
}

/** Of proposals that all replace the same text. */
function completionOf(types: CompletionType[], cursor: number): Completion {
  const { start, end } = types[0] ?? { start: cursor, end: cursor };
  return { matches: types.map(({ text }) => text), cursorStart: start, cursorEnd: end, types };
}

/** The completions at `cursor`, in code points. */
export function complete(
  checker: Checker,
  earlier: EarlierCells,
  importables: Importables,
  code: string,
  cursor: number,
): Completion {
  if (isMagicCell(code)) return completionOf([], cursor);
  const offset = toOffset(code, cursor);
  const scratch = placeScratch(checker, earlier, code, namesAt(earlier, code, offset));
  const at = scratch.shift + offset;
  const found = checker.service.getCompletionsAtPosition(scratch.path, at, PREFERENCES);
  const proposals = found ? proposalsOf(found, scratch, code, offset) : [];
  // Where any name may stand, these may.
  const isName = found?.entries.some(({ name }) => name === "undefined" || name === "unknown");
  const more = isName ? imported(importables, earlier, code, offset) : [];
  if (proposals.length === 0) return completionOf(more, cursor);
  const start = Math.min(...proposals.map((proposal) => proposal.start));
  const sorted = inOrder(proposals, code.slice(wordStart(code, offset), offset));
  const range = { start: toCodePoints(code, start), end: toCodePoints(code, offset) };
  const types = sorted.map(({ entry, insert, start: own }) => {
    const text = code.slice(start, own) + insert;
    return { text, type: kindOf(entry, earlier), ...range };
  });
  const isFree = ({ text, start: at }: CompletionType): boolean =>
    at === range.start && !types.some((one) => one.text === text);
  return completionOf([...types, ...more.filter(isFree)], cursor);
}

/** Names that an import would make known. */
function imported(importables: Importables, earlier: EarlierCells, code: string, offset: number): CompletionType[] {
  const start = wordStart(code, offset);
  const range = { start: toCodePoints(code, start), end: toCodePoints(code, offset) };
  const found = importables.startingWith(code.slice(start, offset)).filter(({ name }) => !earlier.names.has(name));
  return found.map(({ name, line }) => ({ text: name, type: "import", ...range, import: line }));
}
