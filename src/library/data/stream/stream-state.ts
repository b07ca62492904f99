/** What a stream of samples is made of; it never changes. Each step makes another one. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { nextSeed } from "dnn-lab-core/random";
import type { DatasetInfo } from "../dataset-info";
import type { BatchOptions, ShuffleOptions } from "../dataset-options";
import { batchCount } from "../pipeline";
import type { Samples } from "../samples";
import type { Open } from "./pull";
import type { StreamSample } from "./stream-sample";
import { batched, cached, repeated, shuffled, sliced } from "./stream-stages";

/** A sample, or once batched several. */
export type StreamElement = StreamSample | readonly StreamSample[];

export interface StreamState {
  readonly open: Open<StreamElement>;
  /** Form of the samples, and what is done to their batches. */
  readonly source: Samples;
  readonly info: DatasetInfo;
  /** Elements of a pass: samples, or batches once batched; undefined when nobody knows, Infinity when there is no end. */
  readonly elements: number | undefined;
  readonly batchSize: number | undefined;
  readonly dropRemainder: boolean;
  /** Samples of a pass, as `elements`. */
  readonly samples: number | undefined;
  /** Batches to keep ready; undefined for as many as memory allows. */
  readonly prefetch: number | undefined;
  /** Names the orders of the passes. */
  readonly shuffleKey: object | undefined;
  /** The steps in words, by which a resumed run knows its data. */
  readonly steps: readonly string[];
}

type Change = Partial<StreamState>;
const OWNER = "StreamDataset";

export function shuffleStream(state: StreamState, options: ShuffleOptions): Change {
  const owner = `${OWNER}.shuffle`;
  checkOptions(owner, options, { bufferSize: true, seed: true, reshuffleEachIteration: true });
  const { bufferSize, seed = nextSeed(), reshuffleEachIteration = true } = options;
  checkNumber(owner, "bufferSize", bufferSize, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  checkBoolean(owner, "reshuffleEachIteration", reshuffleEachIteration);
  const rule = { bufferSize, seed, reshuffleEachIteration };
  return step(state, `shuffle ${JSON.stringify(rule)}`, {
    open: shuffled(state.open, rule),
    shuffleKey: state.shuffleKey ?? rule,
  });
}

export function batchStream(state: StreamState, batchSize: number, options: BatchOptions): Change {
  const owner = `${OWNER}.batch`;
  checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
  const { dropRemainder = false } = checkOptions(owner, options, { dropRemainder: true });
  checkBoolean(owner, "dropRemainder", dropRemainder);
  if (state.batchSize !== undefined) {
    throw new Error(`${owner}: the stream is already in batches of ${state.batchSize}; call batch only once.`);
  }
  const { samples } = state;
  const elements = samples === undefined ? undefined : batchCount(samples, batchSize, dropRemainder);
  return step(state, `batch ${batchSize} ${dropRemainder}`, {
    open: batched(state.open as Open<StreamSample>, batchSize, dropRemainder),
    batchSize,
    dropRemainder,
    elements,
    samples: dropRemainder && elements !== undefined ? elements * batchSize : samples,
  });
}

export function takeStream(state: StreamState, count: number): Change {
  checkNumber(`${OWNER}.take`, "count", count, { integer: true, min: -1 });
  return count === -1 ? {} : slice(state, `take ${count}`, 0, count, 1);
}

export function skipStream(state: StreamState, count: number): Change {
  checkNumber(`${OWNER}.skip`, "count", count, { integer: true, min: -1 });
  if (count === -1) return slice(state, "take 0", 0, 0, 1);
  return slice(state, `skip ${count}`, count, Infinity, 1);
}

export function shardStream(state: StreamState, count: number, index: number): Change {
  checkShard(`${OWNER}.shard`, count, index);
  return slice(state, `shard ${count} ${index}`, index, Infinity, count);
}

/** Throws for a part that there is not. */
export function checkShard(owner: string, count: number, index: number): void {
  checkNumber(owner, "count", count, { integer: true, min: 1 });
  checkNumber(owner, "index", index, { integer: true, min: 0, below: count });
}

export function repeatStream(state: StreamState, count: number): Change {
  if (count !== Infinity) checkNumber(`${OWNER}.repeat`, "count", count, { integer: true, min: 1 });
  const times = (size: number | undefined) => (count === Infinity ? Infinity : size && size * count);
  return step(state, `repeat ${count}`, {
    open: repeated(state.open, count),
    elements: times(state.elements),
    samples: times(state.samples),
  });
}

export function cacheStream(state: StreamState): Change {
  return step(state, "cache", { open: cached(state.open) });
}

function slice(state: StreamState, name: string, from: number, to: number, every: number): Change {
  const { elements, samples, batchSize, dropRemainder } = state;
  const left =
    elements === undefined
      ? undefined
      : Math.ceil(Math.max(0, Math.min(elements, to) - Math.min(elements, from)) / every);
  // Of batches: the last one may be smaller, and then it depends on which ones are left.
  const isWhole = batchSize === undefined || dropRemainder || (samples !== undefined && samples % batchSize === 0);
  const isFirst = from === 0 && every === 1;
  const size = left === undefined ? undefined : left * (batchSize ?? 1);
  const bound = isFirst && size !== undefined && samples !== undefined ? Math.min(size, samples) : undefined;
  return step(state, name, {
    open: sliced(state.open, from, to, every),
    elements: left,
    samples: isWhole ? size : bound,
  });
}

function step(state: StreamState, name: string, change: Change): Change {
  return { ...change, steps: [...state.steps, name] };
}
