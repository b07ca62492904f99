/** Whether Enter should run what was typed so far or open another line. */
import ts from "typescript";
import type { Completeness } from "./language-api";
import { isMagicCell, withoutMagics } from "./without-magics";
import { readCell } from "./object-literal";
import { parseAsJsx, type ParsedText } from "./parse-cell";

const UNIT = "  ";

/** Complaints about something that waits for its end, wherever they are placed. */
const UNTERMINATED = new Set([
  1160, // Unterminated template literal.
  1010, // '*/' expected.
  17008, // JSX element 'b' has no corresponding closing tag.
  17014, // JSX fragment has no corresponding closing tag.
]);

/** Complaints about the end of a line, which no further line can mend. */
const BROKEN_LINE = new Set([
  1002, // Unterminated string literal.
  1161, // Unterminated regular expression literal.
]);

/** The parser ran out of text: its first complaint is about the end. */
function ranOutOfText({ text, syntaxErrors }: ParsedText): boolean {
  const [first] = syntaxErrors;
  if (!first || BROKEN_LINE.has(first.code)) return false;
  return UNTERMINATED.has(first.code) || isAtEnd(first, text);
}

/** Nothing but space and comments follows where the complaint begins. */
function isAtEnd({ start }: ts.DiagnosticWithLocation, text: string): boolean {
  return /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*$/.test(text.slice(start));
}

/** The indentation of the last line, one step deeper after an opening bracket. */
function nextIndent(text: string): string {
  const last =
    text
      .trimEnd()
      .split(/\r\n|[\n\r]/)
      .at(-1) ?? "";
  const indent = /^[ \t]*/.exec(last)![0];
  return /(?:[{[(]|=>|\)|\belse|\bdo)\s*$/.test(last.replace(/\/\/.*$/, "")) ? indent + UNIT : indent;
}

function complete(): Completeness {
  return { status: "complete", indent: "" };
}

/** `complete`, `incomplete` (with the indentation of the next line) or `invalid`. */
export function isComplete(code: string): Completeness {
  if (isMagicCell(code)) return complete();
  const text = withoutMagics(code);
  const { parsed } = readCell(text);
  if (parsed.syntaxErrors.length === 0) return complete();
  const readings = text.includes("<") ? [parsed, parseAsJsx(text)] : [parsed];
  if (readings.some(({ syntaxErrors }) => syntaxErrors.length === 0)) return complete();
  return readings.some(ranOutOfText)
    ? { status: "incomplete", indent: nextIndent(code) }
    : { status: "invalid", indent: "" };
}
