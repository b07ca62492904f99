import { DebugError } from "./dap";

/** `3`, `>= 3`, `% 10`: which hits count. */
const COUNTED = /^\s*(==?=?|>=?|<=?|%)?\s*(\d+)\s*$/;

/** What decides, once V8 has stopped, whether the user wants to stop there. */
export class HitRule {
  private readonly counts: (hits: number) => boolean;
  private hits = 0;

  /**
   * @param condition TypeScript; undefined: always
   * @param hitCondition `3`, `>= 3`, `% 10`
   * @param log what is printed instead of stopping
   */
  constructor(
    readonly condition: string | undefined,
    hitCondition: string | undefined,
    readonly log: readonly LogPart[] | undefined,
  ) {
    this.counts = hitCondition ? countRule(hitCondition) : () => true;
  }

  /** Whether this hit, at which the condition held, is one of those that count. */
  count(): boolean {
    this.hits += 1;
    return this.counts(this.hits);
  }
}

function countRule(text: string): (hits: number) => boolean {
  const match = COUNTED.exec(text);
  if (match === null)
    throw new DebugError(
      `a hit count is a number, or >, >=, <, <=, == or % and a number, as in ">= 3"; received "${text}"`,
    );
  const [, sign = "==", digits] = match;
  const number = Number(digits);
  if (sign === "%") return (hits) => number > 0 && hits % number === 0;
  if (sign === ">") return (hits) => hits > number;
  if (sign === ">=") return (hits) => hits >= number;
  if (sign === "<") return (hits) => hits < number;
  if (sign === "<=") return (hits) => hits <= number;
  return (hits) => hits === number;
}

/** A log message in parts: texts, and expressions, which stand in braces. */
export type LogPart = string | { readonly expression: string };

export function logParts(message: string): LogPart[] {
  const parts = message.split(/(\{[^{}]*\})/).filter((part) => part !== "");
  return parts.map((part) => (/^\{.*\}$/s.test(part) ? { expression: part.slice(1, -1) } : part));
}
