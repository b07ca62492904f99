/** The networks that Keras trained (test/expected/make_networks.py), and the samples, labels and weights both sides begin with. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as lab from "../../../../src/library/index";

/** A thing in Keras' words: its class and its options. */
export interface Thing {
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Node extends Thing {
  readonly name: string;
  readonly from: readonly string[];
  /** What the layer is called with. */
  readonly call?: Readonly<Record<string, unknown>>;
}

export interface ModelSpec {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly layers: readonly Node[];
  readonly outputs: readonly string[];
}

type WeightKind = true | number;

export type LossSpec = string | Thing;

export interface Case {
  readonly name: string;
  readonly model: ModelSpec;
  readonly labels: string | Readonly<Record<string, string>>;
  readonly loss: LossSpec | Readonly<Record<string, LossSpec>>;
  readonly optimizer: string | Thing;
  readonly metrics?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  readonly loss_weights?: Readonly<Record<string, number>>;
  readonly class_weight?: Readonly<Record<number, number>>;
  /** True: one a sample; a number: one for each of so many steps; or these by output. */
  readonly sample_weight?: WeightKind | Readonly<Record<string, WeightKind>>;
  readonly expected: {
    readonly history: Readonly<Record<string, readonly number[]>>;
    readonly evaluate: Readonly<Record<string, number>>;
    readonly weights: readonly (readonly number[])[];
  };
}

export interface Family {
  readonly name: string;
  readonly samples: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly cases: readonly Case[];
}

const FOLDER = join(__dirname, "../../../expected/networks");

export const families: readonly Family[] = readdirSync(FOLDER).map((file) => {
  const name = file.replace(/\.json$/, "");
  const family = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Omit<Family, "name">;
  return { ...family, name };
});

/** Numbers in [-1, 1) that are the same in every language: squares modulo a prime. */
export function numbers(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => {
    const i = place + 1;
    return Math.fround(((i * i * 31 + i * 7919 + seed * 104729 + 12345) % 1009) / 504.5 - 1);
  });
}

const whole = (seed: number, count: number, below: number): number[] =>
  numbers(seed, count).map((value) => Math.floor(((value + 1) / 2) * below));

export interface Values {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Shape of one sample. */
export function inputShape([kind, ...sizes]: readonly (number | string)[]): number[] {
  if (kind === "tokens") return [sizes[0] as number];
  return (String(kind).startsWith("padded") ? sizes : [kind, ...sizes]) as number[];
}

/** Samples of an input: numbers, `tokens` (0 after the end), `padded` rows (of 0 after the end) or `padded late` ones (before). */
export function features(samples: number, spec: readonly (number | string)[], seed: number): Values {
  const shape = inputShape(spec);
  const count = samples * product(shape);
  const [kind, steps, size] = spec as [string | number, number, number];
  if (typeof kind === "number") return { values: Float32Array.from(numbers(seed, count)), shape };
  const width = kind === "tokens" ? 1 : size;
  const isInside = (place: number) => {
    const [sample, step] = [Math.floor(place / (steps * width)), Math.floor(place / width) % steps];
    return (kind === "padded late" ? steps - 1 - step : step) < 1 + (sample % steps);
  };
  const values = kind === "tokens" ? whole(seed, count, size - 1).map((word) => word + 1) : numbers(seed, count);
  return { values: Float32Array.from(values, (value, place) => (isInside(place) ? value : 0)), shape };
}

/** Labels as `make_networks.py` words them: "real flat", "classes 3 steps 5", "one hot 3", "binary" … */
export function labels(samples: number, text: string, seed: number): Values {
  const words = text.split(" ");
  const sizes = words.filter((word) => /^\d+$/.test(word)).map(Number);
  if (words[0] === "classes" || words[0] === "one") {
    const [classes, ...rest] = sizes;
    const chosen = whole(seed, samples * product(rest), classes);
    if (words[0] === "classes")
      return { values: Int32Array.from(chosen), shape: words.includes("column") ? [1] : rest };
    const rows = chosen.flatMap((label) => Array.from({ length: classes }, (_, i) => Number(i === label)));
    return { values: Float32Array.from(rows), shape: [classes] };
  }
  const shape = words.includes("flat") ? [] : words.includes("steps") ? [sizes[0], 1] : sizes.length > 0 ? sizes : [1];
  const values = numbers(seed, samples * product(shape));
  const made: Readonly<Record<string, (value: number) => number>> = {
    real: (value) => value,
    binary: (value) => Number(value > 0),
    sign: (value) => (value > 0 ? 1 : -1),
    positive: (value) => value + 2,
  };
  return { values: Float32Array.from(values, made[words[0]]), shape };
}

/** How much each sample counts, or each of its steps, where these are weighted. */
export function sampleWeights(samples: number, kind: NonNullable<Case["sample_weight"]>): lab.SampleWeights {
  if (typeof kind === "object") {
    const entries = Object.entries(kind).map(([name, each]) => [name, sampleWeights(samples, each)] as const);
    return Object.fromEntries(entries) as lab.SampleWeights;
  }
  const steps = kind === true ? 1 : kind;
  const values = Array.from({ length: samples * steps }, (_, i) => (i % 5) / 2);
  return kind === true ? values : Array.from({ length: samples }, (_, i) => values.slice(i * steps, (i + 1) * steps));
}

/** The first value of a weight. */
export function firstValue(name: string, count: number, place: number): Float32Array {
  const values = numbers(1000 + place, count);
  const isScale = /gamma|variance/.test(name);
  return Float32Array.from(values, (value) => {
    if (isScale) return Math.fround(1 + Math.fround(Math.fround(0.3) * value));
    return Math.fround(Math.fround(0.4) * value);
  });
}
