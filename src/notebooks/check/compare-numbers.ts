/** Numbers: found in text, and compared within tolerances. */
import type { NamedRule, NumberRule } from "./rules";

/** What two runs of one program may differ by without a rule: rounding on another processor. */
export const DEFAULT_RELATIVE = 1e-4;
/** A number written with few digits may differ by one unit of the last, but not by more than this part of it. */
const MOST_ROUNDING = 0.02;
/** What is as good as 0 where the other number is exactly 0. */
export const DEFAULT_ABSOLUTE = 1e-9;

export interface FoundNumber {
  readonly value: number;
  /** As it is written. */
  readonly text: string;
  /** Where it begins in the text. */
  readonly at: number;
  /** One unit of the last written digit: what rounding may change. Infinite precision for integers: 0. */
  readonly unit: number;
}

/** A text's numbers, and the text with each number replaced by `#`. */
export interface NumbersOfText {
  readonly numbers: readonly FoundNumber[];
  readonly frame: string;
}

const number =
  /(?<![\w.#])[-+−]?(?:(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w]|\.\d)|(?<![\w.])[-+−]?(?:NaN|Infinity|nan|inf)(?!\w)/g;

/** Finds numbers that stand alone; digits within words (`conv2d_1`, `v1.2.3`, `007`, `1e999`) belong to the text. */
export function numbersIn(text: string): NumbersOfText {
  const numbers: FoundNumber[] = [];
  const frame = text.replace(number, (written: string, at: number) => {
    const value = valueOf(written);
    if (/\d/.test(written) && (!Number.isFinite(value) || (value === 0 && /^[^eE]*[1-9]/.test(written))))
      return written;
    numbers.push({ value, text: written, at, unit: unitOf(written) });
    return "#";
  });
  return { numbers, frame };
}

function valueOf(written: string): number {
  const plain = written.replaceAll(",", "").replace("−", "-");
  if (/nan$/i.test(plain)) return NaN;
  if (/inf/i.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  return Number(plain);
}

function unitOf(written: string): number {
  const [mantissa, exponent = "0"] = written.toLowerCase().split("e");
  const decimals = mantissa.split(".")[1];
  return !decimals && exponent === "0" ? 0 : 10 ** (Number(exponent) - (decimals?.length ?? 0));
}

/** Digits of an integer as it is written; undefined for other numbers. */
function integerDigits(written: string): string | undefined {
  const plain = written.replaceAll(",", "").replace("−", "-").replace(/^\+/, "");
  return /^-?\d+$/.test(plain) ? plain : undefined;
}

/** Whether two integers are written with other digits; `number` keeps 15 of them. */
export function otherDigits(a: string, b: string): boolean {
  const [left, right] = [integerDigits(a), integerDigits(b)];
  return left !== undefined && right !== undefined && left !== right && Number(left) === Number(right);
}

/** What a comparison of two numbers says. */
export interface NumberVerdict {
  readonly ok: boolean;
  /** In words: `0.8607, reference 0.8663: 0.0056 less, allowed 0.001`. */
  readonly words: string;
}

/** A compact rendering. */
export function shown(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

interface Sides {
  readonly ours: number;
  readonly reference: number;
  /** Of the written reference; see {@link FoundNumber.unit}. */
  readonly unit?: number;
  /** What is as good as 0 beside the other numbers of a figure. */
  readonly floor?: number;
  /** The same number in the reference's runs with other seeds. */
  readonly samples?: readonly number[];
}

/** Compares one number by its rule; without one, by the default tolerance. */
export function compareNumber(sides: Sides, rule?: NumberRule): NumberVerdict {
  const problems = rule ? problemsOf(sides, rule) : [near(sides, undefined)];
  const found = problems.filter((problem) => problem !== undefined);
  return { ok: found.length === 0, words: found.join("; ") };
}

function problemsOf(sides: Sides, rule: NumberRule): (string | undefined)[] {
  const { ours } = sides;
  const problems: (string | undefined)[] = [];
  const { min, max, abs, rel, noWorse, seeds } = rule;
  if (min !== undefined) problems.push(ours >= min ? undefined : `${shown(ours)}, must be at least ${min}`);
  if (max !== undefined) problems.push(ours <= max ? undefined : `${shown(ours)}, must be at most ${max}`);
  if (abs !== undefined || rel !== undefined) problems.push(near(sides, { abs, rel }));
  // A trend, or which way is better, adds to the comparison and does not replace it.
  if ([min, max, abs, rel, noWorse, seeds].every((each) => each === undefined)) problems.push(near(sides, undefined));
  if (noWorse !== undefined) problems.push(worse(sides, noWorse, rule.better ?? "higher"));
  if (seeds !== undefined) problems.push(farFromSeeds(sides, seeds));
  return problems;
}

function near(
  { ours, reference, unit = 0, floor = 0 }: Sides,
  rule: Pick<NumberRule, "abs" | "rel"> | undefined,
): string | undefined {
  if (Object.is(ours, reference) || ours === reference) return undefined;
  const allowed = rule
    ? Math.max(rule.abs ?? 0, (rule.rel ?? 0) * Math.abs(reference))
    : defaultTolerance(ours, reference, unit, floor);
  const difference = Math.abs(ours - reference);
  // Rounding must not turn a difference of exactly the tolerance into a miss.
  if (difference <= allowed * (1 + 1e-9)) return undefined;
  const way = ours > reference ? "more" : "less";
  const apart = Number.isFinite(difference) ? `${shown(difference)} ${way}` : "not comparable";
  return `${shown(ours)}, reference ${shown(reference)}: ${apart}, allowed ${shown(allowed)}`;
}

function defaultTolerance(ours: number, reference: number, unit: number, floor: number): number {
  const least = ours === 0 || reference === 0 ? Math.max(DEFAULT_ABSOLUTE, floor) : floor;
  if (unit === 0 && floor === 0 && Number.isInteger(reference)) return least;
  const size = Math.abs(reference);
  return Math.max(least, DEFAULT_RELATIVE * size, Math.min(unit, MOST_ROUNDING * size));
}

function worse({ ours, reference }: Sides, allowed: number, better: "higher" | "lower"): string | undefined {
  const loss = better === "higher" ? reference - ours : ours - reference;
  if (loss <= allowed * (1 + 1e-9)) return undefined;
  return `${shown(ours)} is worse than the reference ${shown(reference)} by ${shown(loss)}, allowed ${shown(allowed)}`;
}

/** A new value lies within k·s·√(1 + 1/n) of the mean of n earlier ones. */
function farFromSeeds({ ours, samples = [] }: Sides, k: number): string | undefined {
  const n = samples.length;
  if (n < 3) return `the reference holds ${n} seeds, at least 3 are needed (notebooks accept --seeds 5)`;
  const mean = samples.reduce((sum, each) => sum + each, 0) / n;
  const deviation = Math.sqrt(samples.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1));
  const allowed = k * deviation * Math.sqrt(1 + 1 / n);
  if (Math.abs(ours - mean) <= allowed + DEFAULT_ABSOLUTE) return undefined;
  return `${shown(ours)} is ${shown(Math.abs(ours - mean))} from the mean ${shown(mean)} of ${n} seeds, allowed ${shown(allowed)} (${k} standard deviations)`;
}

/** Whether a sequence keeps to a trend: Kendall's τ between values and their order is at least 0.5. */
export function compareTrend(values: readonly number[], rule: NamedRule): NumberVerdict {
  if (rule.trend === undefined) return { ok: true, words: "" };
  if (values.length < 2) return { ok: false, words: `a trend needs at least two numbers, found ${values.length}` };
  let agreement = 0;
  for (let j = 1; j < values.length; j++) for (let i = 0; i < j; i++) agreement += Math.sign(values[j] - values[i]);
  const tau = agreement / ((values.length * (values.length - 1)) / 2);
  const ok = (rule.trend === "up" ? tau : -tau) >= 0.5;
  const ends = `${shown(values[0])} … ${shown(values.at(-1)!)}`;
  return { ok, words: ok ? "" : `${ends} should go ${rule.trend}, rank correlation with the order is ${shown(tau)}` };
}
