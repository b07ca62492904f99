/** HTML and SVG by their structure: elements, attributes, styles, what scripts hold; tables cell by cell. */
import { different, merged, same, type Comparison } from "./difference";
import { compareImages } from "./compare-images";
import { labelsAt } from "./number-labels";
import { markupOf, type Piece } from "./markup";
import type { RuleBook } from "./rule-book";
import { compareTable } from "./tables";
import { compareText } from "./compare-text";
import { compareValues } from "./compare-values";

/** Compares HTML. */
export function compareHtml(
  where: string,
  reference: string,
  ours: string,
  book: RuleBook,
  samples: readonly string[] = [],
): Comparison {
  if (reference === ours && book.rules.numbers.length === 0 && !/<t[dh]\b/i.test(ours)) return same;
  const [theirs, mine] = [markupOf(reference), markupOf(ours)];
  const others = samples.map((each) => markupOf(each).tables);
  const around = comparePieces(where, theirs.pieces, mine.pieces, book);
  if (theirs.tables.length !== mine.tables.length) {
    const message = `${mine.tables.length} tables, reference ${theirs.tables.length}`;
    return merged([around, different("table", where, message)]);
  }
  const tables = mine.tables.map((table, i) => {
    const place = mine.tables.length > 1 ? `${where}, table ${i + 1}` : `${where}, table`;
    return compareTable(place, theirs.tables[i], table, book, others.map((each) => each[i]).filter(Boolean));
  });
  return merged([...tables, tables.some(({ differences }) => differences.length) ? same : around]);
}

/** Compares SVG pictures. */
export function compareSvg(where: string, reference: string, ours: string, book: RuleBook): Comparison {
  if (reference === ours && book.rules.numbers.length === 0) return same;
  return comparePieces(where, markupOf(reference, true).pieces, markupOf(ours, true).pieces, book);
}

function comparePieces(where: string, a: readonly Piece[], b: readonly Piece[], book: RuleBook): Comparison {
  const at = b.findIndex(({ what, text }, i) => a[i]?.what !== what || (what === "element" && a[i].text !== text));
  const end = at < 0 && a.length > b.length ? b.length : at;
  if (end >= 0) return different("text", where, `${named(b[end])}, reference ${named(a[end])}`);
  const found: Comparison[] = [];
  let numbers = 0;
  let before = "";
  b.forEach((piece, i) => {
    const names = book.asksForNames && isText(piece) ? labelsAt(before, before.length) : [];
    if (isText(piece)) before = piece.text;
    const comparison = comparePiece(where, a[i].text, piece, { book, names });
    numbers += comparison.numbers;
    if (comparison.differences.length || comparison.noise?.length) found.push({ ...comparison, numbers: 0 });
  });
  return { ...merged(found), numbers };
}

const named = (piece: Piece | undefined): string =>
  piece === undefined
    ? "nothing more"
    : piece.what === "element"
      ? `<${piece.text}>`
      : `${piece.what} ${JSON.stringify(piece.text.slice(0, 80))}`;

const geometry = /(?:^| )(?:d|points|transform|viewBox|gradientTransform|patternTransform)$/;
const embedded = /^data:(image\/[\w.+-]+);base64,/;

const isText = ({ what }: Piece): boolean => what.startsWith("text of") && !/(?:script|style)$/.test(what);

interface PiecePlace {
  readonly book: RuleBook;
  /** What the text before says: `loss:` of `loss: <b>0.3</b>`. */
  readonly names: readonly string[];
}

function comparePiece(where: string, reference: string, piece: Piece, { book, names }: PiecePlace): Comparison {
  const { what, text } = piece;
  if (what === "element") return same;
  const place = isText(piece) ? where : `${where}, ${what}`;
  if (geometry.test(what)) return compareGeometry(place, reference, text, book);
  const [before, after] = [reference, text].map((each) => embedded.exec(each));
  if (before && after) {
    if (reference === text) return same;
    return compareImages(place, reference.slice(before[0].length), text.slice(after[0].length), {
      mime: after[1],
      book,
    });
  }
  if (isText(piece)) return compareText({ where: place, names }, blanks(reference), blanks(text), book);
  if (/(?:script|style)$/.test(what))
    return compareText({ where: place, withoutTrends: true }, blanks(reference), blanks(text), book);
  const key = what.split(" ").at(-1);
  return compareText({ where: place, names: [key], withoutTrends: true }, reference, text, book);
}

/** Of the blanks between words a browser shows one. */
const blanks = (text: string): string => text.replace(/\s+/g, " ").trim();

const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/** Paths and points: the same commands, and numbers that draw the same. */
function compareGeometry(where: string, reference: string, ours: string, book: RuleBook): Comparison {
  if (reference === ours) return same;
  const [a, b] = [reference, ours].map((text) =>
    text
      .replace(number, "#")
      .replace(/[\s,]+/g, " ")
      .trim(),
  );
  if (a !== b)
    return different(
      "text",
      where,
      `${JSON.stringify(ours.slice(0, 80))}, reference ${JSON.stringify(reference.slice(0, 80))}`,
    );
  const [theirs, mine] = [reference, ours].map((text) => (text.match(number) ?? []).map(Number));
  return compareValues(where, theirs, mine, { book, kind: "image", names: [], drawn: true });
}
