/** The steps that choose, order and join samples: what each changes in the state of a data set. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { nextSeed } from "dnn-lab-core/random";
import type { BatchOptions, ShuffleOptions } from "./dataset-options";
import { onlyRows, type DatasetState, type StateChange } from "./dataset-state";
import {
  batchCount,
  batchStage,
  raggedSlice,
  repeatStage,
  shardStage,
  shuffleStage,
  sliceStage,
  type Stage,
} from "./pipeline";

/** See `Dataset.shuffle`. */
export function shuffleStep(state: DatasetState, options: ShuffleOptions): StateChange {
  const owner = "Dataset.shuffle";
  checkOptions(owner, options, { bufferSize: true, seed: true, reshuffleEachIteration: true });
  const { bufferSize, seed = nextSeed(), reshuffleEachIteration = true } = options;
  checkNumber(owner, "bufferSize", bufferSize, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  checkBoolean(owner, "reshuffleEachIteration", reshuffleEachIteration);
  const { batchSize, samples } = state;
  const ragged = batchSize !== undefined && samples % batchSize !== 0 && bufferSize > 1;
  const stage = shuffleStage({ bufferSize, seed, reshuffleEachIteration });
  return appended(state, stage, { raggedAnywhere: state.raggedAnywhere || ragged });
}

/** See `Dataset.batch`. */
export function batchStep(state: DatasetState, batchSize: number, options: BatchOptions): StateChange {
  const owner = "Dataset.batch";
  checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
  const { dropRemainder = false } = checkOptions(owner, options, { dropRemainder: true });
  checkBoolean(owner, "dropRemainder", dropRemainder);
  if (state.batchSize !== undefined) {
    throw new Error(`${owner}: the data set is already in batches of ${state.batchSize}; call batch only once.`);
  }
  const elements = batchCount(state.samples, batchSize, dropRemainder);
  const samples = dropRemainder ? elements * batchSize : state.samples;
  return appended(state, batchStage(batchSize, dropRemainder), { batchSize, dropRemainder, elements, samples });
}

/** See `Dataset.take`. */
export function takeStep(state: DatasetState, count: number): StateChange {
  checkNumber("Dataset.take", "count", count, { integer: true, min: -1 });
  return sliced(state, "take", 0, count === -1 ? state.elements : count);
}

/** See `Dataset.skip`. */
export function skipStep(state: DatasetState, count: number): StateChange {
  checkNumber("Dataset.skip", "count", count, { integer: true, min: -1 });
  return sliced(state, "skip", count === -1 ? state.elements : count, state.elements);
}

/** See `Dataset.shard`. */
export function shardStep(state: DatasetState, count: number, index: number): StateChange {
  checkNumber("Dataset.shard", "count", count, { integer: true, min: 1 });
  checkNumber("Dataset.shard", "index", index, { integer: true, min: 0, below: count });
  const { elements, samples, batchSize, raggedAnywhere } = state;
  if (raggedAnywhere && count > 1) throw raggedSlice("shard", batchSize);
  const left = Math.ceil(Math.max(0, elements - index) / count);
  const missing = elements * (batchSize ?? 1) - samples;
  const hasLast = left > 0 && (elements - 1 - index) % count === 0;
  const size = left * (batchSize ?? 1) - (hasLast ? missing : 0);
  return appended(state, shardStage(count, index), { elements: left, samples: size });
}

/** See `Dataset.repeat`. */
export function repeatStep(state: DatasetState, count: number): StateChange {
  checkNumber("Dataset.repeat", "count", count, {
    integer: true,
    min: 1,
    fix: "fit begins the next pass by itself: for an epoch of another length pass stepsPerEpoch.",
  });
  const { elements, samples, batchSize } = state;
  const ragged = batchSize !== undefined && samples % batchSize !== 0 && count > 1;
  const change = { elements: elements * count, samples: samples * count };
  return appended(state, repeatStage(count), { ...change, raggedAnywhere: state.raggedAnywhere || ragged });
}

/** See `Dataset.subset`. */
export function subsetStep(state: DatasetState, positions: ArrayLike<number>): StateChange {
  const { rows: before, stages } = state.passes;
  if (stages.length > 0) {
    throw new Error("Dataset.subset: choose samples before shuffle, batch, take and skip.");
  }
  const rule = { integer: true, min: 0, max: state.samples - 1 };
  return onlyRows(
    Int32Array.from(positions, (position) => before[checkNumber("Dataset.subset", "position", position, rule)]),
  );
}

function sliced(state: DatasetState, method: "take" | "skip", from: number, to: number): StateChange {
  const { elements, samples, batchSize, raggedAnywhere } = state;
  const start = Math.min(from, elements);
  const end = Math.min(to, elements);
  if (raggedAnywhere && end - start < elements) throw raggedSlice(method, batchSize);
  const size = (count: number) => Math.min(samples, count * (batchSize ?? 1));
  return appended(state, sliceStage(start, end), { elements: end - start, samples: size(end) - size(start) });
}

function appended(state: DatasetState, stage: Stage, change: StateChange): StateChange {
  return { ...change, passes: state.passes.followedBy(stage) };
}
