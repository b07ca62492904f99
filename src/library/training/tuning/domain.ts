/** What a hyperparameter may be: the values that `tune` tries. Names as in Keras Tuner, Optuna and Hyperopt. */
import { checkBoolean, checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { RandomStream } from "dnn-lab-core/random";

/** The value of a hyperparameter; undefined where its condition (`hp.when`) does not hold. */
export type HyperValue = number | string | boolean | undefined;

/** The values that a hyperparameter may have; made by `hp.choice`, `hp.int`, `hp.uniform` and `hp.logUniform`. */
export interface Domain<T extends HyperValue = HyperValue> {
  /** Which function made it. */
  readonly kind: "choice" | "int" | "uniform" | "logUniform";
  /** The values of a choice. */
  readonly values?: readonly T[];
  /** Lowest value of a range. */
  readonly low?: number;
  /** Highest value of a range; `hp.int` may give it, the others come as near as they like. */
  readonly high?: number;
  /** Distance of two values that may be tried. */
  readonly step?: number;
  /** Whether orders of magnitude are drawn alike. */
  readonly log?: boolean;
  /** Hyperparameters that stand before it, and the value each must have. */
  readonly when?: Readonly<Record<string, HyperValue>>;
}

/** Options of `hp.int`. */
export interface IntOptions {
  /** Distance of two values (default 1). */
  step?: number;
  /** Whether orders of magnitude are drawn alike: 1 to 10 as often as 10 to 100 (default false). */
  log?: boolean;
}

/** Options of `hp.uniform`. */
export interface UniformOptions {
  /** Distance of two values (default: every number of the range may be drawn); a grid needs it. */
  step?: number;
}

type Widened<T> = T extends number ? number : T extends boolean ? boolean : T;

/**
 * One of the values listed, each as often as any other.
 *
 * @example hp.choice(["relu", "selu"])
 * @throws TypeError for a list that is empty, holds a value twice, or others than numbers, texts and truth values
 */
export function choice<const T extends number | string | boolean>(values: readonly T[]): Domain<Widened<T>> {
  const owner = "hp.choice";
  if (!Array.isArray(values) || values.length === 0)
    throw new TypeError(`${owner}: expected an array of at least one value, received ${show(values)}.`);
  for (const value of values as readonly unknown[]) {
    const isPlain = ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
    if (isPlain) continue;
    const fix = "Give names, and let build make what they stand for.";
    throw new TypeError(`${owner}: values must be numbers, texts or truth values, received ${show(value)}. ${fix}`);
  }
  if (new Set(values).size < values.length) throw new TypeError(`${owner}: a value stands twice in ${show(values)}.`);
  return { kind: "choice", values: [...values] as unknown as Widened<T>[] };
}

/**
 * An integer from `low` to `high`, both included.
 *
 * @example hp.int(1, 5)
 */
export function int(low: number, high: number, options: IntOptions = {}): Domain<number> {
  const owner = "hp.int";
  checkOptions(owner, options, { step: true, log: true });
  const log = checkBoolean(owner, "log", options.log ?? false);
  checkNumber(owner, "low", low, { integer: true, ...(log ? { min: 1 } : {}) });
  checkNumber(owner, "high", high, { integer: true, min: low });
  const step = checkNumber(owner, "step", options.step ?? 1, { integer: true, min: 1 });
  if (log && step > 1) throw new TypeError(`${owner}: step and log cannot be given together; leave one out.`);
  return { kind: "int", low, high, step, log };
}

/**
 * A number from `low` to `high`, each as likely as any other.
 *
 * @example hp.uniform(0, 0.5)
 */
export function uniform(low: number, high: number, options: UniformOptions = {}): Domain<number> {
  const owner = "hp.uniform";
  checkOptions(owner, options, { step: true });
  checkNumber(owner, "low", low);
  checkNumber(owner, "high", high, { above: low });
  const { step } = options;
  if (step !== undefined) checkNumber(owner, "step", step, { above: 0, max: high - low });
  return { kind: "uniform", low, high, step };
}

/**
 * A number from `low` to `high` of which each order of magnitude is as likely as any other: for learning rates.
 *
 * @example hp.logUniform(1e-4, 1e-1)
 */
export function logUniform(low: number, high: number): Domain<number> {
  const owner = "hp.logUniform";
  checkNumber(owner, "low", low, { above: 0 });
  checkNumber(owner, "high", high, { above: low });
  return { kind: "logUniform", low, high, log: true };
}

/**
 * A hyperparameter that exists only where others, which stand before it in the space, have the values given; else it is
 * undefined.
 *
 * @example hp.when({ optimizer: "sgd" }, hp.uniform(0, 0.99))
 */
export function when<T extends HyperValue>(
  condition: Readonly<Record<string, number | string | boolean>>,
  domain: Domain<T>,
): Domain<T | undefined> {
  if (condition === null || typeof condition !== "object" || Object.keys(condition).length === 0)
    throw new TypeError(
      `hp.when: expected the values of other hyperparameters, { optimizer: "sgd" }, received ${show(condition)}.`,
    );
  if (!isDomain(domain)) throw notADomain("hp.when", domain);
  return { ...domain, when: { ...domain.when, ...condition } };
}

const KINDS: readonly unknown[] = ["choice", "int", "uniform", "logUniform"] satisfies Domain["kind"][];

export function isDomain(value: unknown): value is Domain {
  return typeof value === "object" && value !== null && KINDS.includes((value as Partial<Domain>).kind);
}

export const notADomain = (owner: string, value: unknown): TypeError =>
  new TypeError(
    `${owner}: expected what hp.choice, hp.int, hp.uniform or hp.logUniform gives, received ${show(value)}.`,
  );

/** Draws a value; always takes the same number of draws from the stream. */
export function draw({ kind, values = [], low = 0, high = 0, step, log }: Domain, random: RandomStream): HyperValue {
  const share = random.uniform();
  if (kind === "choice") return values[Math.floor(share * values.length)];
  if (kind === "int" && log) return Math.min(high, Math.floor(geometric(low, high + 1, share)));
  if (log) return geometric(low, high, share);
  if (step === undefined) return low + share * (high - low);
  return stepped(low, step, Math.floor(share * stepsOf(low, high, step)));
}

const geometric = (low: number, high: number, share: number): number =>
  Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)));

/** 0.1 + 2 · 0.1 is 0.3 for people. */
const stepped = (low: number, step: number, i: number): number => Number((low + i * step).toPrecision(12));

/** How many values lie in a range; its end belongs to it where a step falls on it. */
const stepsOf = (low: number, high: number, step: number): number => Math.floor((high - low) / step + 1e-9) + 1;

/** More values than a grid could have. */
const MOST_VALUES = 100_000;

/** All values, for a grid; undefined where there is no end of them. */
export function valuesOf({ kind, values, low = 0, high = 0, step }: Domain): readonly HyperValue[] | undefined {
  if (kind === "choice") return values;
  if (step === undefined || stepsOf(low, high, step) > MOST_VALUES) return undefined;
  return Array.from({ length: stepsOf(low, high, step) }, (_, i) => stepped(low, step, i));
}
