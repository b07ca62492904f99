/** Shuffling through a buffer, exactly as tf.data does it. */
import { ShufflePhilox } from "./shuffle-philox";

const MAX_SEED = 2 ** 31 - 1;

export interface ShuffleRule {
  /** Elements that wait in the buffer. 1 keeps the order; the number of elements or more shuffles uniformly. */
  readonly bufferSize: number;
  readonly seed: number;
  /** Whether each pass over the data has an order of its own. */
  readonly reshuffleEachIteration: boolean;
}

/**
 * The order in which `count` elements leave a shuffle buffer in pass number `pass` (from 0).
 *
 * The buffer is filled with the first `bufferSize` elements; then a slot is drawn uniformly, its element comes out, and
 * the next element of the input takes a place. So the element at position i of the input comes out at position
 * i − (bufferSize − 1) at the earliest, and arbitrarily late: a buffer of 1,000 over sorted data stays nearly sorted.
 *
 * The result equals, element for element, that of `dataset.shuffle(bufferSize, seed=seed)` in TensorFlow after
 * `tf.random.set_seed(seed)` (the tests compare them).
 */
export function shuffledOrder(count: number, rule: ShuffleRule, pass: number): Int32Array {
  const random = passGenerator(rule, pass);
  const order = new Int32Array(count);
  const capacity = Math.min(rule.bufferSize, count);
  const buffer = new Int32Array(capacity);
  for (let i = 0; i < capacity; i++) buffer[i] = i;
  // The waiting elements are those of a ring from `head` on; those of the input from `next` on have not come in yet.
  let head = 0;
  let next = capacity;
  for (let out = 0; out < count; out++) {
    const waiting = Math.min(capacity, count - out);
    const place = head + (random.uint32() % waiting);
    const drawn = place < capacity ? place : place - capacity;
    order[out] = buffer[drawn];
    buffer[drawn] = buffer[head];
    if (next < count) buffer[head] = next++;
    head = head + 1 === capacity ? 0 : head + 1;
  }
  return order;
}

/** The numbers of a pass by which slots are drawn. Each pass takes its two seeds from a generator that the shuffle's seed starts; without reshuffling it is that one. */
export function passGenerator({ seed, reshuffleEachIteration }: ShuffleRule, pass: number): ShufflePhilox {
  // TensorFlow counts seeds modulo 2³¹ − 1, and reads a pair of zeros as "no seed" and puts this in its place.
  const first = seed % MAX_SEED;
  const seeds = new ShufflePhilox(first, first === 0 ? MAX_SEED : first);
  if (!reshuffleEachIteration) return seeds;
  for (let skipped = 0; skipped < 2 * pass; skipped++) seeds.uint32();
  return new ShufflePhilox(seeds.uint32(), seeds.uint32());
}
