/** Plotly figures: every attribute of data, layout and frames, but for those that only say how it looks. */
import { isRecord } from "dnn-lab-core/objects";
import { different, merged, same, type Comparison, type Difference } from "./difference";
import { compareTrend } from "./compare-numbers";
import { lookOnly } from "./presentation";
import type { RuleBook } from "./rule-book";
import { unpacked } from "./typed-arrays";
import { compareValues, type Values } from "./compare-values";

type Fields = Readonly<Record<string, unknown>>;

interface Figure {
  readonly data: readonly Fields[];
  readonly layout: Fields;
  readonly frames: readonly Fields[];
}

function figureOf(value: unknown): Figure {
  const { data, layout, frames }: Fields = isRecord(value) ? value : {};
  const list = (each: unknown) => (Array.isArray(each) ? each.map((one) => (isRecord(one) ? one : {})) : []);
  return { data: list(data), layout: isRecord(layout) ? layout : {}, frames: list(frames) };
}

const traceName = (trace: Fields, i: number): string =>
  typeof trace.name === "string" && trace.name ? trace.name : `trace ${i + 1}`;

/** Compares two plotly figures (`application/vnd.plotly.v1+json`). */
export function compareFigures(where: string, reference: unknown, ours: unknown, book: RuleBook): Comparison {
  const [theirs, mine] = [figureOf(reference), figureOf(ours)];
  const place: Values = { book, kind: "figure", names: [], drawn: true, unpack: unpacked, leave: lookOnly };
  const [before, after] = [theirs.layout, mine.layout].map(plainTitles);
  const layout = compareValues(where, before, after, { ...place, drawn: false });
  const frames = compareValues(`${where}, frames`, theirs.frames, mine.frames, place);
  return merged([layout, compareTraces(where, theirs.data, mine.data, mine.layout, place), frames]);
}

/** `title: "A"` and `title: { text: "A" }` are the same. */
function plainTitles(layout: Fields): Fields {
  const plain = (value: unknown): unknown => (isRecord(value) && typeof value.text === "string" ? value.text : value);
  const entries = Object.entries(layout).map(([key, value]) => {
    if (key === "title") return [key, plain(value)];
    return /axis\d*$/.test(key) && isRecord(value) && "title" in value
      ? [key, { ...value, title: plain(value.title) }]
      : [key, value];
  });
  return Object.fromEntries(entries) as Fields;
}

function compareTraces(
  where: string,
  a: readonly Fields[],
  b: readonly Fields[],
  layout: Fields,
  place: Values,
): Comparison {
  if (a.length !== b.length) {
    const names = (data: readonly Fields[]) => data.map((trace, i) => traceName(trace, i)).join(", ") || "none";
    return different("figure", where, `${b.length} traces (${names(b)}), reference ${a.length} (${names(a)})`);
  }
  return merged(b.map((trace, i) => compareTrace(where, a[i], trace, i, layout, place)));
}

function compareTrace(
  where: string,
  reference: Fields,
  ours: Fields,
  i: number,
  layout: Fields,
  place: Values,
): Comparison {
  const [name, expectedName] = [traceName(ours, i), traceName(reference, i)];
  const within = `${where}, trace "${name}"`;
  const naming =
    expectedName === name ? same : different("figure", within, `it is called "${name}", reference "${expectedName}"`);
  const x = unpacked(ours.x);
  const keys = [...new Set([...Object.keys(reference), ...Object.keys(ours)])].filter((key) => key !== "name").sort();
  const compared = keys.map((key) => {
    if (lookOnly(key, [], reference[key]) && lookOnly(key, [], ours[key])) return same;
    const names = key === "x" ? [] : [name];
    const drawn = !onLogAxis(key, ours, layout);
    const at = key !== "x" && Array.isArray(x) ? x : undefined;
    return compareValues(`${within}, ${key}`, reference[key], ours[key], {
      ...place,
      names,
      drawn,
      x: at,
      path: [key],
    });
  });
  return merged([naming, ...compared, trendIn(within, name, unpacked(ours.y ?? ours.values), place.book)]);
}

/** On an axis with logarithms the smallest numbers are drawn as well as the largest. */
function onLogAxis(key: string, trace: Fields, layout: Fields): boolean {
  if (!/^[xyz]$/.test(key)) return false;
  const axis = typeof trace[`${key}axis`] === "string" ? (trace[`${key}axis`] as string) : key;
  const found = layout[`${key}axis${axis.slice(1)}`];
  return isRecord(found) && found.type === "log";
}

function trendIn(where: string, name: string, values: unknown, book: RuleBook): Comparison {
  book.offer(name);
  const rule = book.trendOf(name);
  if (!rule) return same;
  const numbers = Array.isArray(values) ? values.filter((value) => typeof value === "number") : [];
  const { ok, words } = compareTrend(numbers, rule);
  return {
    differences: ok ? [] : [{ kind: "number", where: `${where}, y`, message: words } as Difference],
    numbers: 0,
  };
}
