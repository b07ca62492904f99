/** Claims of a notebook that are checked where they are made. */
import { process } from "../platform";
import { checkOptions } from "dnn-lab-core/check";

/** Options of {@link checkClaim}. */
export interface ClaimOptions {
  /** What was measured, shown with the claim: `{ "rate after s steps": 0.005 }`. */
  readonly found?: Readonly<Record<string, number | string>>;
  /**
   * Whether the claim is about this run (default true). A claim about real data or many seeds does not count in a run on
   * a stand-in, or of reduced size; it is then said to be unchecked.
   */
  readonly when?: boolean;
}

/**
 * Prints `✓ claim (what was found)` when the claim holds, and throws with the same text when it does not.
 *
 * @example checkClaim("The rate is halved after s steps", schedule(s) === 0.005, { found: { rate: schedule(s) } })
 * @throws Error when `holds` is false, TypeError when it is neither true nor false.
 */
export function checkClaim(claim: string, holds: boolean, options: ClaimOptions = {}): void {
  const { found = {}, when = true } = checkOptions("checkClaim", options, { found: true, when: true });
  if (typeof holds !== "boolean")
    throw new TypeError(`checkClaim: '${claim}' must be true or false, received ${holds}.`);
  const facts = Object.entries(found).map(([name, value]) => `${name}: ${shown(value)}`);
  const line = facts.length ? `${claim} (${facts.join(", ")})` : claim;
  if (!when) process.stdout.write(`– unchecked in this run: ${line}\n`);
  else if (holds) process.stdout.write(`✓ ${line}\n`);
  else throw new Error(`The claim does not hold: ${line}.`);
}

/** Five significant digits. */
function shown(value: number | string): string {
  return typeof value === "number" && Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value);
}
