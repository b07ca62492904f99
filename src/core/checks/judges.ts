/** Judges: functions that say whether a value is right. */
import { show } from "../check";

/** `true` when the value is right; else why not, in words. */
export type Verdict = true | string;
/** Says whether a value is right: `true`, or `false` or words when it is not. */
export type Judge = (value: unknown) => boolean | string;

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Values as a grader sees them: what the kernel holds, without methods. */
function same(a: unknown, b: unknown, close: (a: number, b: number) => boolean): boolean {
  if (isNumber(a) && isNumber(b)) return Object.is(a, b) || close(a, b);
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

/** The verdict of a judge; one that throws says so, as a fault of the value it was given. */
export function verdictOf(judge: Judge, value: unknown): Verdict {
  try {
    const verdict = judge(value);
    return verdict === true ? true : typeof verdict === "string" ? verdict : `found ${inShort(value)}`;
  } catch (error) {
    return `found ${inShort(value)}, which could not be judged (${(error as Error).message})`;
  }
}
