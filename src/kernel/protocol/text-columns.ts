import { Intl, Math } from "../intrinsics";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** What East Asian typography and terminals set two columns wide. */
const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Bopomofo}|\p{Script=Yi}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{RI}{2})/u;
const CUT = "…";

/** How many columns a text takes in a fixed-width font: what is seen as one character has one, a wide one two. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** A part of a line around a place, with the place in it. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
}

/**
 * The part of a line that is shown: `most` characters around `column`, with an ellipsis where something was cut. A short line is
 * returned as it is.
 */
export function excerpt(line: string, column: number, most: number): Excerpt {
  if (line.length <= most) return { text: line, column };
  // A third of what is shown comes after the place.
  const wanted = Math.max(0, Math.min(column - Math.floor((2 * most) / 3), line.length - most));
  const start = boundary(line, wanted);
  const end = boundary(line, Math.min(line.length, start + most));
  const before = start > 0 ? CUT : "";
  const text = before + line.slice(start, end) + (end < line.length ? CUT : "");
  return { text, column: column - start + before.length };
}

/** The nearest place before `at` where no character is cut in two. */
function boundary(line: string, at: number): number {
  if (at <= 0 || at >= line.length) return at;
  // What belongs together is short: a family of emoji has eleven code units.
  const from = Math.max(0, at - 32);
  return from + (segmenter.segment(line.slice(from, at + 32)).containing(at - from)?.index ?? 0);
}
