/**
 * Argument checks. Each message names the function, what was passed, what was expected and how to correct it,
 * and is thrown where the value is given (at construction, not in epoch 7).
 */

/** A short, safe rendering of any value for an error message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "function") return value.name ? `function ${value.name}` : "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.length > 6 ? `an array of ${value.length}` : `[${value.map(show).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  const name = value.constructor?.name;
  return name && name !== "Object" ? `a ${name}` : `an object with keys ${list(Object.keys(value)) || "(none)"}`;
}

/** `'a', 'b' or 'c'`-style list for messages. */
export function list(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

export interface NumberRule {
  /** Smallest allowed value. */
  min?: number;
  /** Largest allowed value. */
  max?: number;
  /** The value must be greater than this. */
  above?: number;
  /** The value must be smaller than this. */
  below?: number;
  integer?: boolean;
  /** A sentence on how to correct a wrong value, added to the message. */
  fix?: string;
}

function ruleInWords({ min, max, above, below, integer }: NumberRule): string {
  const noun = integer ? "an integer" : "a finite number";
  const low = min !== undefined ? `at least ${min}` : above !== undefined ? `greater than ${above}` : "";
  const high = max !== undefined ? `at most ${max}` : below !== undefined ? `less than ${below}` : "";
  return [noun, [low, high].filter(Boolean).join(" and ")].filter(Boolean).join(" ");
}

function obeys(value: number, { min, max, above, below, integer }: NumberRule): boolean {
  return (
    Number.isFinite(value) &&
    (!integer || Number.isInteger(value)) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

/**
 * Returns `value` when it is a number that obeys `rule`; throws a `RangeError` (a `TypeError` for what is no number)
 * that reads `owner: name must be a finite number greater than 0, received -1.` otherwise.
 */
export function checkNumber(owner: string, name: string, value: unknown, rule: NumberRule = {}): number {
  if (typeof value === "number" && obeys(value, rule)) return value;
  const message = `${owner}: ${name} must be ${ruleInWords(rule)}, received ${show(value)}.`;
  const Kind = typeof value === "number" ? RangeError : TypeError;
  throw new Kind(rule.fix ? `${message} ${rule.fix}` : message);
}

/** Returns `value` when it is one of `choices`; else throws a `TypeError` that lists them. */
export function checkOneOf<T extends string>(owner: string, name: string, value: unknown, choices: readonly T[]): T {
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  throw new TypeError(
    `${owner}: ${name} must be one of ${list(choices)}, received ${show(value)}.${guess(value, choices)}`,
  );
}

/** Returns `value` when it is `true` or `false`; else throws a `TypeError`. */
export function checkBoolean(owner: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${owner}: ${name} must be true or false, received ${show(value)}.`);
}

/** Returns `value` when it is a function; else throws a `TypeError`. */
export function checkFunction<T>(owner: string, name: string, value: T): T {
  if (typeof value === "function") return value;
  throw new TypeError(`${owner}: ${name} must be a function, received ${show(value)}.`);
}

/** The names of all options of an interface (of a union: of all its members), each with `true`: none is missing, none is too many. */
export type OptionNames<T> = { readonly [Name in T extends unknown ? keyof T : never]: true };

/**
 * Refuses options that are not among `names`, so that a typo never passes in silence. The compiler holds `names` against
 * the options' type: `checkOptions(owner, options, { batchSize: true, verbose: true })`.
 */
export function checkOptions<T extends object>(owner: string, options: T, names: OptionNames<NoInfer<T>>): T {
  return checkKeys(owner, options, Object.keys(names));
}

/** Refuses keys that are not `known`, where they are known at run time only. */
export function checkKeys<T extends object>(owner: string, options: T, known: readonly string[]): T {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new TypeError(`${owner}: expected an object of options (${list(known)}), received ${show(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(`${owner}: unknown option '${key}'; the options are ${list(known)}.${guess(key, known)}`);
    }
  }
  return options;
}

/** ` Did you mean 'x'?` when a choice is near the value, else an empty string. */
export function guess(value: unknown, choices: readonly string[]): string {
  if (typeof value !== "string") return "";
  const ranked = choices
    .map((choice) => ({ choice, distance: editDistance(value.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked && ranked.distance <= Math.max(2, value.length / 3) ? ` Did you mean '${ranked.choice}'?` : "";
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
