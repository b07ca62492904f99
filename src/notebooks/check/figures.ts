/** Plotly figures by their data: traces, axes, points; colours and sizes are no matter. */
import { show } from "dnn-lab-core/check";
import { merged, type Comparison, type Difference } from "./difference";
import { compareNumber, compareTrend } from "./numbers";
import { ruleFor, sameName, type NamedRule } from "./rules";

interface Figure {
  readonly data?: readonly Record<string, unknown>[];
  readonly layout?: Record<string, unknown>;
}

type Values = readonly unknown[];

/** What of a trace is data. */
const dataKeys = [
  ...["x", "y", "z", "values", "labels", "text", "lat", "lon", "r", "theta", "open", "high", "low", "close", "ids"],
  ...[
    "parents",
    "locations",
    "base",
    "a",
    "b",
    "c",
    "i",
    "j",
    "k",
    "u",
    "v",
    "w",
    "header",
    "cells",
    "error_x",
    "error_y",
    "value",
  ],
];
const traceKeys = ["type", "mode", "orientation", "visible", "xaxis", "yaxis", "fill", "stackgroup"];
const axisKeys = ["type", "range", "tickvals", "ticktext", "categoryarray", "autorange"];

const typed: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayLike<number>>> = {
  f8: (b) => new Float64Array(b),
  f4: (b) => new Float32Array(b),
  i1: (b) => new Int8Array(b),
  i2: (b) => new Int16Array(b),
  i4: (b) => new Int32Array(b),
  u1: (b) => new Uint8Array(b),
  u2: (b) => new Uint16Array(b),
  u4: (b) => new Uint32Array(b),
};

/** plotly.py ≥ 6 writes arrays as `{ dtype, bdata }`. */
function decoded(value: unknown): unknown {
  const { dtype, bdata } = (value ?? {}) as { dtype?: string; bdata?: string };
  const read = typeof dtype === "string" && typeof bdata === "string" ? typed[dtype.replace(/^[<>|=]/, "")] : undefined;
  if (!read) return value;
  const bytes = Buffer.from(bdata as string, "base64");
  return Array.from(read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
}

const title = (value: unknown): string => {
  const text = typeof value === "object" && value !== null ? (value as { text?: unknown }).text : value;
  return typeof text === "string" ? text : "";
};

const traceName = (trace: Record<string, unknown>, i: number): string =>
  typeof trace.name === "string" && trace.name ? trace.name : `trace ${i + 1}`;

/** Compares two plotly figures (`application/vnd.plotly.v1+json`). */
export function compareFigures(
  where: string,
  reference: unknown,
  ours: unknown,
  rules: readonly NamedRule[],
): Comparison {
  const [theirs, mine] = [reference, ours].map((figure) => (figure ?? {}) as Figure);
  const [a, b] = [theirs.data ?? [], mine.data ?? []];
  const layout = compareLayouts(where, theirs.layout ?? {}, mine.layout ?? {}, rules);
  if (a.length !== b.length) {
    const names = (data: Figure["data"]) => data!.map((trace, i) => traceName(trace, i)).join(", ") || "none";
    return merged([layout, one(where, `${b.length} traces (${names(b)}), reference ${a.length} (${names(a)})`)]);
  }
  return merged([layout, ...b.map((trace, i) => compareTraces(where, a[i], trace, i, rules))]);
}

/** Names that rules may use for a figure's numbers: its traces, or `trace 1` where one has no name. */
export function namesInFigure(figure: unknown): string[] {
  return ((figure ?? {}) as Figure).data?.map(traceName) ?? [];
}

function one(where: string, message: string): Comparison {
  return { differences: [{ kind: "figure", where, message }], numbers: 0 };
}

function compareTraces(
  where: string,
  reference: Record<string, unknown>,
  ours: Record<string, unknown>,
  i: number,
  rules: readonly NamedRule[],
): Comparison {
  const name = traceName(ours, i);
  const place = `${where}, trace "${name}"`;
  const rule = ruleFor(rules, name);
  const other = traceName(reference, i);
  const naming = other === name ? [] : [one(place, `it is called "${name}", reference "${other}"`)];
  const kinds = traceKeys.map((key) =>
    compareValues(`${place}, ${key}`, reference[key] ?? null, ours[key] ?? null, undefined),
  );
  const data = dataKeys.map((key) =>
    key in reference || key in ours
      ? compareValues(
          `${place}, ${key}`,
          decoded(reference[key]),
          decoded(ours[key]),
          key === "x" ? undefined : rule,
          ours.x,
        )
      : { differences: [], numbers: 0 },
  );
  return merged([...naming, ...kinds, ...data, trendOf(place, name, decoded(ours.y ?? ours.values), rules)]);
}

function trendOf(where: string, name: string, values: unknown, rules: readonly NamedRule[]): Comparison {
  const wanted = rules.filter((rule) => rule.trend && (rule.name === undefined || sameName(rule.name, name)));
  const numbers = Array.isArray(values) ? values.filter((value) => typeof value === "number") : [];
  return merged(
    wanted.map((rule) => {
      const { ok, words } = compareTrend(numbers, rule);
      return {
        differences: ok ? [] : [{ kind: "number", where: `${where}, y`, message: words } as Difference],
        numbers: 0,
      };
    }),
  );
}

function compareLayouts(
  where: string,
  reference: Record<string, unknown>,
  ours: Record<string, unknown>,
  rules: readonly NamedRule[],
): Comparison {
  const rule = ruleFor(rules, undefined);
  const axes = [...new Set([...Object.keys(reference), ...Object.keys(ours)])].filter((key) =>
    /^[xyz]axis\d*$/.test(key),
  );
  const compared = axes.map((axis) => {
    const [a, b] = [reference[axis], ours[axis]].map((each) => (each ?? {}) as Record<string, unknown>);
    const place = `${where}, ${axis}`;
    const keys = axisKeys.map((key) =>
      compareValues(`${place}, ${key}`, decoded(a[key]) ?? null, decoded(b[key]) ?? null, rule),
    );
    return merged([compareValues(`${place}, title`, title(a.title), title(b.title), undefined), ...keys]);
  });
  const notes = [reference, ours].map(({ annotations }) =>
    Array.isArray(annotations) ? annotations.map((each) => title(each)) : [],
  );
  return merged([
    compareValues(`${where}, title`, title(reference.title), title(ours.title), undefined),
    compareValues(`${where}, annotations`, notes[0], notes[1], rule),
    ...compared,
  ]);
}

/** Numbers within tolerance, all else equal; of a list of numbers the worst is told. */
export function compareValues(
  where: string,
  reference: unknown,
  ours: unknown,
  rule: NamedRule | undefined,
  x?: unknown,
  kind: Difference["kind"] = "figure",
): Comparison {
  if (typeof reference === "number" && typeof ours === "number")
    return compareNumbers(where, [reference], [ours], rule, undefined);
  if (Array.isArray(reference) && Array.isArray(ours)) {
    if (reference.length !== ours.length)
      return {
        differences: [{ kind, where, message: `${ours.length} values, reference ${reference.length}` }],
        numbers: 0,
      };
    const numeric = [...reference, ...ours].every((each) => typeof each === "number");
    if (numeric)
      return compareNumbers(where, reference as number[], ours as number[], rule, decoded(x) as Values | undefined);
    return merged(
      ours.map((each, i) => compareValues(`${where}[${i}]`, (reference as Values)[i], each, rule, undefined, kind)),
    );
  }
  if (isObject(reference) && isObject(ours)) {
    const keys = [...new Set([...Object.keys(reference), ...Object.keys(ours)])].sort();
    return merged(
      keys.map((key) =>
        compareValues(`${where}.${key}`, decoded(reference[key]), decoded(ours[key]), rule, undefined, kind),
      ),
    );
  }
  if (Object.is(reference, ours) || (reference ?? null) === (ours ?? null)) return { differences: [], numbers: 0 };
  return { differences: [{ kind, where, message: `${show(ours)}, reference ${show(reference)}` }], numbers: 0 };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compareNumbers(
  where: string,
  reference: readonly number[],
  ours: readonly number[],
  rule: NamedRule | undefined,
  x: Values | undefined,
): Comparison {
  // Of numbers that are no counts, those near 0 are as exact as the largest.
  const counts = [...reference, ...ours].every((each) => Number.isInteger(each));
  const floor = counts ? 0 : 1e-6 * Math.max(...reference.map((each) => (Number.isFinite(each) ? Math.abs(each) : 0)));
  const wrong = ours.flatMap((value, i) => {
    const verdict = compareNumber({ ours: value, reference: reference[i], floor }, rule);
    return verdict.ok ? [] : [{ i, words: verdict.words, distance: Math.abs(value - reference[i]) }];
  });
  if (wrong.length === 0) return { differences: [], numbers: ours.length };
  const worst = wrong.reduce((a, b) => (b.distance > a.distance ? b : a));
  const at = ours.length === 1 ? "" : x === undefined ? ` at [${worst.i}]` : ` at x = ${show(x[worst.i])}`;
  const others = wrong.length > 1 ? ` (${wrong.length} of ${ours.length} values)` : "";
  const difference: Difference = {
    ...{ kind: "number", where, message: `${worst.words}${at}${others}` },
    ...{ reference: String(reference[worst.i]), ours: String(ours[worst.i]) },
  };
  return { differences: [difference], numbers: ours.length };
}
