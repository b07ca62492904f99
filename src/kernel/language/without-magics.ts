/** Lines that are the kernel's and not TypeScript's: `%time f()`, `%check warn`, `%%html`. */
import { blanked } from "./transform/edits";

/** Cell magics whose body is TypeScript all the same. */
const TYPESCRIPT_BODY = /^%%(?:time|timeit|check)\b/;

/** True when the whole cell is in another language (`%%sh`, `%%html`, `%%md`). */
export function isMagicCell(code: string): boolean {
  const start = code.replace(/^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/, "");
  return start.startsWith("%%") && !TYPESCRIPT_BODY.test(start);
}

/** Line magics that are followed by TypeScript on the same line. */
const BEFORE_CODE = /^[ \t]*%%?(?:time|timeit)\b(?:[ \t]+-\w+[ \t]*\d*)*/;

/** The code with its magics blanked, each position kept. */
export function withoutMagics(code: string): string {
  return code.replace(/^[ \t]*%%?[A-Za-z?][^\r\n]*/gm, (line, at: number) => {
    if (!isAtStart(code, at)) return line;
    const magic = BEFORE_CODE.exec(line)?.[0];
    return magic === undefined ? blanked(line) : blanked(magic) + line.slice(magic.length);
  });
}

/** Magics stand before all code: a later line that begins with `%` is a remainder. */
function isAtStart(code: string, at: number): boolean {
  return code
    .slice(0, at)
    .split(/\r\n|[\n\r]/)
    .every((line) => /^\s*(?:%.*|\/\/.*)?$/.test(line));
}
