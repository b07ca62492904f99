/** Reading a cell's text: as TypeScript, and as TypeScript with JSX when only that makes sense of it. */
import ts from "typescript";

export interface ParsedText {
  text: string;
  sourceFile: ts.SourceFile;
  /** True when the text holds JSX, so that `<T>x` assertions are not understood. */
  jsx: boolean;
  /** What the parser complained about, in the order of the text. */
  syntaxErrors: readonly ts.DiagnosticWithLocation[];
}

/** A source file as TypeScript builds it; the parser's own messages are not in the public type. */
interface SourceFileWithErrors extends ts.SourceFile {
  parseDiagnostics: readonly ts.DiagnosticWithLocation[];
}

const asModule: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.ESNext,
  // Top-level `await` is only read as such in a module.
  setExternalModuleIndicator: (file) => {
    (file as { externalModuleIndicator?: ts.Node | true }).externalModuleIndicator ??= true;
  },
};

function parseAs(text: string, jsx: boolean): ParsedText {
  const kind = jsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const sourceFile = ts.createSourceFile(jsx ? "cell.tsx" : "cell.ts", text, asModule, true, kind);
  return { text, sourceFile, jsx, syntaxErrors: (sourceFile as SourceFileWithErrors).parseDiagnostics };
}

/** How far the parser came before its first complaint. */
function firstError(parsed: ParsedText): number {
  return parsed.syntaxErrors[0]?.start ?? Infinity;
}

/** Parses a cell; JSX is tried when plain TypeScript fails, and the reading that gets further is returned. */
export function parseCell(text: string): ParsedText {
  const plain = parseAs(text, false);
  if (plain.syntaxErrors.length === 0 || !/<\/|\/>/.test(text)) return plain;
  const jsx = parseAs(text, true);
  return firstError(jsx) > firstError(plain) ? jsx : plain;
}

/** Parses as TypeScript with JSX, also a text without JSX. */
export function parseAsJsx(text: string): ParsedText {
  return parseAs(text, true);
}

/** The modifiers of a node, decorators left out. */
export function modifiersOf(node: ts.Node): readonly ts.Modifier[] {
  return ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
}

export function hasModifier(node: ts.Node, kind: ts.Modifier["kind"]): boolean {
  return modifiersOf(node).some((modifier) => modifier.kind === kind);
}
