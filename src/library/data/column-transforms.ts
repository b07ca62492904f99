/** Transforms of single columns of a data set whose features have names. */
import { show } from "dnn-lab-core/check";
import type { Step } from "../engine/stateless-random";
import { tf } from "../engine/tf";
import { applyTransforms, type Transform, type TransformBatch, transformedShape } from "./augment/transform";
import { mixSeeds } from "./augment/seeds";
import type { ColumnLayout } from "./storage";

/** Transforms by the names of columns, as `Dataset.map` takes them: `{ image: [resize(96), randomFlip()] }`. */
export type ColumnMap = Readonly<Record<string, Transform | readonly Transform[]>>;

/** The transforms by column, where `Dataset.map` was given them so; undefined for a list of transforms. */
export function columnMapOf(given: readonly Transform[] | readonly [ColumnMap]): ColumnMap | undefined {
  const [first] = given;
  const isObject = typeof first === "object" && first !== null && !Array.isArray(first);
  return given.length === 1 && isObject && !("outputShape" in first) ? (first as ColumnMap) : undefined;
}

/** The same, checked: each column's transforms as a list. */
export type ColumnTransforms = Readonly<Record<string, readonly Transform[]>>;

/** `{ image: resize(96), meta: [a, b] }`, as `Dataset.map` takes it, checked against the columns that there are. */
export function readColumnTransforms(owner: string, given: ColumnMap, layout: ColumnLayout): ColumnTransforms {
  const entries = Object.entries(given).map(([name, one]) => {
    checkColumn(owner, name, layout);
    const all = Array.isArray(one) ? (one as readonly Transform[]) : [one as Transform];
    for (const transform of all) checkTransform(owner, name, transform);
    return [name, all] as const;
  });
  return Object.fromEntries(entries);
}

function checkColumn(owner: string, name: string, layout: ColumnLayout): void {
  if (name in layout) return;
  throw new Error(`${owner}: there is no column '${name}'; the samples have ${Object.keys(layout).join(", ")}.`);
}

function checkTransform(owner: string, name: string, transform: Transform): void {
  if (typeof transform?.outputShape !== "function") {
    throw new TypeError(`${owner}: expected transforms such as resize(96) for '${name}', received ${show(transform)}.`);
  }
  if (!transform.labelShape) return;
  throw new Error(
    `${owner}: ${transform.key} changes the labels too, so it cannot be applied to one column, '${name}'.`,
  );
}

/** Both, those of `more` after the others. */
export function joinColumnTransforms(some: ColumnTransforms, more: ColumnTransforms): ColumnTransforms {
  const names = new Set([...Object.keys(some), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, [...(some[name] ?? []), ...(more[name] ?? [])]]));
}

/** Names and shapes of the columns after their transforms. Throws when one does not suit its column. */
export function transformedLayout(layout: ColumnLayout, transforms: ColumnTransforms): ColumnLayout {
  const entries = Object.entries(layout).map(([name, shape]) => [
    name,
    transformedShape(transforms[name] ?? [], shape),
  ]);
  return Object.fromEntries(entries) as ColumnLayout;
}

/** The columns after their transforms. @param step of the training; undefined outside, where random ones are left out. */
export function transformColumns(
  columns: Readonly<Record<string, tf.Tensor>>,
  transforms: ColumnTransforms,
  seed: number,
  step: Step | undefined,
): Record<string, tf.Tensor> {
  const entries = Object.entries(columns).map(([name, features], i) => {
    const own = transforms[name];
    if (!own) return [name, features] as const;
    const changed = tf.tidy(() => {
      const batch = { features, labels: tf.zeros([features.shape[0]]) } as TransformBatch;
      return applyTransforms(own, batch, mixSeeds(seed, 1000 + i), step).features;
    });
    features.dispose();
    return [name, changed] as const;
  });
  return Object.fromEntries(entries);
}

/** Multiplies a column of any shape. */
export function rescaleColumn(factor: number): Transform {
  return {
    key: `rescale(${factor})`,
    random: false,
    outputShape: (shape) => shape,
    apply: (batch) => ({ ...batch, features: tf.mul(batch.features, factor) }),
  };
}
