/** JSON as notebooks hold it: Python writes `NaN`, `Infinity` and integers of any length as they are, and others read that. */

/**
 * The value of a JSON text, which may have `NaN`, `Infinity` and `-Infinity` in it. An integer that a number would not
 * hold exactly becomes a marked text (see {@link jsonText}). Throws a `SyntaxError` for other faults.
 */
export function parseJson(text: string): unknown {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (LONG_INTEGER.test(plain)) return parseMarked(plain, marked(plain) ?? plain);
  try {
    return JSON.parse(plain) as unknown;
  } catch (error) {
    const found = marked(plain);
    if (found === undefined) throw error;
    return parseMarked(plain, found);
  }
}

/** The text of a value that {@link parseJson} gave: what JSON cannot say is written as Python writes it. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(
    value,
    (_, each: unknown) => (typeof each === "number" && !Number.isFinite(each) ? MARK + String(each) : each),
    indent,
  );
  return text.replace(MARKED, "$1");
}

/** A text of a value for people, without marks. */
export function withoutMarks(text: string): string {
  return text.replace(MARKED, "$1");
}

/** A character for private use: no text of people begins with it. */
const MARK = "\uf8ffdnn-lab:";
const MARKED = /"\uf8ffdnn-lab:(NaN|-?Infinity|-?\d{16,})"/g;
/** Where an integer may stand that a number does not hold; in a text too, which is found out afterwards. */
const LONG_INTEGER = /[[\s:,]-?[1-9]\d{15,}\s*[,\]}]/;
const literals = new Map<string, number>([
  [`${MARK}NaN`, NaN],
  [`${MARK}Infinity`, Infinity],
  [`${MARK}-Infinity`, -Infinity],
]);

function parseMarked(plain: string, text: string): unknown {
  if (text === plain) return JSON.parse(plain) as unknown;
  return JSON.parse(text, (_, value: unknown) => (typeof value === "string" ? (literals.get(value) ?? value) : value));
}

/** The text with such literals as marked strings; undefined when there are none. */
function marked(text: string): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    if (text.charCodeAt(at) === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    const word = literalAt(text, at);
    if (word !== undefined && needsMark(word)) {
      parts.push(text.slice(from, at), JSON.stringify(MARK + word));
      from = at + word.length;
    }
    at += word?.length ?? 1;
  }
  return parts.length === 0 ? undefined : parts.join("") + text.slice(from);
}

const QUOTE = 0x22;
const LITERAL = /NaN|-?Infinity|-?\d[\d.eE+-]*/y;

/** The number that begins at a place outside of strings. */
function literalAt(text: string, at: number): string | undefined {
  const code = text.charCodeAt(at);
  const begins = code === 0x4e || code === 0x49 || code === 0x2d || (code >= 0x30 && code <= 0x39);
  if (!begins) return undefined;
  LITERAL.lastIndex = at;
  return LITERAL.exec(text)?.[0];
}

function needsMark(word: string): boolean {
  if (/[NI]/.test(word)) return true;
  return /^-?\d{16,}$/.test(word) && String(Number(word)) !== word;
}

/** The place after the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}
