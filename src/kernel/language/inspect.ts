/** What is known about the name at the cursor: signature, documentation, and the source of own definitions. */
import ts from "typescript";
import type { Importables } from "./importable";
import type { Inspection } from "./language-api";
import type { Checker } from "./check/checker";
import { inCellTerms, isCellFile } from "./check/module-text";
import { placeScratch, type Scratch } from "./check/scratch-module";
import { toCodePoints, toOffset } from "./cursor";
import { parseCell } from "./parse-cell";
import { isMagicCell } from "./without-magics";
import type { EarlierCells } from "./earlier-cells";
import { optionsAt } from "./options-of";
import { seeAlso } from "./see-also";

/** The function whose arguments the position is in. */
function enclosingCallee(root: ts.Node, offset: number): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.getFullStart() || offset > node.end) return;
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isCall && node.arguments && offset > node.expression.end) found = node.expression;
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** Offsets at which to look, best first: the name at the cursor, the one that ends there, the function being called. */
function candidates({ cell }: Scratch, offset: number): number[] {
  // Behind the comma of an unfinished call.
  const callee = enclosingCallee(cell.sourceFile, offset) ?? enclosingCallee(cell.sourceFile, endOfCode(cell, offset));
  const places = [offset, offset - 1, ...(callee ? [callee.end - 1] : [])];
  return places.filter((at) => at >= 0 && /[\p{L}\p{N}_$]/u.test(cell.text.charAt(at)));
}

/** The end of what stands before an offset, spaces left out. */
function endOfCode({ text }: Scratch["cell"], offset: number): number {
  return text.slice(0, offset).trimEnd().length;
}

interface Found {
  info: ts.QuickInfo;
  at: number;
}

function find(checker: Checker, scratch: Scratch, offset: number): Found | undefined {
  for (const at of candidates(scratch, offset)) {
    const info = checker.service.getQuickInfoAtPosition(scratch.path, scratch.shift + at);
    // TypeScript says `any` of a name that it does not know.
    const text = ts.displayPartsToString(info?.displayParts);
    if (info && text !== "" && text !== "any" && !text.includes("/*unresolved*/")) return { info, at };
  }
  return undefined;
}

/** What stands at an offset; a name alone may be that of a type. */
function lookUp(
  checker: Checker,
  earlier: EarlierCells,
  code: string,
  offset: number,
): { scratch: Scratch; found: Found } | undefined {
  const scratch = placeScratch(checker, earlier, code);
  const found = find(checker, scratch, offset);
  if (found) return { scratch, found };
  if (!/^\s*[\p{L}\p{N}_$]+\s*;?\s*$/u.test(code)) return undefined;
  const asType = placeScratch(checker, earlier, `0 as ${code}`);
  const type = find(checker, asType, offset + "0 as ".length);
  return type && { scratch: asType, found: type };
}

/** The signature without what only says how the checker gets at the name. */
function signatureOf(info: ts.QuickInfo, earlier: EarlierCells): string {
  const text = ts.displayPartsToString(info.displayParts);
  const lines = text.replace(/\(alias\) /g, "").split("\n");
  const telling = lines.filter(
    (line) => !/^(?:import|export) (?:type )?[\p{L}\p{N}_$]+$/u.test(line) && line.trim() !== "",
  );
  return inCellTerms((telling.length > 0 ? telling : lines).join("\n"), earlier);
}

function tagText({ name, text }: ts.JSDocTagInfo): string {
  return `@${name} ${ts.displayPartsToString(text)}`.trim();
}

/** The source of what the user wrote: in a cell, or in a file that is no package. */
function sourceOf(
  checker: Checker,
  earlier: EarlierCells,
  { path, shift, cell }: Scratch,
  at: number,
): string | undefined {
  const name = /^[\p{L}\p{N}_$]+/u.exec(cell.text.slice(wordStart(cell.text, at)))?.[0] ?? "";
  const definition = checker.service.getDefinitionAtPosition(path, shift + at)?.[0];
  if (definition && isCellFile(definition.fileName)) return ownSource(earlier, name);
  if (!definition || definition.fileName.includes("/node_modules/")) return undefined;
  if (definition.fileName === path && definition.textSpan.start < shift) return ownSource(earlier, name);
  if (/\/__globals\.d\.ts$/.test(definition.fileName)) return undefined;
  const { start, length } = definition.contextSpan ?? definition.textSpan;
  return checker.service
    .getProgram()
    ?.getSourceFile(definition.fileName)
    ?.text.slice(start, start + length);
}

function ownSource(earlier: EarlierCells, name: string): string | undefined {
  const { value, type } = earlier.names.get(name) ?? {};
  const texts = [value, type].flatMap((cell) => cell?.declarations.get(name) ?? []);
  return [...new Set(texts.map(({ text }) => text))].join("\n") || undefined;
}

function wordStart(text: string, at: number): number {
  return at - /[\p{L}\p{N}_$]*$/u.exec(text.slice(0, at))![0].length;
}

/** The name at an offset, or the one of what is called there; empty for a member's. */
function unknownName(code: string, offset: number): string {
  const callee = enclosingCallee(parseCell(code).sourceFile, offset);
  const isWord = /[\p{L}\p{N}_$]/u.test(code.slice(Math.max(0, offset - 1), offset + 1));
  const at = !isWord && callee ? callee.end : offset;
  const start = wordStart(code, at);
  if (/\.\s*$/.test(code.slice(0, start))) return "";
  return /^[\p{L}\p{N}_$]+/u.exec(code.slice(start))?.[0] ?? "";
}

/** Signature and documentation at `cursor` (code points); null when nothing is known there. */
export function inspect(
  checker: Checker,
  earlier: EarlierCells,
  importables: Importables | undefined,
  code: string,
  cursor: number,
  detailLevel: 0 | 1,
): Inspection | null {
  if (isMagicCell(code)) return null;
  const offset = toOffset(code, cursor);
  const { scratch, found } = lookUp(checker, earlier, code, offset) ?? {};
  if (!scratch || !found) {
    const importable = importables?.called(unknownName(code, offset));
    if (importable === undefined) return null;
    const { line } = importable;
    const place = cursor + toCodePoints(line, line.length) + 1;
    const known = inspect(checker, earlier, undefined, `${line}\n${code}`, place, detailLevel);
    return (
      known && { text: `${line}\n\n${known.text}`, markdown: `\`\`\`typescript\n${line}\n\`\`\`\n\n${known.markdown}` }
    );
  }
  const signature = signatureOf(found.info, earlier);
  const documentation = ts.displayPartsToString(found.info.documentation);
  const tags = (found.info.tags ?? []).map(tagText);
  const source = detailLevel === 1 ? sourceOf(checker, earlier, scratch, found.at) : undefined;
  const fenced = (text: string): string => `\`\`\`typescript\n${text}\n\`\`\``;
  const listed = tags.map((tag) => `- ${tag.replace(/^@\w+/, (name) => `*${name}*`)}`).join("\n");
  const join = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join("\n\n");
  const program = checker.service.getProgram();
  const options = program ? optionsAt(program, scratch.path, scratch.shift + found.at) : [];
  const position = scratch.shift + found.at;
  const other = program && seeAlso(program, scratch.path, position, checker.anchor);
  const optionLines = options.map(({ written, sentence }) => [`  ${written}`, sentence].filter(Boolean).join("  "));
  const optionList = options.map(({ written, sentence }) => [`- \`${written}\``, sentence].filter(Boolean).join(" "));
  const plain = (lines: readonly string[]): string => (lines.length > 0 ? `Options:\n${lines.join("\n")}` : "");
  const marked = (lines: readonly string[]): string => (lines.length > 0 ? `Options\n\n${lines.join("\n")}` : "");
  return {
    text: join(
      signature,
      other?.replace(/`/g, ""),
      documentation,
      plain(optionLines),
      tags.join("\n"),
      source && `Source:\n${source}`,
    ),
    markdown: join(fenced(signature), other, documentation, marked(optionList), listed, source && fenced(source)),
  };
}
