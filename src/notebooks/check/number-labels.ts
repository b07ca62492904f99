/** The names of a number in text: what stands before it in its line. */

/** So much of the line is looked at. */
const LONGEST = 80;

/** Names that a rule may use for the number at `at`: of `top 5 accuracy: 0.9` both `top 5 accuracy` and `accuracy`. */
export function labelsAt(text: string, at: number): string[] {
  const line = text
    .slice(Math.max(0, at - LONGEST), at)
    .split("\n")
    .at(-1)!;
  const plain = line
    .replace(/[\s[({<'"`]+$/, "")
    .replace(/(?:[:=≈~]|\b(?:is|of|was|are))$/, "")
    .replace(/[\s'"`\])]+$/, (ending) =>
      ending.includes(")") || ending.includes("]") ? ending.replace(/['"`\s]/g, "") : "",
    );
  const part = plain.split(/[:=,;|{}\t]|\s{2,}|\s[-–—]\s/).at(-1)!;
  const whole = part.replace(/^[\s'"`[(<*#>-]+/, "").trim();
  // The number before belongs to another name: `0.30 accuracy: 0.90`.
  const after = whole
    .split(/(?:^|\s)[-+]?\d[\d.,]*%?\s+/)
    .at(-1)!
    .trim();
  const names = /^[-+]?\d/.test(whole) ? [after, whole] : [whole, after];
  return [...new Set(names)].filter((name) => /\p{L}/u.test(name));
}
