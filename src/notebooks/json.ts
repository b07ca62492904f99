/** JSON as notebooks hold it: Python writes `NaN` and `Infinity` as they are, and others read that. */

/** The value of a JSON text, which may have `NaN`, `Infinity` and `-Infinity` in it. Throws a `SyntaxError` for other faults. */
export function parseJson(text: string): unknown {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(plain) as unknown;
  } catch (error) {
    const marked = withoutLiterals(plain);
    if (marked === undefined) throw error;
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === "string" ? (literals.get(value) ?? value) : value,
    );
  }
}

const MARK = "\u0001dnn-lab:";
const literals = new Map<string, number>([
  [`${MARK}NaN`, NaN],
  [`${MARK}Infinity`, Infinity],
  [`${MARK}-Infinity`, -Infinity],
]);

/** The literals as marked strings; undefined when there are none. */
function withoutLiterals(text: string): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x4e || code === 0x49 || code === 0x2d) {
      const word = ["NaN", "Infinity", "-Infinity"].find((each) => text.startsWith(each, at));
      if (word !== undefined) {
        parts.push(text.slice(from, at), JSON.stringify(MARK + word));
        from = at + word.length;
      }
      at += word?.length ?? 1;
    } else at++;
  }
  return parts.length === 0 ? undefined : parts.join("") + text.slice(from);
}

/** The place after the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i + 1;
  }
  return text.length;
}
