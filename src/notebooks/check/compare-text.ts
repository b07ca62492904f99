/** Text: the words must be the same, the numbers within tolerance. */
import type { Comparison, Difference } from "./difference";
import { labelsAt } from "./number-labels";
import { withoutNoise } from "./text-noise";
import { compareNumber, compareTrend, numbersIn, otherDigits, type FoundNumber } from "./compare-numbers";
import type { RuleBook } from "./rule-book";
import { plainName } from "./rules";

/** A text as it is compared. */
interface Prepared {
  readonly text: string;
  readonly numbers: readonly FoundNumber[];
  readonly frame: string;
  readonly taken: readonly string[];
}

function prepared(raw: string, book: RuleBook): Prepared {
  const { text, taken } = withoutNoise(book.replaced(raw));
  return { text, taken, ...numbersIn(text) };
}

/** What a number is besides the words before it: the heading of its column, the name of its trace. */
export interface Place {
  readonly where: string;
  readonly names?: readonly (string | undefined)[];
  /** Trends are looked for elsewhere, such as in the whole column. */
  readonly withoutTrends?: boolean;
}

/** Compares two texts; `samples` are the texts of the reference's other seeds. */
export function compareText(
  place: string | Place,
  reference: string,
  ours: string,
  book: RuleBook,
  samples: readonly string[] = [],
): Comparison {
  const { where, names = [], withoutTrends = false } = typeof place === "string" ? { where: place } : place;
  const [theirs, mine] = [prepared(reference, book), prepared(ours, book)];
  const labels = book.asksForNames
    ? mine.numbers.map(({ at }) => labelsAt(mine.text, at))
    : mine.numbers.map((): string[] => []);
  for (const each of labels) for (const label of each) book.offer(label);
  const trends = withoutTrends ? [] : trendsOf(where, mine.numbers, labels, book);
  if (!sameWords(theirs, mine))
    return { differences: [...trends, otherWords(where, reference, ours, theirs, mine)], numbers: 0 };
  const others = samples.map((text) => prepared(text, book).numbers);
  const differences = mine.numbers.flatMap((number, i): Difference[] => {
    const expected = theirs.numbers[i];
    const values = others.flatMap((numbers) => (numbers.length === mine.numbers.length ? [numbers[i].value] : []));
    const rule = book.for([...labels[i], ...names]);
    const unit = Math.max(expected.unit, number.unit);
    const verdict = compareNumber(
      { ours: number.value, reference: expected.value, unit, samples: [expected.value, ...values] },
      rule,
    );
    const digits = rule === undefined && verdict.ok && otherDigits(number.text, expected.text);
    if (verdict.ok && !digits) return [];
    const label = labels[i][0] ?? labelsAt(mine.text, number.at)[0];
    const message = digits ? `${number.text}, reference ${expected.text}` : verdict.words;
    return [
      {
        kind: "number",
        where: label ? `${where}, ${label}` : where,
        message,
        reference: expected.text,
        ours: number.text,
      },
    ];
  });
  return { differences: [...differences, ...trends], numbers: mine.numbers.length, noise: noiseOf(theirs, mine) };
}

/** What was taken out and is not the same on both sides. */
function noiseOf({ taken: theirs }: Prepared, { taken: mine }: Prepared): string[] {
  return mine.flatMap((text, i) => (text === theirs[i] ? [] : [`${text} (reference ${theirs[i] ?? "nothing"})`]));
}

function trendsOf(
  where: string,
  numbers: readonly FoundNumber[],
  labels: readonly (readonly string[])[],
  book: RuleBook,
): Difference[] {
  return book.rules.numbers.flatMap((rule): Difference[] => {
    if (!rule.trend) return [];
    const name = rule.name === undefined ? undefined : plainName(rule.name);
    const chosen = numbers.filter((_, i) => name === undefined || labels[i].some((label) => plainName(label) === name));
    if (name !== undefined && chosen.length === 0) return [];
    const { ok, words } = compareTrend(
      chosen.map(({ value }) => value),
      rule,
    );
    return ok ? [] : [{ kind: "number", where: rule.name ? `${where}, ${rule.name}` : where, message: words }];
  });
}

/**
 * Whether all but the numbers is the same. Where numbers are written with other lengths, the blanks that line them up may
 * be others; indentation counts otherwise.
 */
function sameWords(a: Prepared, b: Prepared): boolean {
  if (a.numbers.length !== b.numbers.length) return false;
  if (a.frame === b.frame) return true;
  if (tidy(a.frame, false) === tidy(b.frame, false)) return true;
  const widths = ({ numbers }: Prepared) => numbers.map(({ text }) => text.length).join();
  return widths(a) !== widths(b) && tidy(a.frame, true) === tidy(b.frame, true);
}

/** The width of columns and the breaks of printed lists follow from the widths of numbers. */
function tidy(frame: string, loose: boolean): string {
  return frame
    .replace(/\[[\s#,]*(?:\.\.\. # more items?\s*)?\]/g, (listed) =>
      listed.replace(/\s+/g, " ").replace(/^\[ | \]$/g, (end) => end.trim()),
    )
    .split("\n")
    .map((line) => {
      const [indent] = /^[ \t]*/.exec(line)!;
      const rest = line
        .slice(indent.length)
        .replace(/([─━═=-])\1{3,}/g, "$1$1$1")
        .replace(/[ \t]+/g, " ")
        .trimEnd();
      return (loose || rest.startsWith("#") ? "" : indent) + rest;
    })
    .join("\n")
    .trimEnd();
}

function otherWords(where: string, reference: string, ours: string, theirs: Prepared, mine: Prepared): Difference {
  const [left, right] = [theirs, mine].map(({ frame }) => tidy(frame, false).split("\n"));
  const at = left.findIndex((line, i) => line !== right[i]);
  const line = at < 0 ? Math.min(left.length, right.length) : at;
  const [a, b] = [theirs, mine].map(({ text }) => shortened(text.split("\n")[line] ?? "(nothing)"));
  return {
    ...{ kind: "text", where, message: `line ${line + 1} is ${JSON.stringify(b)}, reference ${JSON.stringify(a)}` },
    ...{ reference: shortened(reference, 20_000), ours: shortened(ours, 20_000) },
  };
}

function shortened(text: string, most = 400): string {
  return text.length > most ? `${text.slice(0, most)}…` : text.trimEnd();
}
