/**
 * The steps of a data set (shuffle, batch, take, skip) as functions from elements to elements. An element is a row
 * number until `batch`, and a list of row numbers after it, so the order of the steps matters just as in tf.data.
 */
import { shuffledOrder, type ShuffleRule } from "./shuffle";

/** One pass, before and after batching. */
export type Elements = Int32Array | readonly Int32Array[];

/** A step of the pipeline in pass number `pass` (from 0). */
export interface Stage {
  readonly shuffles: boolean;
  /** How many passes of the stages before become one (default 1). */
  readonly repeats?: number;
  /** Whether some elements do not come out. */
  readonly leavesOut: boolean;
  apply(elements: Elements, pass: number): Elements;
}

export const isBatched = (elements: Elements): elements is readonly Int32Array[] => Array.isArray(elements);

export function shuffleStage(rule: ShuffleRule): Stage {
  return {
    shuffles: true,
    leavesOut: false,
    apply(elements, pass) {
      const order = shuffledOrder(elements.length, rule, pass);
      if (isBatched(elements)) return Array.from(order, (index) => elements[index]);
      return order.map((index) => elements[index]);
    },
  };
}

export function batchStage(batchSize: number, dropRemainder: boolean): Stage {
  return {
    shuffles: false,
    leavesOut: dropRemainder,
    apply(elements) {
      if (isBatched(elements)) throw new Error("Elements are batched already.");
      const steps = batchCount(elements.length, batchSize, dropRemainder);
      return Array.from({ length: steps }, (_, step) => elements.subarray(step * batchSize, (step + 1) * batchSize));
    },
  };
}

export function sliceStage(start: number, end: number): Stage {
  return {
    shuffles: false,
    leavesOut: true,
    apply: (elements) => (isBatched(elements) ? elements.slice(start, end) : elements.subarray(start, end)),
  };
}

/** Of each `count` elements the one with number `index`. */
export function shardStage(count: number, index: number): Stage {
  const isOwn = (_: unknown, place: number) => place % count === index;
  return {
    shuffles: false,
    leavesOut: true,
    apply: (elements) => (isBatched(elements) ? elements.filter(isOwn) : elements.filter(isOwn)),
  };
}

/** `count` passes one after another as one, each with its own order. */
export function repeatStage(count: number): Stage {
  return { shuffles: false, leavesOut: false, repeats: count, apply: (elements) => elements };
}

/** The elements of several passes, one after another. */
export function chained(passes: readonly Elements[]): Elements {
  if (passes.every(isBatched)) return passes.flat();
  return Int32Array.from((passes as readonly Int32Array[]).flatMap((each) => [...each]));
}

/** Why batches in an order of their own cannot be taken or skipped when the last one is smaller. */
export function raggedSlice(method: "take" | "skip" | "shard", batchSize: number | undefined): Error {
  return new Error(
    `Dataset.${method}: after a shuffle of batches the smaller last batch may be anywhere, so the number of samples ` +
      `would differ between passes. Use batch(${batchSize}, { dropRemainder: true }), or ${method} before shuffle.`,
  );
}

/** Batches that `samples` fill, the ragged last one counted unless it is dropped. */
export function batchCount(samples: number, batchSize: number, dropRemainder: boolean): number {
  return dropRemainder ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize);
}

/** All row numbers of a pass, one after another, in an array of their own. */
export function joined(elements: Elements): Int32Array {
  if (!isBatched(elements)) return elements.slice();
  const order = new Int32Array(elements.reduce((sum, rows) => sum + rows.length, 0));
  let filled = 0;
  for (const rows of elements) {
    order.set(rows, filled);
    filled += rows.length;
  }
  return order;
}
