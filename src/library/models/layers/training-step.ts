/**
 * Where a layer's randomness comes from: every random layer has a seed, and a draw is a pure function of that seed and
 * of a counter. The counter is the number of the training step where a training loop gives it (also as a tensor, so
 * that a recorded step can be replayed with new masks), and otherwise the number of calls of the layer.
 */
import { nextSeed } from "dnn-lab-core/random";
import type { Step } from "../../engine/stateless-random";

/** What one draw is keyed by. */
export interface RandomKey {
  readonly seed: number;
  readonly step: Step;
}

interface Scope {
  readonly step: Step;
  readonly salt: number;
  /** How often a layer has drawn in this scope: a layer used twice in a model gets two masks. */
  readonly uses: Map<object, number>;
}

let scope: Scope | undefined;
const seeds = new WeakMap<object, number>();
const calls = new WeakMap<object, number>();

/**
 * Runs `body` as training step `step`: every random layer draws for that step instead of counting its own calls.
 *
 * @param step a number from 0, or an int32 scalar tensor. @param salt makes the draws differ from those of training
 * (Monte Carlo prediction); default 0.
 * @example withTrainingStep(step, () => model.apply(features, { training: true }))
 */
export function withTrainingStep<T>(step: Step, body: () => T, salt = 0): T {
  const outer = scope;
  scope = { step, salt, uses: new Map() };
  try {
    return body();
  } finally {
    scope = outer;
  }
}

/** Gives a random layer its seed: `seed` when it is a number, else the next of the global stream. Once per layer. */
export function seedLayer(layer: object, seed?: number | null): number {
  const known = seeds.get(layer);
  if (known !== undefined) return known;
  const own = typeof seed === "number" ? seed : nextSeed();
  seeds.set(layer, own);
  return own;
}

/** The seed of a random layer; undefined for a layer that has none. */
export function layerSeed(layer: object): number | undefined {
  return seeds.get(layer);
}

/** Gives a random layer the seed of another run, so that it draws the same masks. */
export function reseedLayer(layer: object, seed: number): void {
  seeds.set(layer, seed);
}

/** The key of the layer's next draw. */
export function nextRandomKey(layer: object, seed?: number | null): RandomKey {
  const own = seedLayer(layer, seed);
  if (!scope) return { seed: own, step: countUp(calls, layer) };
  return { seed: mix(mix(own, scope.salt), countUp(scope.uses, layer)), step: scope.step };
}

function countUp(
  counts: { get(key: object): number | undefined; set(key: object, value: number): unknown },
  key: object,
) {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}

/** Another 32-bit seed for each `by` other than 0, which leaves the seed as it is. */
function mix(seed: number, by: number): number {
  return by === 0 ? seed : Math.imul(seed ^ Math.imul(by, 0x9e3779b1), 0x85ebca6b) | 0;
}
