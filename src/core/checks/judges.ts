/** Judges: functions that say whether a value is right. */
import { show } from "../check";

/** A value that is right in part. */
export interface Partly {
  /** Of the test's points, from 0 to 1. */
  readonly share: number;
  /** What is missing, in words. */
  readonly why: string;
}

/** `true` when the value is right; else why not, in words; or what share of it is right. */
export type Verdict = true | string | Partly;
/** Says whether a value is right: `true`, or `false` or words when it is not, or `{ share, why }` when it is in part. */
export type Judge = (value: unknown) => boolean | string | Partly;

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Values as a grader sees them: what the kernel holds, without methods. */
function same(a: unknown, b: unknown, close: (a: number, b: number) => boolean): boolean {
  if (isNumber(a) && isNumber(b)) return a === b || Object.is(a, b) || close(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name], close));
}

/** A value in short, for messages. */
function inShort(value: unknown): string {
  if (isNumber(value)) return String(Number(value.toPrecision(6)));
  if (Array.isArray(value) && value.length <= 6) return `[${value.map(inShort).join(", ")}]`;
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || entries.length > 6) return show(value);
  return `{ ${entries.map(([name, each]) => `${name}: ${inShort(each)}`).join(", ")} }`;
}

export const judges = {
  /** The value is `expected`, part by part. */
  equals:
    (expected: unknown): Judge =>
    (value) =>
      same(value, expected, () => false) || `expected ${inShort(expected)}, found ${inShort(value)}`,

  /** Every number of the value is at most `abs` (default 10⁻⁶) or `rel` of the expected one away; the larger counts. */
  near:
    (expected: unknown, { abs = 1e-6, rel = 0 }: { abs?: number; rel?: number } = {}): Judge =>
    (value) =>
      same(value, expected, (a, b) => Math.abs(a - b) <= Math.max(abs, rel * Math.abs(b))) ||
      `expected about ${inShort(expected)}, found ${inShort(value)}`,

  atLeast:
    (least: number): Judge =>
    (value) =>
      (isNumber(value) && value >= least) || `expected at least ${least}, found ${inShort(value)}`,

  atMost:
    (most: number): Judge =>
    (value) =>
      (isNumber(value) && value <= most) || `expected at most ${most}, found ${inShort(value)}`,

  between:
    (least: number, most: number): Judge =>
    (value) =>
      (isNumber(value) && value >= least && value <= most) || `expected ${least} to ${most}, found ${inShort(value)}`,

  oneOf:
    (...choices: readonly unknown[]): Judge =>
    (value) =>
      choices.some((each) => same(value, each, () => false)) ||
      `expected one of ${inShort(choices)}, found ${inShort(value)}`,
} as const;

const isPartly = (verdict: unknown): verdict is Partly => {
  const { share, why } = (verdict ?? {}) as Partial<Partly>;
  return typeof share === "number" && share >= 0 && share <= 1 && typeof why === "string";
};

/** The verdict of a judge; one that throws, or says what no judge may say, says so, as a fault of the value it was given. */
export function verdictOf(judge: Judge, value: unknown): Verdict {
  try {
    const verdict = judge(value);
    if (verdict === true || typeof verdict === "string") return verdict;
    if (isPartly(verdict)) return verdict.share === 1 ? true : verdict;
    return `found ${inShort(value)}`;
  } catch (error) {
    return `found ${inShort(value)}, which could not be judged (${(error as Error).message})`;
  }
}

/** What share of a test's points a verdict gives, and why not all of them. */
export function shareOf(verdict: Verdict): { readonly share: number; readonly why: string | undefined } {
  if (verdict === true) return { share: 1, why: undefined };
  return typeof verdict === "string" ? { share: 0, why: verdict } : verdict;
}
