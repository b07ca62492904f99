/** JSON values by their structure: numbers within tolerance, texts as texts, all else equal. */
import { isRecord } from "dnn-lab-core/objects";
import { show } from "dnn-lab-core/check";
import { different, merged, same, type Comparison, type Difference } from "./difference";
import { compareNumber } from "./compare-numbers";
import type { RuleBook } from "./rule-book";
import type { NumberRule } from "./rules";
import { withoutMarks } from "../notebook/json";
import { compareText } from "./compare-text";

/** What is known of a value's place. */
export interface Values {
  readonly book: RuleBook;
  readonly kind: Difference["kind"];
  /** Names by which a rule may mean the numbers, the nearest first. */
  readonly names: readonly (string | undefined)[];
  /** Whether the numbers near 0 of a list are only as exact as its largest (as those of a drawn curve are). */
  readonly drawn?: boolean;
  /** For the place of a list's worst number. */
  readonly x?: readonly unknown[];
  /** What is said of a key of an object; undefined: it is compared like all. */
  readonly leave?: (key: string, path: readonly string[], value: unknown) => boolean;
  readonly path?: readonly string[];
  /** Values as they are meant, of values as they are packed. */
  readonly unpack?: (value: unknown) => unknown;
}

/** Deeper nesting is refused: the call stack has an end. */
const DEEPEST = 1_000;
/** Of 32-bit numbers, what is as good as 0 beside the largest of a curve. */
const SINGLE_PRECISION = 1.2e-7;

/** Compares two values. */
export function compareValues(where: string, before: unknown, after: unknown, place: Values): Comparison {
  const { unpack = (value: unknown) => value, kind, path = [] } = place;
  const [reference, ours] = [unpack(before), unpack(after)];
  if (path.length > DEEPEST) throw new RangeError(`${where.slice(0, 80)}… is nested more than ${DEEPEST} levels deep`);
  if (typeof reference === "number" && typeof ours === "number")
    return compareNumbers(where, [reference], [ours], place);
  if (Array.isArray(reference) && Array.isArray(ours)) return compareLists(where, reference, ours, place);
  if (isRecord(reference) && isRecord(ours)) return compareRecords(where, reference, ours, place);
  if (Object.is(reference, ours) || (reference ?? null) === (ours ?? null)) return same;
  if (typeof reference === "string" && typeof ours === "string") return compareTexts(where, reference, ours, place);
  return different(kind, where, `${brief(ours)}, reference ${brief(reference)}`);
}

const brief = (value: unknown): string => {
  const text = withoutMarks(show(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

function compareTexts(where: string, reference: string, ours: string, { book, kind, names }: Values): Comparison {
  const { differences, ...rest } = compareText({ where, names, withoutTrends: true }, reference, ours, book);
  const told = differences.map((each) =>
    each.kind === "text" ? { ...each, kind, message: `${brief(ours)}, reference ${brief(reference)}` } : each,
  );
  return { ...rest, differences: told };
}

function compareLists(
  where: string,
  reference: readonly unknown[],
  ours: readonly unknown[],
  place: Values,
): Comparison {
  const { kind } = place;
  if (reference.length !== ours.length)
    return different(kind, where, `${ours.length} values, reference ${reference.length}`);
  if (reference.every(isNumberOrGap) && ours.every(isNumberOrGap)) return compareNumbers(where, reference, ours, place);
  return compareMembers(ours.keys(), (i) =>
    compareValues(`${where}[${i}]`, reference[i], ours[i], {
      ...place,
      x: undefined,
      path: [...(place.path ?? []), String(i)],
    }),
  );
}

function compareRecords(
  where: string,
  reference: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, unknown>>,
  place: Values,
): Comparison {
  const { leave = () => false, path = [], names, unpack = (value: unknown) => value } = place;
  const keys = [...new Set([...Object.keys(reference), ...Object.keys(ours)])].sort();
  const counted = keys.filter(
    (key) => !(leave(key, path, unpack(reference[key])) && leave(key, path, unpack(ours[key]))),
  );
  return compareMembers(counted.values(), (key) => {
    const inner = { ...place, x: undefined, path: [...path, key], names: [key, [...path, key].join("."), ...names] };
    const divided = path.length === 0 && place.kind === "figure" ? `, ${key}` : `.${key}`;
    return compareValues(where + divided, reference[key], ours[key], inner);
  });
}

/** Many members, without a list of as many comparisons. */
function compareMembers<T>(members: Iterable<T>, compare: (member: T) => Comparison): Comparison {
  const found: Comparison[] = [];
  let numbers = 0;
  for (const member of members) {
    const comparison = compare(member);
    numbers += comparison.numbers;
    if (comparison.differences.length > 0 || comparison.noise?.length) found.push({ ...comparison, numbers: 0 });
  }
  const { differences, noise } = merged(found);
  return { differences, noise, numbers };
}

/** A gap in a curve is `null`, or no finite number. */
function isNumberOrGap(value: unknown): value is number | null {
  return typeof value === "number" || value === null;
}

/** For two lists of numbers the worst difference is reported. */
function compareNumbers(
  where: string,
  reference: readonly (number | null)[],
  ours: readonly (number | null)[],
  { book, names, drawn = false, x }: Values,
): Comparison {
  const rule = book.for(names);
  const floor = drawn ? floorOf(reference, ours) : 0;
  let worst: { i: number; words: string; distance: number } | undefined;
  let wrong = 0;
  for (let i = 0; i < ours.length; i++) {
    const words = wordsOf(reference[i], ours[i], floor, rule);
    if (words === undefined) continue;
    wrong++;
    const distance = Math.abs(Number(ours[i]) - Number(reference[i]));
    if (worst === undefined || distance > worst.distance) worst = { i, words, distance };
  }
  if (worst === undefined) return { differences: [], numbers: ours.length };
  const at = ours.length === 1 ? "" : x === undefined ? ` at [${worst.i}]` : ` at x = ${show(x[worst.i])}`;
  const others = wrong > 1 ? ` (${wrong} of ${ours.length} values)` : "";
  const sides = { reference: String(reference[worst.i]), ours: String(ours[worst.i]) };
  return { ...different("number", where, `${worst.words}${at}${others}`, sides), numbers: ours.length };
}

function wordsOf(
  reference: number | null,
  ours: number | null,
  floor: number,
  rule: NumberRule | undefined,
): string | undefined {
  if (reference === null || ours === null) return reference === ours ? undefined : `${ours}, reference ${reference}`;
  const verdict = compareNumber({ ours, reference, floor }, rule);
  return verdict.ok ? undefined : verdict.words;
}

/** Of numbers that are no counts, those near 0 are as exact as the largest. */
function floorOf(reference: readonly (number | null)[], ours: readonly (number | null)[]): number {
  let largest = 0;
  let counts = true;
  for (const values of [reference, ours]) {
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      counts &&= Number.isInteger(value);
      if (values === reference) largest = Math.max(largest, Math.abs(value));
    }
  }
  return counts ? 0 : SINGLE_PRECISION * largest;
}
