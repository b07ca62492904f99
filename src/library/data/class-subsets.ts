/** Parts of a data set by class: for tasks with fewer classes, and with few samples. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { nextSeed, RandomStream } from "dnn-lab-core/random";
import type { Dataset } from "./dataset";

/**
 * The samples of some classes, as a task of its own: the label of `classes[i]` becomes i.
 *
 * @param data neither shuffled nor batched yet, labels class numbers.
 * @throws RangeError for a class that no sample has.
 * @example const petsOnly = onlyClasses(train, [3, 5]);  // cat → 0, dog → 1
 */
export function onlyClasses(data: Dataset, classes: readonly number[]): Dataset {
  const owner = "onlyClasses";
  if (!Array.isArray(classes) || classes.length === 0 || new Set(classes).size < classes.length) {
    throw new TypeError(`${owner}: classes must be an array of different class numbers, received ${show(classes)}.`);
  }
  const labels = labelsOf(owner, data);
  const missing = classes.find((label) => !labels.includes(label));
  if (missing !== undefined) throw new RangeError(`${owner}: no sample has the class ${show(missing)}.`);
  const places = new Map(classes.map((label, place) => [label, place]));
  const chosen = [...labels.keys()].filter((position) => places.has(labels[position]));
  const values = Int32Array.from(data.storage.labels.values, (label) => places.get(label) ?? -1);
  const { classNames } = data.info;
  const names = classNames.length > 0 ? classes.map((label) => classNames[label]) : [];
  return data.subset(chosen).withLabels({ values, shape: [] }, names);
}

/**
 * `count` samples of each class, drawn at random, in the order of the data.
 *
 * @param data neither shuffled nor batched yet, labels class numbers.
 * @param options.seed default: the next of the library's global stream (`setRandomSeed`).
 * @throws RangeError when a class has fewer.
 * @example const few = takePerClass(train, 20, { seed: 1 });
 */
export function takePerClass(data: Dataset, count: number, options: { seed?: number } = {}): Dataset {
  const owner = "takePerClass";
  const { seed = nextSeed() } = checkOptions(owner, options, { seed: true });
  checkNumber(owner, "count", count, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  const byClass = new Map<number, number[]>();
  labelsOf(owner, data).forEach((label, position) => {
    const positions = byClass.get(label);
    if (positions) positions.push(position);
    else byClass.set(label, [position]);
  });
  const random = new RandomStream(seed);
  const ascending = [...byClass].sort(([a], [b]) => a - b);
  const chosen = ascending.flatMap(([label, positions]) => {
    if (positions.length >= count) return drawn(positions, count, random);
    throw new RangeError(`${owner}: class ${label} has ${positions.length} samples, fewer than ${count}.`);
  });
  return data.subset(chosen.sort((a, b) => a - b));
}

/** The label of each sample, in order. */
function labelsOf(owner: string, data: Dataset): Int32Array {
  if (data.labelShape.length > 0) {
    throw new Error(`${owner}: expected class numbers as labels; use it before oneHot.`);
  }
  if (data.batchSize !== undefined) throw new Error(`${owner}: use it before shuffle and batch.`);
  return data.order(0).map((row) => data.labels[row]);
}

/** `count` different ones of them (Fisher and Yates' shuffle, as far as needed). */
function drawn(positions: readonly number[], count: number, random: RandomStream): number[] {
  const rest = [...positions];
  for (let i = 0; i < count; i++) {
    const place = i + random.integer(rest.length - i);
    [rest[i], rest[place]] = [rest[place], rest[i]];
  }
  return rest.slice(0, count);
}
