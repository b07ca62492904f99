/** Cursor positions: Jupyter counts Unicode code points, TypeScript counts UTF-16 units. */

/** The UTF-16 offset of the code point number `codePoints` (at most the text's length). */
export function toOffset(text: string, codePoints: number): number {
  let offset = 0;
  for (let count = 0; count < codePoints && offset < text.length; count++) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}

/** How many code points come before a UTF-16 offset. */
export function toCodePoints(text: string, offset: number): number {
  let count = 0;
  for (let at = 0; at < offset; count++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return count;
}
